import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { encodePicture, type OpenedData, PairlabError } from "../../../core/plugin.ts";
import { folderPairs, type FolderPairsOptions } from "../../../plugins/data/folder_pairs.ts";
import { type Files, inFolder, png } from "./files.ts";

const small = await png(7);

const photographs = fileURLToPath(new URL("../../../../shared/data/flowers", import.meta.url));
const photographsMissing = await exists(photographs)
  ? false
  : `there are no photographs in ${photographs}`;
const linksMissing = Deno.build.os === "windows" ? "links need special rights on Windows" : false;

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

function pairs(count: number): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    const name = `${String(i).padStart(3, "0")}.png`;
    files[`input/${name}`] = small;
    files[`output/${name}`] = small;
  }
  return files;
}

async function refusal(root: string, options: Partial<FolderPairsOptions> = {}): Promise<string> {
  const error = await assertRejects(() => folderPairs({ root, ...options }).open(), PairlabError);
  return error.message;
}

function refused(
  files: Files,
  ...expected: readonly RegExp[]
): Promise<void> {
  return inFolder(files, async (root) => {
    const message = await refusal(root);
    for (const pattern of expected) {
      // Windows writes its separators into the messages.
      const plain = message.replaceAll("\\", "/");
      assert(pattern.test(plain), `expected ${pattern} in:\n${plain}`);
    }
  });
}

