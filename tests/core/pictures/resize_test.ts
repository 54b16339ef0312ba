import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { resizePicture } from "../../../core/pictures/resize.ts";
import type { Picture } from "../../../core/plugin.ts";

interface Fixture {
  readonly cases: readonly {
    readonly method: "bilinear" | "nearest";
    readonly before: readonly [height: number, width: number, channels: number];
    readonly after: readonly [height: number, width: number];
    readonly values?: readonly number[];
    readonly sha256?: string;
  }[];
}

const fixture = JSON.parse(
  await Deno.readTextFile(new URL("fixtures/resize.json", import.meta.url)),
) as Fixture;

/** The picture of fixtures/make_resize.py. */
function pattern(height: number, width: number, channels: number): Picture {
  const data = Uint8Array.from(
    { length: height * width * channels },
    (_, i) => (i * i * 31 + i * 17 + 5) % 251,
  );
  return { data, width, height, channels };
}

function grey(width: number, height: number, data: Picture["data"]): Picture {
  return { data, width, height, channels: 1 };
}

async function sha256(values: Float32Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", values);
  return new Uint8Array(digest).toHex();
}

describe("resizePicture, bilinear and nearest", () => {
  for (const { method, before, after, values, sha256: expected } of fixture.cases) {
    it(`gives TensorFlow's bits: ${method}, ${before.join("x")} to ${after.join("x")}`, async () => {
      const [height, width] = after;
      const resized = await resizePicture(pattern(...before), { width, height }, method);
      assertEquals([resized.height, resized.width, resized.channels], [...after, before[2]]);
      const floats = Float32Array.from(resized.data);
      if (values !== undefined) assertEquals(floats, Float32Array.from(values));
      else assertEquals(await sha256(floats), expected);
    });
  }

  it("keeps fractions in bilinear results, and the type of the pixels in nearest ones", async () => {
    const picture = grey(2, 1, new Uint16Array([0, 65535]));
    const size = { width: 4, height: 1 };
    assertEquals(
      (await resizePicture(picture, size, "bilinear")).data,
      // Floats span 0…255.
      new Float32Array([0, 63.75, 191.25, 255]),
    );
    assertEquals(
      (await resizePicture(picture, size, "nearest")).data,
      new Uint16Array([0, 0, 65535, 65535]),
    );
  });
});

describe("resizePicture, cubic", () => {
  it("shrinks each of two, four or seven channels by itself", async () => {
    const plane = pattern(24, 30, 1);
    const size = { width: 11, height: 9 };
    const alone = await resizePicture(plane, size, "cubic");
    for (const channels of [2, 4, 7]) {
      const data = new Uint8Array(plane.data.length * channels);
      for (const [i, value] of plane.data.entries()) {
        // The last channel is 0: nothing of the others would be left if it were an opacity.
        for (let channel = 0; channel < channels - 1; channel++) {
          data[i * channels + channel] = value;
        }
      }
      const shrunk = await resizePicture({ ...plane, data, channels }, size, "cubic");
      const first = shrunk.data.filter((_, i) => i % channels === 0);
      assertEquals(first, alone.data);
      assert(shrunk.data.every((value, i) => i % channels < channels - 1 || value === 0));
    }
  });

  it("weighs by Catmull-Rom when it enlarges", async () => {
    // A step between columns 3 and 4, doubled: new column i lies at i / 2 - 1 / 4, and a quarter
    // past an old column the four taps around it weigh (-9, 111, 29, -3) / 128.
    const step = grey(8, 1, new Uint8Array([50, 50, 50, 50, 150, 150, 150, 150]));
    const { data } = await resizePicture(step, { width: 16, height: 1 }, "cubic");
    const rise = [-3 / 128, -9 / 128, (29 - 3) / 128];
    const expected = [
      ...rise.map((r) => 50 + 100 * r),
      ...rise.map((r) => 150 - 100 * r).reverse(),
    ];
    for (const [i, value] of expected.entries()) {
      assert(Math.abs(data[5 + i]! - value) <= 0.5, `${data[5 + i]} is not near ${value}`);
    }
    assertEquals([data[0], data[15]], [50, 150]);
  });

  it("keeps a slope where it is, enlarging and shrinking", async () => {
    const slope = grey(64, 1, Float32Array.from({ length: 64 }, (_, i) => 3 * i));
    for (const width of [71, 128, 48, 16]) {
      const { data } = await resizePicture(slope, { width, height: 1 }, "cubic");
      for (let i = 8; i < width - 8; i++) {
        const expected = 3 * ((i + 0.5) * 64 / width - 0.5);
        assert(Math.abs(data[i]! - expected) < 0.15, `${width}, ${i}: ${data[i]}, ${expected}`);
      }
    }
  });

  it("averages when it shrinks, so that fine stripes become grey", async () => {
    const stripes = grey(64, 64, Uint8Array.from({ length: 64 * 64 }, (_, i) => i % 2 * 255));
    const { data } = await resizePicture(stripes, { width: 16, height: 16 }, "cubic");
    assert(data.every((value) => Math.abs(value - 127.5) < 4), String(data.slice(0, 16)));
  });

  it("gives the same picture for bytes, words and floats, each in its own type", async () => {
    const bytes = pattern(9, 12, 3);
    const size = { width: 7, height: 20 };
    const [fromBytes, fromFloats, fromWords] = await Promise.all([
      resizePicture(bytes, size, "cubic"),
      resizePicture({ ...bytes, data: Float32Array.from(bytes.data) }, size, "cubic"),
      resizePicture(
        { ...bytes, data: Uint16Array.from(bytes.data, (v) => v * 257) },
        size,
        "cubic",
      ),
    ]);
    assert(fromBytes.data instanceof Uint8Array);
    assert(fromFloats.data instanceof Float32Array);
    assert(fromWords.data instanceof Uint16Array);
    for (const [i, value] of fromBytes.data.entries()) {
      assert(Math.abs(fromFloats.data[i]! - value) < 2.5, `${i}: ${fromFloats.data[i]}, ${value}`);
      assert(Math.abs(fromWords.data[i]! / 257 - fromFloats.data[i]!) < 0.01);
    }
  });

  it("keeps a constant constant, and one channel one", async () => {
    const flat = grey(5, 5, new Float32Array(25).fill(77.25));
    const resized = await resizePicture(flat, { width: 8, height: 3 }, "cubic");
    assertEquals(resized.channels, 1);
    assertEquals(resized.data.length, 24);
    for (const value of resized.data) assert(Math.abs(value - 77.25) < 0.01, String(value));
  });
});

describe("resizePicture", () => {
  it("returns a picture that has the size as it is", async () => {
    const picture = pattern(4, 6, 3);
    for (const kernel of ["cubic", "bilinear", "nearest"] as const) {
      assert(await resizePicture(picture, { width: 6, height: 4 }, kernel) === picture);
    }
  });

  it("refuses sizes that are not whole and positive", async () => {
    for (const width of [0, -1, 2.5, NaN]) {
      await assertRejects(
        () => resizePicture(pattern(2, 2, 1), { width, height: 2 }, "cubic"),
        RangeError,
        `${width}x2`,
      );
    }
  });
});
