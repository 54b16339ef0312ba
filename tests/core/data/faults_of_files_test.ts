/** Data sets that would train on something else than meant, or not at all: training and check agree. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { PairlabError } from "../../../core/base/errors.ts";
import { readManifest } from "../../../core/data/manifest.ts";
import { checkDataset } from "../../../core/dataset/check/check.ts";
import { countProblems } from "../../../core/dataset/check/report.ts";
import { encodePicture } from "../../../core/pictures/encode.ts";
import type { DataSource } from "../../../core/plugin.ts";
import { degraded, folderPairs, gaussianBlur, manifest, sideBySide } from "../../../mod.ts";
import { type Files, halves, inFolder, png } from "../../plugins/data/files.ts";

const pipesMissing = Deno.build.os === "windows";

/** Training rejects the data, and check names a problem in the same words. */
async function bothReject(
  files: Files,
  source: (root: string) => DataSource,
  words: string,
  path: (root: string) => string = (root) => root,
): Promise<void> {
  await inFolder(files, async (root) => {
    const error = await assertRejects(() => source(root).open(), PairlabError);
    assertStringIncludes(error.message, words);
    const { report } = await checkDataset(path(root), { size: 1 });
    assert(countProblems(report) > 0, JSON.stringify(report.findings));
  });
}

const four: Files = Object.fromEntries(
  ["a", "b", "c", "d"].flatMap((name, i) => [
    [`input/${name}.png`, png(20 * i)],
    [`output/${name}.png`, png(20 * i + 9)],
  ]),
);

describe("training and check both reject", () => {
  const listed = (text: string, words: string): () => Promise<void> => () =>
    bothReject(
      { ...four, "list.csv": text },
      (root) => manifest({ file: join(root, "list.csv") }),
      words,
      (root) => join(root, "list.csv"),
    );
  const a = "input/a.png,output/a.png", b = "input/b.png,output/b.png";

  it("a list of a header alone", listed("input,target\n", "lists no pairs"));
  it(
    "a list without test",
    listed(`input,target,split\n${a},train\n${b},train\n`, 'no line has the split "test" or "val"'),
  );
  it(
    "a list that names some splits",
    listed(`input,target,split\n${a},train\n${b},\n`, "has no split, though others do"),
  );
  it("a folder train without test", () =>
    bothReject(
      { "train/input/a.png": png(1), "train/output/a.png": png(2) },
      (root) => folderPairs({ root }),
      'there is a folder "train"',
    ));
});

describe("a named pipe", { skip: pipesMissing }, () => {
  const pipe = async (path: string): Promise<void> => {
    const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
    assert(success);
  };

  it("among the pictures is rejected by its kind, at once", () =>
    inFolder(four, async (root) => {
      await pipe(join(root, "input", "e.png"));
      const error = await assertRejects(() => folderPairs({ root }).open(), PairlabError);
      assertStringIncludes(error.message, 'e.png": a named pipe');
    }));

  it("in a list, and as a list", () =>
    inFolder({ ...four, "list.csv": "input,target\npipe.png,output/a.png\n" }, async (root) => {
      await pipe(join(root, "pipe.png"));
      await pipe(join(root, "pipe.csv"));
      await assertRejects(
        () => manifest({ file: join(root, "list.csv") }).open(),
        PairlabError,
        'line 2: "pipe.png": a named pipe',
      );
      await assertRejects(
        () => manifest({ file: join(root, "pipe.csv") }).open(),
        PairlabError,
        "it is a named pipe",
      );
    }));
});

