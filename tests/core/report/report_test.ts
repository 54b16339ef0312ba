import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { PairlabError } from "../../../core/base/errors.ts";
import { writePicture } from "../../../core/pictures/encode.ts";
import { drawPage } from "../../../core/report/page.ts";
import { readReport, writeReport } from "../../../core/report/report.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { type FakeRunOptions, flat, writeFakeRun } from "./fake_run.ts";

/** Runs in folders of these names, their report, and its page. */
async function pageOf(
  runs: Readonly<Record<string, FakeRunOptions>>,
  check: (page: string, warnings: readonly string[]) => void,
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const folders: string[] = [];
    for (const [name, options] of Object.entries(runs)) {
      folders.push(join(folder, name));
      await writeFakeRun(join(folder, name), options);
    }
    await prepare(folder);
    const report = await readReport(folders);
    check(await drawPage(report), report.warnings);
  });
}

function dataOf(page: string): { charts: { name: string; curves: unknown[] }[] } {
  const text = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1];
  return JSON.parse(text ?? "");
}

/** The page without what uPlot, the page's script and its styles say. */
function bodyOf(page: string): string {
  return page.replace(/<script>.*?<\/script>|<style>.*?<\/style>/gs, "");
}

const HOSTILE = `</script><img src=x onerror="alert('1')">`;

