import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { manifest, type ManifestOptions } from "../../../plugins/data/manifest.ts";
import { type Files, inFolder, png } from "./files.ts";

const linksMissing = Deno.build.os === "windows" ? "links need special rights on Windows" : false;

const pictures: Files = {
  "blurred/rose 1.png": png(1),
  "blurred/lily.png": png(2),
  "sharp/rose.png": png(3),
  "sharp/lily.png": png(4),
};

async function refusal(files: Files, file: string): Promise<string> {
  let message = "";
  await inFolder({ ...pictures, ...files }, async (root) => {
    message = (await assertRejects(
      () => manifest({ file: join(root, file) }).open(),
      PairlabError,
    )).message;
  });
  return message;
}

async function refused(text: string, expected: RegExp, file = "pairs.csv"): Promise<void> {
  const message = await refusal({ [file]: text }, file);
  assert(expected.test(message), message);
}

describe("manifest", () => {
  const table = [
    "\ufeffInput,weather,Target,Split",
    '"blurred/rose 1.png",sunny,sharp/rose.png,train',
    "",
    "blurred/lily.png,,sharp/lily.png,Test",
    "",
  ].join("\r\n");
  const lines = [
    '{"input": "blurred/rose 1.png", "target": "sharp/rose.png", "split": "train", "more": 1}',
    "",
    '{"input": "blurred/lily.png", "output": "sharp/lily.png", "split": "validation"}',
  ].join("\n");

  for (
    const [file, text] of [
      ["pairs.csv", table],
      ["pairs.TSV", table.replaceAll(",", "\t")],
      ["pairs.jsonl", lines],
      ["windows.csv", table.replaceAll("/", "\\")],
    ] as const
  ) {
    it(`reads ${file}`, () =>
      inFolder({ ...pictures, [file]: text }, async (root) => {
        const data = await manifest({ file: join(root, file) }).open();
        assertEquals(data.train.names.map((name) => name.replace("\\", "/")), [
          "blurred/rose 1.png",
        ]);
        assertEquals(data.test.names.length, 1);
        const { input, target } = await data.train.load(0);
        assertEquals([input.data[0], target.data[0]], [1, 3]);
        const tested = await data.test.load(0);
        assertEquals([tested.input.data[0], tested.target.data[0]], [2, 4]);
        assertEquals(
          data.description,
          `2 pairs in "${join(root, file)}" (1 train, 1 test)`,
        );
      }));
  }

  it("splits at random where no line says what for", () => {
    const names = ["0", "1", "2", "3", "4"];
    const files = Object.fromEntries(names.map((name) => [`${name}.png`, png(1)]));
    const text = ["input,target", ...names.map((name) => `${name}.png,${name}.png`)].join("\n");
    return inFolder({ ...files, "pairs.csv": text }, async (root) => {
      const file = join(root, "pairs.csv");
      // np.random.seed(23); np.random.shuffle([0, 1, 2, 3, 4]) gives 4, 1, 0, 2, 3.
      const { train, test } = await manifest({ file }).open();
      assertEquals(train.names, ["4.png", "1.png", "0.png", "2.png"]);
      assertEquals(test.names, ["3.png"]);
      assertEquals((await manifest({ file, count: 2 }).open()).train.names, ["4.png"]);
    });
  });

  it("starts from another folder when told to", () =>
    inFolder({
      "photos/a.png": png(1),
      "lists/pairs.jsonl": '{"input":"a.png","target":"a.png"}',
    }, async (folder) => {
      const file = join(folder, "lists", "pairs.jsonl");
      const { train } = await manifest({ file, root: join(folder, "photos") }).open();
      assertEquals(train.names, ["a.png"]);
    }));

  it("tells pairs of one input apart by their lines", () =>
    inFolder({
      ...pictures,
      "pairs.csv":
        "input,target\nblurred/lily.png,sharp/lily.png\nblurred/lily.png,sharp/rose.png\n",
    }, async (root) => {
      const { train, test } = await manifest({ file: join(root, "pairs.csv") }).open();
      assertEquals([...train.names, ...test.names].sort(), [
        "blurred/lily.png (line 2)",
        "blurred/lily.png (line 3)",
      ]);
    }));

  it("refuses what it cannot read, naming the line", async () => {
    await refused("input,taget\na,b\n", /no column "target" \(is it "taget"\?\)/);
    await refused("input,target\na.png\n", /Invalid Record Length.*line 2/);
    await refused("input,target\na.png,\n", /line 2 has no "target"/);
    await refused('{"input": 3}', /line 1 has no "input"/, "pairs.jsonl");
    await refused('\n{"input"', /line 2 is not JSON/, "pairs.jsonl");
    await refused("[1]", /line 1 is no object/, "pairs.jsonl");
    await refused("input,target,split\na,b,dev\n", /line 2 has the split "dev"\. Use train, val/);
    await refused("input,target\n", /lists no pairs/);
    await refused("x", /its extension is ".xlsx"\. Use \.csv/, "pairs.xlsx");
  });

  it("refuses paths that lead out or nowhere, and lines that say the same, all at once", async () => {
    const lines = [
      "../outside.png,sharp/rose.png",
      "/etc/passwd,sharp/rose.png",
      "C:\\a.png,sharp/rose.png",
      "blurred/none.png,sharp/rose.png",
      "blurred/lily.png,sharp/lily.png",
      "blurred/lily.png,sharp/lily.png",
    ];
    const files = { "set/pairs.csv": ["input,target", ...lines].join("\n"), "outside.png": png(1) };
    await inFolder(files, async (root) => {
      const { message } = await assertRejects(
        () => manifest({ file: join(root, "set", "pairs.csv") }).open(),
        PairlabError,
      );
      assert(/paths lead out of the folder: 1 \(line 2: "\.\.\/outside/.test(message), message);
      assert(
        /paths are absolute[^\n]*: 2 \(line 3: "\/etc\/passwd", line 4/.test(message),
        message,
      );
      assert(/files do not exist: \d+ \([^\n]*line 5: "blurred\/none\.png"/.test(message), message);
      assert(/lines are the same[^\n]*: 1 \(6 and 7\)/.test(message), message);
    });
  });

  it("does not follow links out of the folder", { skip: linksMissing }, () =>
    inFolder(
      { "set/pairs.csv": "input,target\nlink.png,link.png\n", "outside.png": png(1) },
      async (root) => {
        await Deno.symlink(join(root, "outside.png"), join(root, "set", "link.png"));
        await assertRejects(
          () => manifest({ file: join(root, "set", "pairs.csv") }).open(),
          PairlabError,
          "paths lead out of the folder",
        );
      },
    ));

  it("refuses a split that is told by some lines only, or one-sided", async () => {
    const row = (name: string, split: string): string =>
      `blurred/${name}.png,sharp/lily.png,${split}`;
    const table = (...rows: string[]): string => ["input,target,split", ...rows].join("\n");
    await refused(
      table(row("lily", "train"), row("rose 1", "")),
      /"blurred\/rose 1\.png" has no split, though others do/,
    );
    await refused(table(row("lily", "train")), /no line has the split "test" or "val"/);
    await refused(table(row("lily", "val")), /no line has the split "train"/);
  });

  /** Each picture is of another grey. */
  const opened = async (
    lines: readonly string[],
    options: Partial<ManifestOptions>,
  ): Promise<string[][]> => {
    const names = "abcdefgh".split("");
    const greys = names.map((name, index) => [`${name}.png`, png(index)] as const);
    let found: string[][] = [];
    await inFolder({ ...Object.fromEntries(greys), "list.csv": lines.join("\n") }, async (root) => {
      const source = manifest({ file: join(root, "list.csv"), ...options });
      const { train, validation, test } = await source.open();
      found = [train, validation, test].map((split) => [...split?.names ?? []]);
    });
    return found;
  };

  it("keeps pairs for validation where its lines name no such split, and only there", async () => {
    const lines = ["a", "b", "c", "d"].map((name) => `${name}.png,${name}.png,train`);
    const listed = ["input,target,split", ...lines, "e.png,e.png,test"];
    const [train, validation, test] = await opened(listed, { validation: 2, seed: 1 });
    assertEquals([train!.length, validation!.length, test], [2, 2, ["e.png"]]);
    assertEquals([...train!, ...validation!].sort(), ["a.png", "b.png", "c.png", "d.png"]);
    assertEquals(await opened([...listed, "f.png,f.png,val"], { validation: 2, count: 3 }), [
      ["a.png", "b.png", "c.png"],
      ["f.png"],
      ["e.png"],
    ]);
  });

  it("keeps pairs that share a picture on one side of a validation", async () => {
    // a-b, a-c and d-c share pictures, and so do e-f and g-f.
    const pairs = ["a,b", "a,c", "d,c", "e,f", "g,f", "h,h"];
    const lines = pairs.map((pair) => pair.replace(/\w/g, "$&.png"));
    for (const seed of [1, 2, 3, 4, 5]) {
      const options = { validation: 1, seed, trainShare: 0.9 };
      const [train, validation] = await opened(["input,target", ...lines], options);
      const groups = (names: string[]): Set<string> =>
        new Set(
          names.map(([name]) => "ad".includes(name!) ? "ad" : "eg".includes(name!) ? "eg" : name!),
        );
      assert(validation!.length >= 1);
      assertEquals([...groups(train!).intersection(groups(validation!))], []);
    }
  });

  it("says before a training that pairs that test share pictures with others that train", async () => {
    const lines = ["a.png,b.png,train", "a.png,c.png,test", "d.png,d.png,test"];
    const greys = ["a", "b", "c", "d"].map((name, index) => [`${name}.png`, png(index)] as const);
    const list = ["input,target,split", ...lines].join("\n");
    await inFolder({ ...Object.fromEntries(greys), "list.csv": list }, async (root) => {
      const { description } = await manifest({ file: join(root, "list.csv") }).open();
      assertEquals(
        description.split("; ").slice(1),
        ['but 1 of the 2 test pairs share pictures with those that train, e.g. "a.png (line 3)"'],
      );
    });
  });

  it("refuses options that no data set could meet", () => {
    assertThrows(() => manifest({ file: "x.csv", count: 0 }), PairlabError, "0 pairs");
  });
});