describe("training and check remark on", () => {
  const remarked = async (
    root: string,
    source: DataSource,
    kind: string,
    words: string,
  ): Promise<void> => {
    assertStringIncludes((await source.open()).description, words);
    const { report } = await checkDataset(root, { size: 1 });
    const [finding] = report.findings.filter((finding) => finding.kind === kind);
    assertStringIncludes(finding?.subject ?? "", words);
  };

  /** 12 of 16 bits. */
  const dim = (level: number): Promise<Uint8Array> =>
    encodePicture({
      data: new Uint16Array(48).fill(level),
      width: 4,
      height: 4,
      channels: 3,
    }, ".png");

  it("16 bits of which 12 are used, however many files", () =>
    inFolder({
      "input/a.png": png(1),
      "output/a.png": dim(4095),
      "input/b.png": png(3),
      "output/b.png": dim(17),
    }, async (root) => {
      const words = "every target uses 12 of its 16 bits and is nearly black. Give the data " +
        "source levels: { target: [0, 4095] }";
      await remarked(root, folderPairs({ root }), "dark", words);
      const stated = await folderPairs({ root, levels: { target: [0, 4095] } }).open();
      assert(!stated.description.includes("nearly black"), stated.description);
      const levels = await Promise.all(
        [stated.train, stated.test].map(async ({ load }) => (await load(0)).target.data[0]),
      );
      assertEquals(levels.toSorted((x, y) => x! - y!), [1, 255]);
    }));

  it("single photographs where pairs should lie side by side", () =>
    inFolder(
      Object.fromEntries(["a", "b", "c"].map((name, i) => [`${name}.png`, png(30 * i, 16, 8)])),
      async (root) => {
        const { description } = await sideBySide({ root }).open();
        assertStringIncludes(
          description,
          "3 of 3 files look like one picture, not two side by side",
        );
        const { report } = await checkDataset(root, { size: 1, layout: "side-by-side" });
        assert(report.findings.some(({ kind }) => kind === "single"));
      },
    ));

  it("nothing in files that do hold two", () =>
    inFolder({ "a.png": halves(9, 200), "b.png": halves(80, 3) }, async (root) => {
      const { description } = await sideBySide({ root }).open();
      assertEquals(description, `2 pairs in "${root}" (1 train, 1 test)`);
    }));
});

describe("the fingerprint", () => {
  it("follows the levels", () =>
    inFolder({ "a.png": png(9), "b.png": png(60) }, async (root) => {
      const of = async (levels?: readonly [number, number]): Promise<string> => {
        const source = degraded({
          source: root,
          degrade: [gaussianBlur()],
          ...levels && { levels },
        });
        return (await source.open()).fingerprint;
      };
      const all = [await of(), await of([0, 255]), await of([0, 100])];
      assertEquals(new Set(all).size, 3);
    }));
});

describe("pictures of which EXIF turns one", () => {
  it("are told so", async () =>
    await inFolder({
      "input/a.jpg": png(9, 8, 4),
      "output/a.jpg": sharp(await png(9, 8, 4)).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    }, async (root) => {
      const error = await assertRejects(() => folderPairs({ root }).open(), PairlabError);
      assertStringIncludes(
        error.message,
        "input 8x4, output 4x8 (EXIF turns the output alone: save both upright)",
      );
    }));
});

describe("a manifest", () => {
  const rows = [{ line: 2, input: "é.png", target: "b.png", split: undefined }];
  const text = "input,target\né.png,b.png\n";
  const utf16 = (little: boolean, mark: boolean): Uint8Array => {
    const units = [...mark ? ["\ufeff"] : [], ...text];
    return Uint8Array.from(units.flatMap((unit) => {
      const code = unit.charCodeAt(0), bytes = [code & 255, code >> 8];
      return little ? bytes : bytes.reverse();
    }));
  };
  const latin1 = Uint8Array.from(text, (unit) => unit.charCodeAt(0));

  for (
    const [name, bytes] of Object.entries({
      "in UTF-8": new TextEncoder().encode(text),
      "in UTF-16, little-endian": utf16(true, true),
      "in UTF-16, big-endian": utf16(false, true),
      "in UTF-16 without a mark": utf16(true, false),
      "in Latin-1": latin1,
      "with semicolons": new TextEncoder().encode(text.replaceAll(",", ";")),
      "with tabs": new TextEncoder().encode(text.replaceAll(",", "\t")),
    })
  ) {
    it(`is read ${name}`, () =>
      inFolder({ "list.csv": bytes }, async (root) => {
        assertEquals(await readManifest(join(root, "list.csv")), rows);
      }));
  }

  it("finds names in another Unicode form", () =>
    inFolder({
      ["e\u0301.png"]: png(1),
      "b.png": png(2),
      "list.csv": "input,target\n\u00e9.png,b.png\n",
    }, async (root) => {
      const { train } = await manifest({ file: join(root, "list.csv") }).open();
      assertEquals(train.names, ["\u00e9.png"]);
    }));
});