describe("a report", () => {
  it("asks nothing of any network, and lets only its own scripts and styles run", async () => {
    await pageOf({ a: { epochs: [1] } }, (page) => {
      const sources = [...page.matchAll(/\b(?:src|href|action)="([^"]*)"/g)].map(([, url]) => url);
      assert(sources.length >= 3);
      const own = (url: string | undefined) => /^(?:data:image\/jpeg;base64,|#)/.test(url ?? "");
      assertEquals(sources.filter((url) => !own(url)), []);
      assertEquals(/<link|<iframe|@import|url\(/.test(page), false);
      const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
      assert(policy.startsWith("default-src &#39;none&#39;; img-src data:; script-src"), policy);
      const inline = [...page.matchAll(/<(script|style)>(.*?)<\/\1>/gs)];
      assertEquals(inline.length, 4);
      for (const [, , text] of inline) {
        const hash = createHash("sha256").update(text ?? "").digest("base64");
        assertStringIncludes(policy, `sha256-${hash}`);
      }
      assertEquals(/\sstyle=|\son\w+=/.test(bodyOf(page)), false);
    });
  });

  it("holds every curve of every run", async () => {
    const a = {
      losses: [{ generator: 4, "generator.l1": 3 }, { generator: 2.5, "generator.l1": 1 }],
    };
    const b = { losses: [{ generator: 8 }, { generator: null }] };
    await pageOf({ a, b }, (page) => {
      assertEquals(dataOf(page).charts, [
        {
          name: "generator",
          curves: [
            { run: 0, steps: [1, 2], values: [4, 2.5] },
            { run: 1, steps: [1, 2], values: [8, null] },
          ],
        },
        { name: "generator.l1", curves: [{ run: 0, steps: [1, 2], values: [3, 1] }] },
      ]);
      const places = [...page.matchAll(/class="plot" data-chart="(\d)"/g)].map(([, at]) => at);
      assertEquals(places, ["0", "1"]);
    });
  });

  it("shows a sum of one term once, unless some run has more", async () => {
    const sumOnly = { losses: [{ discriminator: 1, "discriminator.gan": 1 }] };
    const more = { losses: [{ discriminator: 3, "discriminator.gan": 1, "discriminator.aux": 2 }] };
    const namesOf = (page: string) => dataOf(page).charts.map(({ name }) => name);
    await pageOf({ a: sumOnly, b: sumOnly }, (page) => {
      assertEquals(namesOf(page), ["discriminator = discriminator.gan"]);
    });
    await pageOf({ a: sumOnly, b: more }, (page) => {
      assertEquals(namesOf(page), ["discriminator", "discriminator.aux", "discriminator.gan"]);
    });
  });

  it("escapes names, whatever files they come from", async () => {
    const losses = [{ [HOSTILE]: 1 }, { [HOSTILE]: 2 }];
    const hostile = {
      experiment: HOSTILE,
      source: `${HOSTILE}\n`,
      description: HOSTILE,
      parameters: { [HOSTILE]: HOSTILE },
      losses,
    };
    const prepare = async (folder: string): Promise<void> => {
      const worst = join(folder, "b & 'c'", "evaluation", "epoch-1-test", "worst");
      await Deno.mkdir(worst, { recursive: true });
      await writePicture(join(worst, "1_'&amp;.png"), flat([1, 2, 3]));
      await Deno.writeTextFile(join(worst, "..", "evaluation.json"), evaluationJson(HOSTILE));
    };
    await pageOf({ a: {}, "b & 'c'": hostile }, (page) => {
      const body = bodyOf(page);
      assertEquals(body.includes("<img src=x"), false);
      assertEquals([...body.matchAll(/<script/g)].length, 1);
      assertStringIncludes(body, "b &amp; &#39;c&#39;");
      assertStringIncludes(body, "1. &#39;&amp;amp;");
      assertEquals(dataOf(page).charts.some(({ name }) => name === HOSTILE), true);
    }, prepare);
  });

  it("finds what differs in parameters, sources and places of the same name", async () => {
    const runs = {
      [join("x", "run")]: { parameters: { lambda: 100 } },
      [join("y", "run")]: { parameters: { lambda: 10 }, source: "one\n2\nthree\n" },
    };
    await pageOf(runs, (page) => {
      assertStringIncludes(page, "<th>Run</th><th>lambda</th></tr>");
      assertStringIncludes(page, "<mark>10</mark>");
      assertStringIncludes(page, `<span class="removed">- two</span>`);
      assertStringIncludes(page, `<span class="added">+ 2</span>`);
      assertStringIncludes(page, "x/run</span>");
      assertStringIncludes(page, "y/run</span>");
    });
  });

  it("warns of other data and another engine, and only then", async () => {
    await pageOf({ a: {}, b: {} }, (page, warnings) => {
      assertEquals(warnings, []);
      assertEquals(page.includes("Before you compare"), false);
    });
    const other = { fingerprint: "sha256:fedcba9876543210", engine: "wasm" };
    await pageOf({ a: {}, b: other }, (page, warnings) => {
      assertEquals(warnings, [
        "The runs differ in data: 0123456789ab (a); fedcba987654 (b)",
        "The runs differ in engine: cpu 4.22.0 (a); wasm 4.22.0 (b)",
      ]);
      assertStringIncludes(page, "Before you compare");
    });
  });

  it("shows samples of the same data side by side, all epochs in the page", async () => {
    await pageOf({ a: { epochs: [1, 2] }, b: { epochs: [1, 2, 3] } }, (page) => {
      assertStringIncludes(page, `data-epochs="1 2 3"`);
      assertEquals([...page.matchAll(/<table class="samples">/g)].length, 1);
      const shown = [...page.matchAll(/data-epoch="(\d)"\s+alt="(\w)[^"]*"(\s+hidden)?\s*>/g)];
      assertEquals(
        shown.map(([, epoch, run, hidden]) => `${run}${epoch}${hidden ? " hidden" : ""}`),
        [
          "a1 hidden",
          "a2",
          "b1 hidden",
          "b2 hidden",
          "b3",
        ],
      );
      assertEquals([...page.matchAll(/alt="(?:Input|Ground truth) 0"/g)].length, 2);
    });
  });

  it("offers each run's predictions to wipe against ground truth or input, by labelled controls", async () => {
    await pageOf({ a: { epochs: [1, 2] }, b: { epochs: [1] } }, (page) => {
      const [, runs = ""] = /<select id="wipe-run">(.*?)<\/select>/s.exec(page) ?? [];
      assertEquals([...runs.matchAll(/<option value="(\w)">/g)].map(([, run]) => run), ["a", "b"]);
      const cells = [...page.matchAll(/class="predictions" data-run="(\w)" data-index="(\d)"/g)];
      assertEquals(cells.map(([, run, index]) => `${run}${index}`), ["a0", "b0"]);
      for (const id of ["wipe-run", "wipe-index", "wipe-with"]) {
        assert(new RegExp(`<label>[^<]+<select id="${id}">`).test(page), id);
      }
      assertStringIncludes(page, `aria-label="Wipe between prediction and ground truth"`);
    });
  });

  it("joins the modules of its script into one that parses and neither imports nor exports", async () => {
    await pageOf({ a: { epochs: [1] } }, (page) => {
      const script = [...page.matchAll(/<script>(.*?)<\/script>/gs)].at(-1)?.[1] ?? "";
      assertStringIncludes(script, "function plotRows(");
      assertStringIncludes(script, "function wipe(");
      assert(!/^(import|export)\b/m.test(script));
      new Function(script);
    });
  });

  it("says in which mode samples were predicted, and which runs differ", async () => {
    await pageOf({ a: { epochs: [1] } }, (page) => {
      assertStringIncludes(page, "predicted after an epoch in mode paper (dropout, statistics of");
    });
    await pageOf({ a: { epochs: [1] }, b: { epochs: [1], mode: "running" } }, (page) => {
      assert(/in mode paper \([^)]*\): a; in mode running \([^)]*\): b\./.test(page));
    });
  });

  it("shows figures of an evaluation with their intervals, infinite ones too", async () => {
    const prepare = async (folder: string): Promise<void> => {
      const evaluation = join(folder, "a", "evaluation", "epoch-1-test");
      await Deno.mkdir(evaluation, { recursive: true });
      await Deno.writeTextFile(join(evaluation, "evaluation.json"), evaluationJson("rose"));
      await Deno.mkdir(join(folder, "a", "evaluation", "torn"));
      await Deno.writeTextFile(join(folder, "a", "evaluation", "torn", "evaluation.json"), "{");
    };
    await pageOf({ a: {} }, (page, warnings) => {
      assertStringIncludes(page, "21.50<br><small>[20.25, 22.75]</small>");
      assertStringIncludes(page, "+1.25 ✓");
      assertStringIncludes(page, "the checkpoint rose (averaged weights)");
      assertStringIncludes(page, "∞");
      assertEquals(warnings.length, 1);
      assertStringIncludes(warnings[0] ?? "", `The evaluation "torn" of a is left out`);
    }, prepare);
  });

  it("is called by its run, once where the experiment is called so too", async () => {
    await pageOf({ a: {} }, (page) => assertStringIncludes(page, "<title>fake: a</title>"));
    await pageOf({ fake: {} }, (page) => assertStringIncludes(page, "<title>fake</title>"));
  });

  it("says why a run ended, in words", async () => {
    const steps = Array.from({ length: 4 }, () => ({ generator: 1 }));
    await pageOf({ a: {}, b: { losses: steps } }, (page) => {
      assertStringIncludes(page, `<td class="words">not yet</td>`);
      assertStringIncludes(page, `<td class="words">after all epochs</td>`);
    });
  });

  it("names the commit, data and engine of its figures", async () => {
    await pageOf({ a: {}, b: {} }, (page) => {
      assertStringIncludes(
        page,
        "<b>All runs</b>: commit abcdefabcd+, data 0123456789ab, cpu 4.22.0, 1 thread",
      );
    });
  });

  it("is written as one file, or says what is no run", async () => {
    await inTemporaryFolder(async (folder) => {
      await writeFakeRun(join(folder, "a"));
      const out = join(folder, "report.html");
      const { runs, size } = await writeReport([join(folder, "a")], out);
      assertEquals([runs, size], [1, (await Deno.stat(out)).size]);
      await assertRejects(() => writeReport([folder], out), PairlabError, "no run.json");
      await writeReport([join(folder, "a")], out);
      const nowhere = join(folder, "missing", "report.html");
      await assertRejects(() => writeReport([join(folder, "a")], nowhere), PairlabError, "--out");
    });
  });
});

describe("the file of a report", () => {
  it("replaces nothing but a report, unless it is told to", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = join(folder, "run"), record = join(run, "run.json");
      await writeFakeRun(run);
      const text = await Deno.readTextFile(record);
      await assertRejects(() => writeReport([run], record), PairlabError, "is not a report");
      assertEquals(await Deno.readTextFile(record), text);
      const page = join(folder, "page.html");
      await Deno.writeTextFile(page, "<!DOCTYPE html><title>Mine</title>");
      await assertRejects(() => writeReport([run], page), PairlabError, "--overwrite");
      await writeReport([run], page, { overwrite: true });
      assertStringIncludes(await Deno.readTextFile(page), "Pairlab report");
    });
  });
});

function evaluationJson(pair: string): string {
  const estimate = {
    values: [21.5],
    mean: 21.5,
    deviation: 1,
    interval: { low: 20.25, high: 22.75 },
  };
  const difference = { pictures: 1, mean: 1.25, interval: null, verdict: "better" };
  return JSON.stringify({
    format: 1,
    split: "test",
    names: [pair],
    modes: ["paper"],
    run: { checkpoint: { name: pair }, weights: "averaged" },
    against: null,
    engine: { name: "cpu", version: "4.22.0", threads: 1 },
    commit: null,
    intervals: "95 %",
    warnings: [],
    metrics: [{
      name: "psnr",
      unit: "dB",
      better: "higher",
      of: "pictures",
      modes: { paper: { ...estimate, fromIdentity: difference, fromOther: null } },
      identity: { values: null, mean: "Infinity", deviation: null, interval: null },
      other: null,
    }],
  });
}
