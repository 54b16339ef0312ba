/** The page of a report: a self-contained HTML file. */
import { fileURLToPath } from "node:url";
import { hashOf, type Html, html, jsonForScript, trusted } from "./html.ts";
import type { Report } from "./contents.ts";
import { drawAblation } from "./sections/ablation.ts";
import { curvesData, drawCurves } from "./sections/curves.ts";
import { drawDifferences } from "./sections/differences.ts";
import { drawEnvironment } from "./sections/environment.ts";
import { drawHealth } from "./sections/health.ts";
import { drawEvaluations } from "./sections/evaluations.ts";
import { drawHead, drawOverview } from "./sections/overview.ts";
import { drawSamples } from "./sections/samples.ts";

/** Draws the page of a report. */
export async function drawPage(report: Report): Promise<string> {
  const scripts = [
    await readAsset(import.meta.resolve("uplot/dist/uPlot.iife.min.js")),
    await readScript(["chart.js", "wipe.js", "report.js"]),
  ];
  const styles = [
    await readAsset(import.meta.resolve("uplot/dist/uPlot.min.css")),
    await readAsset(import.meta.resolve("./page/report.css")),
  ];
  // Only these scripts and styles run, whatever names of files contain.
  const policy = [
    "default-src 'none'",
    "img-src data:",
    `script-src ${scripts.map(hashOf).join(" ")}`,
    `style-src ${styles.map(hashOf).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const title = titleOf(report);
  const sections = sectionsOf(report);
  const page = html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    ${styles.map((style) => html`<style>${trusted(style)}</style>\n`)}</head>
      <body>
    <main>
    ${drawHead(report, title)}
    ${drawContents(sections)}
    ${sections.map(({ content }) => html`${content}\n`)}
    </main>
    <script type="application/json" id="data">${jsonForScript(curvesData(report))}</script>
    ${scripts.map((script) => html`<script>${trusted(script)}</script>\n`)}</body>
    </html>
  `;
  return page.text.trimStart();
}

/** A section of the page. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

/** The sections that have contents. */
function sectionsOf(report: Report): Section[] {
  const sections: readonly [id: string, title: string, content: Html | null][] = [
    ["ablation", "Table", drawAblation(report)],
    ["runs", "Runs", drawOverview(report)],
    ["health", "Health", drawHealth(report)],
    ["settings", report.runs.length === 1 ? "Settings" : "What differs", drawDifferences(report)],
    ["evaluations", "Evaluation", drawEvaluations(report)],
    ["curves", "Curves", drawCurves(report)],
    ["samples", "Samples", drawSamples(report)],
    ["environment", "Environment", drawEnvironment(report)],
  ];
  return sections.flatMap(([id, title, content]) =>
    content === null ? [] : [{ id, title, content }]
  );
}

function drawContents(sections: readonly Section[]): Html {
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`
    <nav aria-label="Contents">
      <ul>${links}</ul>
    </nav>
  `;
}

/** The title of the page. */
function titleOf({ ablation, runs }: Report): string {
  if (ablation !== null) return ablation.results?.title ?? `Ablation ${ablation.name}`;
  const experiments = [...new Set(runs.map(({ record }) => record.experiment.name))];
  const [run] = runs;
  return runs.length === 1 && run !== undefined
    ? experiments[0] === run.label ? run.label : `${experiments[0]}: ${run.label}`
    : `${experiments.join(", ")}: ${runs.length} runs`;
}

/** Modules as one script: a page that is opened from a disk cannot import. */
async function readScript(names: readonly string[]): Promise<string> {
  const modules = await Promise.all(
    names.map((name) => readAsset(import.meta.resolve(`./page/${name}`))),
  );
  const text = modules.join("\n").replace(/^import [^;]*;\n|^export /gm, "");
  return `(() => {\n"use strict";\n${text}})();\n`;
}

async function readAsset(url: string): Promise<string> {
  return await Deno.readTextFile(fileURLToPath(url));
}
