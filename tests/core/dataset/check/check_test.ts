import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { checkDataset, type CheckOptions } from "../../../../core/dataset/check/check.ts";
import type { Finding } from "../../../../core/dataset/check/finding.ts";
import {
  composeReportSheet,
  countProblems,
  describeReport,
} from "../../../../core/dataset/check/report.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { encodePicture } from "../../../../core/pictures/encode.ts";
import { cropPicture, mirrorPicture } from "../../../../core/pictures/geometry.ts";
import { resizePicture } from "../../../../core/pictures/resize.ts";
import type { Picture } from "../../../../core/plugin.ts";
import { inTemporaryFolder } from "../../../temporary_folder.ts";
import { blurred, pairOf, pairs, scene, writeAll } from "../scenes.ts";

/** Ten good pairs, of which some are replaced, and more are added; null takes a file away. */
async function findingsIn(
  changes: Readonly<Record<string, Picture | Uint8Array | null>>,
  options: CheckOptions = {},
): Promise<readonly Finding[]> {
  let findings: readonly Finding[] = [];
  await inTemporaryFolder(async (root) => {
    await writeAll(root, pairs(10));
    for (const [path, change] of Object.entries(changes)) {
      const full = join(root, ...path.split("/"));
      if (change === null) await Deno.remove(full);
      else if (change instanceof Uint8Array) await Deno.writeFile(full, change);
      else await writeAll(root, { [path]: change });
    }
    findings = (await checkDataset(root, { size: 1, ...options })).report.findings;
  });
  return findings;
}

/** Kinds and the pairs that they name. */
function told(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, pairs }) => [kind, ...pairs].join(" "));
}

/** What is seen when the camera moves: a part of a larger scene. */
function moved(x: number, y: number): Picture {
  return cropPicture(scene(50, 120), { left: 12 + x, top: 12 + y, width: 96, height: 96 });
}