describe("folderPairs", () => {
  it("splits the sorted names as NumPy's shuffle with the seed orders them", () =>
    inFolder(pairs(5), async (root) => {
      // np.random.seed(23); np.random.shuffle([0, 1, 2, 3, 4]) gives 4, 1, 0, 2, 3.
      const { train, test, description } = await folderPairs({ root }).open();
      assertEquals(train.names, ["004.png", "001.png", "000.png", "002.png"]);
      assertEquals(test.names, ["003.png"]);
      assertEquals(description, `5 pairs in "${root}" (4 train, 1 test)`);
    }));

  it("gives each picture its partner, whatever the extensions", () =>
    inFolder({
      "input/a.png": png(10),
      "output/a.PNG": png(20),
      "input/b.png": png(30),
      "output/b.jpg": encodePicture(
        { data: new Uint8Array(48).fill(40), width: 4, height: 4, channels: 3 },
        ".jpg",
      ),
    }, async (root) => {
      const { train, test } = await folderPairs({ root }).open();
      const loaded = [await train.load(0), await test.load(0)];
      const levels = loaded.map(({ name, input, target }) =>
        [name, input.data[0], target.data[0]] as const
      ).sort();
      assertEquals(levels, [["a.png", 10, 20], ["b.png", 30, 40]]);
      await assertRejects(() => train.load(1), RangeError, "there are 1");
    }));

  for (
    const [count, train, test] of [[1, 1, 1], [2, 1, 1], [3, 2, 1], [4, 3, 1], [10, 8, 2]] as const
  ) {
    it(`trains on ${train} and tests on ${test} of ${count}`, () =>
      inFolder(pairs(count), async (root) => {
        const opened = await folderPairs({ root }).open();
        assertEquals([opened.train.names.length, opened.test.names.length], [train, test]);
        const names = new Set([...opened.train.names, ...opened.test.names]);
        assertEquals(names.size, count);
      }));
  }

  it("takes the split of a data set that has folders for it, all of it", () =>
    inFolder({
      "train/input/a.png": png(1),
      "train/output/a.png": png(2),
      "train/input/b.png": png(3),
      "train/output/b.png": png(4),
      "test/input/a.png": png(5),
      "test/output/a.png": png(6),
      "val/input/v.png": png(7),
      "val/output/v.png": png(8),
    }, async (root) => {
      const { train, test, validation, description } = await folderPairs({ root }).open();
      assertEquals(train.names, ["train/a.png", "train/b.png"]);
      assertEquals(test.names, ["test/a.png"]);
      assertEquals(validation?.names, ["val/v.png"]);
      assertEquals(description, `4 pairs in "${root}" (2 train, 1 validation, 1 test)`);
      const pair = await test.load(0);
      assertEquals([pair.name, pair.input.data[0], pair.target.data[0]], ["test/a.png", 5, 6]);
      const one = await folderPairs({ root, count: 1 }).open();
      assertEquals([one.train.names.length, one.test.names.length], [1, 1]);
    }));

  it("keeps a share or a number of those that train for validation, and never all or none", () =>
    inFolder(
      Object.fromEntries(
        ["a", "b", "c", "d", "e"].flatMap((name, index) => [
          [`input/${name}.png`, png(index)],
          [`output/${name}.png`, png(index + 100)],
        ]),
      ),
      async (root) => {
        const whole = await folderPairs({ root }).open();
        assertEquals([whole.train.names.length, whole.validation], [4, undefined]);
        for (const validation of [0.25, 1]) {
          const { train, validation: kept, test } = await folderPairs({ root, validation }).open();
          assertEquals([...train.names, ...kept!.names], whole.train.names);
          assertEquals([kept!.names.length, test.names], [1, whole.test.names]);
        }
        for (
          const [validation, why] of [[0.1, "none to validate"], [4, "none to train on"]] as const
        ) {
          await assertRejects(
            () => folderPairs({ root, validation }).open(),
            PairlabError,
            `Cannot keep ${validation} of 4 training pairs for validation: that leaves ${why}`,
          );
        }
        assertThrows(() => folderPairs({ root, validation: 1.5 }), PairlabError, "Cannot keep 1.5");
      },
    ));

  it("keeps validation pairs of a folder train, in the order of their names", () => {
    const named = (split: string, names: string) =>
      [...names].flatMap((name, index) =>
        ["input", "output"].map((side) => [`${split}/${side}/${name}.png`, png(index)] as const)
      );
    return inFolder(
      Object.fromEntries([...named("train", "abcdef"), ...named("test", "g")]),
      async (root) => {
        const { train, validation } = await folderPairs({ root, validation: 2 }).open();
        const kept = validation!.names;
        assertEquals([train.names.length, kept], [4, kept.toSorted()]);
        assertEquals([...train.names, ...kept].sort(), [..."abcdef"].map((n) => `train/${n}.png`));
      },
    );
  });

  it("says before a training that the same files train and are judged by", () => {
    const files = Object.fromEntries(
      ["train", "val", "test"].flatMap((split) =>
        [1, 2].flatMap((level) =>
          ["input", "output"].map((side) =>
            [
              `${split}/${side}/${split}${level}.png`,
              png(split === "val" ? level + 1 : level),
            ] as const
          )
        )
      ),
    );
    return inFolder(files, async (root) => {
      const { description } = await folderPairs({ root }).open();
      assertEquals(
        description.split("; "),
        [
          `6 pairs in "${root}" (2 train, 2 validation, 2 test)`,
          'but 1 of the 2 validation pairs are trained on, too, e.g. "val/val1.png"',
        ],
      );
    });
  });

  it("changes its fingerprint behind a plus alone where a validation picture changes", async () => {
    const files = (level: number) => ({
      "train/input/a.png": png(1),
      "train/output/a.png": png(2),
      "test/input/a.png": png(5),
      "test/output/a.png": png(6),
      "validation/input/v.png": png(level),
      "validation/output/v.png": png(8),
    });
    const found: string[] = [];
    for (const level of [7, 9]) {
      await inFolder(files(level), async (root) => {
        found.push((await folderPairs({ root }).open()).fingerprint);
      });
    }
    const [first, second] = found.map((fingerprint) => fingerprint.split("+"));
    assertEquals(first![0], second![0]);
    assert(first![1] !== second![1]);
  });

  it("tests with val where there is no test, and refuses train alone", async () => {
    const files = { "train/input/a.png": small, "train/output/a.png": small };
    await inFolder(
      { ...files, "val/input/v.png": small, "val/output/v.png": small },
      async (root) => {
        assertEquals((await folderPairs({ root }).open()).test.names, ["val/v.png"]);
      },
    );
    await refused(files, /a folder "train", but neither "test" nor "val"/);
  });

  it("reads other channels and 16 bits when told to", async () => {
    const words = new Uint16Array(16).fill(12345);
    const deep = await encodePicture({ data: words, width: 4, height: 4, channels: 1 }, ".png");
    await inFolder({ "input/a.png": deep, "output/a.png": png(7) }, async (root) => {
      const options = { root, channels: { input: 1, target: 3 }, depth: 16 } as const;
      const opened = await folderPairs(options).open();
      const { input, target } = await opened.train.load(0);
      assertEquals(input, { data: words, width: 4, height: 4, channels: 1 });
      assertEquals(target.data, new Uint16Array(48).fill(7 * 257));
      assertNotEquals((await folderPairs({ root }).open()).fingerprint, opened.fingerprint);
      assert(
        (await refusal(root, { channels: { input: 5, target: 3 } })).includes(
          "it has 1 channels, not 5",
        ),
      );
    });
  });

  it("says so when its only pair is both", () =>
    inFolder(pairs(1), async (root) => {
      const { description } = await folderPairs({ root }).open();
      assertEquals(description, `1 pair in "${root}" (which is trained on and tested alike)`);
    }));

  it("uses the first of the shuffled names when there are more than `count`", () =>
    inFolder(pairs(5), async (root) => {
      const { train, test, description } = await folderPairs({ root, count: 2 }).open();
      assertEquals([...train.names, ...test.names], ["004.png", "001.png"]);
      assertEquals(description, `2 pairs of 5 in "${root}" (1 train, 1 test)`);
    }));

  it("resizes when it loads, if it is told to", () =>
    inFolder({
      "input/a.png": png(10, 6, 3),
      "output/a.png": png(20, 6, 3),
    }, async (root) => {
      const resize = { size: 8, kernel: "bilinear" } as const;
      const pair = await (await folderPairs({ root, resize }).open()).train.load(0);
      for (const { width, height, data } of [pair.input, pair.target]) {
        assertEquals([width, height], [8, 8]);
        assert(data instanceof Float32Array);
      }
    }));

  it("ignores hidden files and texts, and counts them", () =>
    inFolder({
      ...pairs(2),
      "input/.DS_Store": "x",
      "output/Thumbs.db": "x",
      "output/about.txt": "x",
    }, async (root) => {
      const { description } = await folderPairs({ root }).open();
      assertEquals(
        description,
        `2 pairs in "${root}" (1 train, 1 test; 3 other files ignored)`,
      );
    }));

  it("tells how far the check is", () =>
    inFolder(pairs(3), async (root) => {
      const seen: [number, number][] = [];
      await folderPairs({ root }).open((done, total) => seen.push([done, total]));
      assertEquals(seen, [[2, 6], [4, 6], [6, 6]]);
    }));

  it("takes folders of other names", () =>
    inFolder({ "blurred/a.png": small, "sharp/a.png": small }, async (root) => {
      const { train } = await folderPairs({ root, input: "blurred", output: "sharp" }).open();
      assertEquals(train.names, ["a.png"]);
    }));

  it("has a fingerprint that follows pictures, names and split, and not the place", async () => {
    const open = async (files: Files, options = {}): Promise<string> => {
      let fingerprint = "";
      await inFolder(files, async (root) => {
        fingerprint = (await folderPairs({ root, ...options }).open()).fingerprint;
      });
      return fingerprint;
    };
    const first = await open(pairs(4));
    assertEquals(await open(pairs(4)), first);
    const changed = await Promise.all([
      open({ ...pairs(4), "output/000.png": png(8) }),
      open({ ...pairs(3), "input/x.png": small, "output/x.png": small }),
      open(pairs(4), { seed: 24 }),
      open(pairs(4), { trainShare: 0.5 }),
    ]);
    assertEquals(new Set([first, ...changed]).size, 5);
  });
});

