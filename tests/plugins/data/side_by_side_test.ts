import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { PairlabError, type Picture } from "../../../core/plugin.ts";
import { sideBySide } from "../../../plugins/data/side_by_side.ts";
import { halves, inFolder, png } from "./files.ts";

const facades = fileURLToPath(new URL("../../../../shared/data/facades", import.meta.url));
const facadesMissing = await exists(facades) ? false : `there are no facades in ${facades}`;

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** Mean difference between the strongest and the weakest colour: labels are painted boldly. */
function colourfulness({ data }: Picture): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) {
    const pixel = [...data.subarray(i, i + 3)];
    sum += Math.max(...pixel) - Math.min(...pixel);
  }
  return sum / (data.length / 3);
}

describe("sideBySide", () => {
  it("takes the left half for A and the right one for B, in either direction", () =>
    inFolder({ "a.png": halves(10, 20) }, async (root) => {
      for (const [direction, input, target] of [["AtoB", 10, 20], ["BtoA", 20, 10]] as const) {
        const pair = await (await sideBySide({ root, direction }).open()).train.load(0);
        assertEquals(pair.name, "a.png");
        assertEquals([pair.input.width, pair.input.height], [2, 4]);
        assert(pair.input.data.every((value) => value === input));
        assert(pair.target.data.every((value) => value === target));
      }
    }));

  it("splits as folderPairs does, and uses all there are", () =>
    inFolder(
      Object.fromEntries(["0", "1", "2", "3", "4"].map((n) => [`00${n}.png`, halves(1, 2)])),
      async (root) => {
        // np.random.seed(23); np.random.shuffle([0, 1, 2, 3, 4]) gives 4, 1, 0, 2, 3.
        const { train, test, description } = await sideBySide({ root }).open();
        assertEquals(train.names, ["004.png", "001.png", "000.png", "002.png"]);
        assertEquals(test.names, ["003.png"]);
        assertEquals(description, `5 pairs in "${root}" (4 train, 1 test)`);
      },
    ));

  it("takes the folders train and test, or else val, for the split", () =>
    inFolder({
      "train/1.jpg": halves(1, 2),
      "train/2.jpg": halves(3, 4),
      "val/1.jpg": halves(5, 6),
    }, async (root) => {
      const { train, test } = await sideBySide({ root }).open();
      assertEquals(train.names, ["train/1.jpg", "train/2.jpg"]);
      assertEquals(test.names, ["val/1.jpg"]);
    }));

  it("gives each half the channels that it is told to", () =>
    inFolder({ "a.png": halves(10, 20) }, async (root) => {
      const options = { root, channels: { input: 3, target: 1 }, depth: 16 } as const;
      const { input, target } = await (await sideBySide(options).open()).train.load(0);
      assertEquals(input.data, new Uint16Array(2 * 4 * 3).fill(10 * 257));
      assertEquals(target.data, new Uint16Array(2 * 4).fill(20 * 257));
    }));

  it("resizes each half by itself", () =>
    inFolder({ "a.png": halves(10, 200) }, async (root) => {
      const resize = { size: 5, kernel: "cubic" } as const;
      const { input, target } = await (await sideBySide({ root, resize }).open()).train.load(0);
      assertEquals(input.data, new Uint8Array(75).fill(10));
      assertEquals(target.data, new Uint8Array(75).fill(200));
    }));

  it("has a fingerprint that knows the direction and the pictures", () =>
    inFolder({ "a.png": halves(10, 20) }, async (root) => {
      const fingerprint = async (direction: "AtoB" | "BtoA"): Promise<string> =>
        (await sideBySide({ root, direction }).open()).fingerprint;
      const first = await fingerprint("AtoB");
      assertEquals(await fingerprint("AtoB"), first);
      assertNotEquals(await fingerprint("BtoA"), first);
      await Deno.writeFile(`${root}/a.png`, await halves(10, 21));
      assertNotEquals(await fingerprint("AtoB"), first);
    }));

  it("names every fault at once", () =>
    inFolder({
      "a.png": halves(1, 2),
      "odd.png": png(1, 5, 4),
      "broken.png": "<html>",
      "b.psd": "x",
    }, async (root) => {
      const { message } = await assertRejects(() => sideBySide({ root }).open(), PairlabError);
      assert(message.includes("3 faults"), message);
      assert(/their width is odd: 1 \([^\n]*odd\.png": 5x4\)/.test(message), message);
      assert(
        /cannot be decoded: 1 \([^\n]*broken\.png": it is not a picture/.test(message),
        message,
      );
      assert(/not of a kind that can be read[^\n]*b\.psd/.test(message), message);
    }));

  it("says what it looked for, or opens something else instead", async () => {
    const root = "no/such/folder";
    await assertRejects(
      () => sideBySide({ root }).open(),
      PairlabError,
      'there is no folder "no/such/folder". Use a folder with pictures that hold two side by side',
    );
    await inFolder({ "a.png": halves(1, 2) }, async (other) => {
      const otherwise = sideBySide({ root: other });
      const { description } = await sideBySide({ root, otherwise }).open();
      assert(description.startsWith(`there is no folder "${root}": 1 pair in`), description);
    });
    await inFolder({ "train/a.txt": "", "test/a.txt": "" }, async (empty) => {
      const { message } = await assertRejects(
        () => sideBySide({ root: empty }).open(),
        PairlabError,
      );
      assert(message.includes("folders hold no pictures: 2"), message);
    });
  });

  it("refuses options that no data set could meet", () => {
    const direction = "BtoC" as "BtoA";
    assertThrows(() => sideBySide({ root: "x", direction }), PairlabError, '"BtoC"');
    assertThrows(() => sideBySide({ root: "x", trainShare: 2 }), PairlabError, "share of 2");
  });
});

describe("sideBySide on real facades", { skip: facadesMissing }, () => {
  it("finds photographs on the left and labels on the right", async () => {
    const { train, test } = await sideBySide({ root: facades, direction: "BtoA" }).open();
    assertEquals([train.names.length, test.names.length], [26, 6]);
    for (const index of [0, 1, 2, 3]) {
      const { input, target } = await train.load(index);
      for (const { width, height } of [input, target]) assertEquals([width, height], [256, 256]);
      const [labels, photograph] = [colourfulness(input), colourfulness(target)];
      assert(labels > 2 * photograph, `${labels}, ${photograph}`);
    }
  });
});