describe("a check", () => {
  it("finds nothing in pairs that are as they should be", async () => {
    assertEquals(await findingsIn({}), []);
  });

  it("finds pictures without a partner, and those whose partner is misnamed", async () => {
    const findings = await findingsIn({
      "output/03.png": null,
      "input/rose.png": scene(20),
      "output/rose_sharp.png": scene(20),
    });
    assertEquals(told(findings), ["missing", "misnamed", "misnamed"]);
    assert(findings[0]!.subject.startsWith('"03.png" (in '), findings[0]!.subject);
    assert(findings[1]!.subject.includes('is it "rose_sharp.png"?'), findings[1]!.subject);
  });

  it("finds pictures that cannot be decoded", async () => {
    const findings = await findingsIn({
      "input/02.png": (await encodePicture(scene(2), ".png")).slice(0, 3000),
    });
    assertEquals(told(findings), ["unreadable 02.png"]);
    assert(/it is (cut short|damaged)/.test(findings[0]!.subject), findings[0]!.subject);
  });

  it("finds pairs whose pictures differ in size", async () => {
    const small = await resizePicture(scene(2), { width: 48, height: 40 }, "cubic");
    const findings = await findingsIn({ "input/02.png": small });
    assertEquals(told(findings), ["mis-sized 02.png"]);
    assertEquals(findings[0]!.subject, '"02.png": input 48x40, target 96x96');
  });

  it("finds a pair whose input is sharper than its target, where others' are not", async () => {
    const findings = await findingsIn({
      "input/04.png": scene(4),
      "output/04.png": blurred(scene(4)),
    });
    assertEquals(told(findings), ["swapped 04.png"]);
  });

  it("finds pairs whose targets are each other's", async () => {
    const findings = await findingsIn({ "output/04.png": scene(7), "output/07.png": scene(4) });
    assertEquals(told(findings), ["mismatched 04.png 07.png", "mismatched 07.png 04.png"]);
    assertEquals(
      findings[0]!.subject,
      '"04.png": its input resembles the target of "07.png"',
    );
  });

  it("finds a pair whose target lies elsewhere, and says where", async () => {
    const findings = await findingsIn({
      "input/05.png": blurred(moved(4, 0)),
      "output/05.png": moved(0, 3),
    });
    assertEquals(told(findings), ["misaligned 05.png"]);
    assertEquals(
      findings[0]!.subject,
      '"05.png": the target lies about 4 pixels further right and 3 further up',
    );
    const input = blurred(moved(1, 0)), output = moved(0, 0);
    assertEquals(await findingsIn({ "input/05.png": input, "output/05.png": output }), []);
    const strictly = await findingsIn(
      { "input/05.png": input, "output/05.png": output },
      { shift: 0.006 },
    );
    assertEquals(told(strictly), ["misaligned 05.png"]);
    assertEquals(
      strictly[0]!.subject,
      '"05.png": the target lies about 1 pixel further right',
    );
  });

  it("finds pairs of twice the same, and pictures with nothing on them", async () => {
    const blank = { ...scene(6), data: new Uint8Array(96 * 96 * 3).fill(130) };
    const findings = await findingsIn({ "input/03.png": scene(3), "output/06.png": blank });
    assertEquals(told(findings), ["identical 03.png", "blank 06.png"]);
    assertEquals(findings[1]!.subject, '"06.png": target');
  });

  it("finds pictures that occur again, smaller, compressed, brighter, cropped, or mirrored", async () => {
    const changes: Readonly<Record<string, (picture: Picture) => Picture | Promise<Picture>>> = {
      "a.jpg": (picture) => resizePicture(picture, { width: 70, height: 70 }, "cubic"),
      "b.jpg": (picture) => ({ ...picture, data: picture.data.map((value) => value * 0.8) }),
      "c.png": (picture) => cropPicture(picture, { left: 2, top: 1, width: 93, height: 93 }),
      "d.png": mirrorPicture,
    };
    for (const [name, change] of Object.entries(changes)) {
      const copy = await change(scene(8));
      const findings = await findingsIn(pairOf(name, copy), { trainShare: 0.99, count: 11 });
      assertEquals(findings.map(({ pairs }) => [...pairs].sort()), [["08.png", name]], name);
      assert(["duplicated", "leaking"].includes(findings[0]!.kind));
      assert(name !== "d.png" || findings[0]!.subject.includes("input mirrored, target mirrored"));
    }
  });

  it("calls it a leak where one trains and the other tests", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(root, { ...pairs(8, "train"), ...pairOf("x.png", scene(3), "test") });
      await writeAll(root, pairOf("y.png", scene(40), "test"));
      const { report } = await checkDataset(root, { size: 1 });
      assertEquals(told(report.findings), ["leaking train/03.png test/x.png"]);
      assertEquals([report.splits, report.ownSplit], [{ train: 8, test: 2 }, true]);
      // Not in the order of the names, by which test comes first.
      assertEquals(Object.keys(report.splits), ["train", "test"]);
      assertEquals(countProblems(report), 1);
    }));

  it("splits what is not split as an experiment would", async () => {
    // Of 11, the order by the seed 23 leaves the last two for testing.
    const copies = pairOf("10.png", scene(0));
    for (const seed of [23, 24]) {
      const [finding] = await findingsIn(copies, { seed });
      assertEquals(finding!.pairs, ["00.png", "10.png"]);
      const splits = [...finding!.subject.matchAll(/\((\w+)\)/g)].map((match) => match[1]);
      assertEquals(finding!.kind, splits[0] === splits[1] ? "duplicated" : "leaking");
    }
  });

  it("tells pictures that are smaller than wanted", async () => {
    const findings = await findingsIn({}, { size: 100 });
    assertEquals(findings.length, 10);
    assertEquals([findings[0]!.kind, findings[0]!.subject], ["small", '"00.png": 96x96']);
  });

  it("tells files that do not belong there", async () => {
    const findings = await findingsIn({ "input/notes.psd": new Uint8Array([1]) });
    assertEquals(findings.map(({ kind }) => kind), ["files"]);
    assert(findings[0]!.subject.includes("notes.psd"), findings[0]!.subject);
  });

  it("looks at single pictures, too", () =>
    inTemporaryFolder(async (root) => {
      const copy = await resizePicture(scene(1), { width: 60, height: 60 }, "cubic");
      await writeAll(root, { "a.png": scene(1), "b.png": scene(2), "c.jpg": copy });
      const { report } = await checkDataset(root, { size: 1, trainShare: 0.9 });
      assertEquals([report.layout, report.pairs], ["pictures", 3]);
      assertEquals(report.findings.map(({ pairs }) => pairs), [["a.png", "c.jpg"]]);
    }));

  it("refuses what is no data set", () =>
    inTemporaryFolder(async (root) => {
      await assertRejects(
        () => checkDataset(join(root, "none")),
        PairlabError,
        "Cannot find a data set: there is no folder",
      );
      await assertRejects(() => checkDataset(root), PairlabError, "no pictures in");
    }));
});

describe("a report", () => {
  it("counts, names the first of each kind, and shows them on a sheet", () =>
    inTemporaryFolder(async (root) => {
      await writeAll(root, pairs(10));
      await Deno.remove(join(root, "output", "03.png"));
      const checked = await checkDataset(root, { size: 97 });
      const lines = describeReport(checked.report).split("\n");
      assertEquals(
        lines[0],
        `9 pairs in "${root}" (folders): 7 train, 2 test, as it would be split`,
      );
      assertEquals(lines[1], "Sizes: 96x96 (9)");
      assertEquals(lines[2], "[problem] pictures without a partner: 1");
      assertEquals(lines[4], "[look at] pictures smaller than the networks take: 9");
      assertEquals(lines.at(-1), "    and 4 more");
      assertEquals(countProblems(checked.report), 1);
      const sheet = await composeReportSheet(checked);
      // Three rows of four cells.
      assertEquals([sheet.width, sheet.height], [8 + 4 * (258 + 8), 8 + 3 * (146 + 8)]);
    }));
});