describe("folderPairs without pictures", () => {
  const otherwise = {
    open: (): Promise<OpenedData> =>
      Promise.resolve({
        train: { names: ["drawn"], load: () => Promise.reject(new Error("not drawn")) },
        test: { names: [], load: () => Promise.reject(new Error("not drawn")) },
        description: "1 synthetic pair",
        fingerprint: "drawn",
      }),
  };

  it("opens the other source and says so", async () => {
    for (const files of [{}, { "README.md": "x", ".gitignore": "x" }]) {
      await inFolder(files, async (root) => {
        const { description, train } = await folderPairs({ root, otherwise }).open();
        assertEquals(train.names, ["drawn"]);
        assertEquals(description, `no pictures in "${root}": 1 synthetic pair`);
      });
    }
    const { description } = await folderPairs({ root: "no/such", otherwise }).open();
    assertEquals(description, 'there is no folder "no/such": 1 synthetic pair');
  });

  it("is an error without another source", async () => {
    assertEquals(
      await refusal("no/such"),
      'Cannot find any pairs: there is no folder "no/such". Use a folder with pictures in "input" ' +
        'and in "output", under the same names (see dataset/README.md).',
    );
  });

  it("is an error when something lies there that was meant to be data", async () => {
    await inFolder({ "Inputs/a.png": small, "outputs/a.png": small }, async (root) => {
      const message = await refusal(root, { otherwise });
      assert(message.includes(`is it "${join(root, "outputs")}"?`), message);
      assert(message.includes('but the folders "Inputs", "outputs".'), message);
    });
    await inFolder({ "a.png": small, "b.jpg": small }, async (root) => {
      assert((await refusal(root, { otherwise })).includes("but 2 pictures."));
    });
  });
});

