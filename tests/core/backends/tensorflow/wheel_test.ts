import { join } from "@std/path";
import { assertEquals, assertRejects } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { unpackWheel } from "../../../../core/backends/tensorflow/wheel.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { wheelFiles, zip } from "./fake_wheel.ts";

const FILES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const RECORD = "tensorflow_cpu-2.21.0.dist-info/RECORD";

let folder: string;

beforeEach(() => {
  folder = Deno.makeTempDirSync({ prefix: "pairlab-wheel-" });
});

afterEach(() => Deno.removeSync(folder, { recursive: true }));

function unpack(bytes: Uint8Array): ReturnType<typeof unpackWheel> {
  const wheel = join(folder, "a.whl");
  Deno.writeFileSync(wheel, bytes);
  return unpackWheel(wheel, { from: "tensorflow", files: FILES, to: folder });
}

describe("unpackWheel", () => {
  it("writes the files that are asked for, and says what they are", async () => {
    const files = wheelFiles();
    const unpacked = await unpack(zip(files));
    assertEquals(
      unpacked,
      FILES.map((name) => {
        const content = files[`tensorflow/${name}`]!;
        const sha256 = createHash("sha256").update(content).digest("hex");
        return { name, size: content.length, sha256 };
      }),
    );
    for (const name of FILES) {
      const content = Deno.readFileSync(join(folder, name));
      assertEquals(new Uint8Array(content), new Uint8Array(files[`tensorflow/${name}`]!));
    }
    assertEquals([...Deno.readDirSync(folder)].length, 1 + FILES.length);
  });

  it("refuses a file that differs from the wheel's RECORD", async () => {
    const other = { "tensorflow/libtensorflow_cc.so.2": new TextEncoder().encode("changed") };
    await assertRejects(
      () => unpack(zip({ ...wheelFiles(), ...other })),
      PairlabError,
      '"tensorflow/libtensorflow_cc.so.2" differs from what its RECORD says',
    );
  });

  it("refuses a wheel without RECORD, or without a file that is needed", async () => {
    const { [RECORD]: _record, ...withoutRecord } = wheelFiles();
    await assertRejects(() => unpack(zip(withoutRecord)), PairlabError, "it has no RECORD");
    const { "tensorflow/libtensorflow_cc.so.2": _library, ...withoutLibrary } = wheelFiles();
    await assertRejects(
      () => unpack(zip(withoutLibrary)),
      PairlabError,
      'it has no file "tensorflow/libtensorflow_cc.so.2"',
    );
  });

  it("refuses a wheel that is cut off or damaged in the middle", async () => {
    const whole = zip(wheelFiles());
    await assertRejects(() => unpack(whole.subarray(0, 500)), PairlabError, "Cannot unpack");
    const damaged = whole.slice();
    damaged.fill(0xff, 200, 230);
    await assertRejects(() => unpack(damaged), PairlabError, "Cannot unpack");
  });
});