describe("folderPairs names, before any training,", () => {
  it("a side that is missing", async () => {
    await refused({ "input/a.png": small }, /there is no folder "[^"]*\/output", but/);
    await refused({ "output/a.png": small }, /there is no folder "[^"]*\/input", but/);
    await refused(
      { "input/a.png": small, "ouput/a.png": small },
      /no folder "[^"]*\/output" \(is it "[^"]*\/ouput"\?\)/,
    );
  });

  it("a file in the place of the folder", () =>
    inFolder({ "a.png": small }, async (root) => {
      const message = await refusal(join(root, "a.png"));
      assert(message.includes("it is a file"), message);
    }));

  it("empty folders", async () => {
    await refused(
      { "input": null, "output": null },
      /2 faults/,
      /folders hold no pictures: 2 \("[^"]*\/input", "[^"]*\/output"\)/,
    );
    await refused(
      { ...pairs(3), "input/000.png": "", "output2": null, "output": null },
      /000.png": it is empty/,
    );
    await refused({ "input/a.png": small, "output/.hidden": "" }, /hold no pictures: 1 \(/);
  });

  it("pictures without a partner, on both sides, with the likely one", () =>
    refused(
      {
        ...pairs(3),
        "input/rose.png": small,
        "output/rosa.png": small,
        "output/IMG_7.png": small,
        "input/img_7.png": small,
        "input/lily_blurred.png": small,
        "output/lily.png": small,
        "output/quite another.png": small,
      },
      /7 faults/,
      /pictures of "[^"]*\/input" have no partner of the same name in "[^"]*\/output": 3 \(/,
      /pictures of "[^"]*\/output" have no partner of the same name in "[^"]*\/input": 4 \(/,
      /"rose.png", is it "rosa.png"\?/,
      /"img_7.png", is it "IMG_7.png"\?/,
      /"lily_blurred.png", is it "lily.png"\?/,
      /"quite another.png"[,)]/,
    ));

  it("pictures that do not decode, with the reason", async () => {
    await refused(
      {
        ...pairs(2),
        "input/000.png": small.subarray(0, small.length - 16),
        "output/001.png": "<html>",
      },
      /2 faults/,
      /pictures cannot be decoded: 2 \(/,
      /"[^"]*input\/000\.png": it is cut short/,
      /"[^"]*output\/001\.png": it is not a picture/,
    );
  });

  it("sizes that differ within a pair", async () => {
    await refused(
      { "input/a.png": small, "output/a.png": png(1, 5, 3) },
      /pairs have pictures of different sizes: 1 \("a\.png": input 4x4, output 5x3\)/,
    );
  });

  it("links that leave their folder or lead nowhere", { skip: linksMissing }, async () => {
    const outside = await Deno.makeTempDir();
    try {
      await Deno.writeFile(join(outside, "secret.png"), small);
      await inFolder({ ...pairs(2), "output/own.png": small }, async (root) => {
        await Deno.symlink(join(outside, "secret.png"), join(root, "input", "link.png"));
        await Deno.symlink(join(outside, "nothing.png"), join(root, "input", "gone.png"));
        await Deno.symlink(join(root, "input", "000.png"), join(root, "input", "own.png"));
        const message = await refusal(root);
        assert(message.includes("2 faults"), message);
        assert(/lead out of their folder[^\n]*: 1 \([^\n]*link\.png/.test(message), message);
        assert(/lead nowhere: 1 \([^\n]*gone\.png/.test(message), message);
      });
    } finally {
      await Deno.remove(outside, { recursive: true });
    }
  });

  it("two pictures of one name, other kinds of files, and folders in between", () =>
    refused(
      {
        ...pairs(2),
        "input/000.jpg": small,
        "input/notes.psd": "x",
        "output/deeper/a.png": small,
      },
      /3 faults/,
      /names occur twice[^\n]*: 1 \("[^"]*\/input\/000\.jpg" and "000\.png"\)/,
      /not of a kind that can be read \(\.jpg, [^\n]*: 1 \("[^"]*\/input\/notes\.psd"\)/,
      /folders lie among the pictures[^\n]*: 1 \("[^"]*\/output\/deeper"\)/,
    ));

  it("everything at once, counted, the first few named", () => {
    const files: Record<string, Uint8Array | string> = pairs(9);
    for (let i = 0; i < 8; i++) files[`input/00${i}.png`] = "";
    files["output/alone.png"] = small;
    return refused(
      files,
      /9 faults/,
      /cannot be decoded: 8 \([^\n]*000\.png[^\n]*004\.png[^\n]*, and 3 more\)/,
      /no partner[^\n]*: 1 \("alone\.png"\)/,
    );
  });

  it("options that no data set could meet", () => {
    for (const count of [0, -1, 1.5, NaN]) {
      assertThrows(() => folderPairs({ root: "x", count }), PairlabError, `${count} pairs`);
    }
    for (const trainShare of [0, 1, -0.5, NaN]) {
      assertThrows(() => folderPairs({ root: "x", trainShare }), PairlabError, "share");
    }
    assertThrows(() => folderPairs({ root: "x", seed: -1 }), PairlabError, "seed -1");
  });
});

describe("folderPairs on real photographs", { skip: photographsMissing }, () => {
  it("opens 500 pairs, 400 to train", async () => {
    const { train, test, fingerprint } = await folderPairs({ root: photographs }).open();
    assertEquals([train.names.length, test.names.length], [400, 100]);
    // The first names as Python's sorted(os.listdir()) and np.random.shuffle give them.
    const first = ["17367866236_61abd4d243_n.jpg", "6140808687_88df0fd733.jpg"];
    assertEquals(train.names.slice(0, 2), first);
    const { input, target } = await test.load(0);
    assertEquals([input.width, input.height], [target.width, target.height]);
    assertNotEquals(input.data, target.data);
    assert(fingerprint.startsWith("sha256:"));
  });
});
