/** The card of an export: what the network is, what it was trained on, how well it does. */
import { join } from "@std/path";
import { z } from "zod";
import { entriesIn } from "../base/files.ts";
import { MetricJson } from "../evaluate/summary.ts";
import { describeMode } from "../model/inference_modes.ts";
import type { RunRecord } from "../runs/run_folder.ts";
import type { ExportFormat } from "./format.ts";
import type { ExportedGenerator } from "./generator.ts";

/** What a card says. */
export interface CardParts {
  readonly format: ExportFormat;
  readonly generator: ExportedGenerator;
  /** Of the run; null for a generator's file alone. */
  readonly record: RunRecord | null;
  /** `averaged` or `trained`; null where the file does not say. */
  readonly weights: string | null;
  /** A sentence about the difference from Pairlab's prediction. */
  readonly parity: string;
  /** Why only one size is taken; null if any multiple is. */
  readonly fixed: string | null;
  readonly licence: string;
  readonly version: string;
  /** Rows `[metric, mode, value]` of the run's evaluations. */
  readonly figures: readonly (readonly [metric: string, mode: string, value: string])[];
}

/** README.md of an export. */
export function writeCard(parts: CardParts): string {
  const { format, generator: { description, mode }, record, weights, parity, fixed } = parts;
  const { input, target } = description.shape;
  const size = `${input.width}x${input.height}`;
  const sizes = fixed === null
    ? `multiples of ${size} (width and height each), any number at once`
    : `${size}, one at a time (${fixed})`;
  const lines = [
    `# ${record?.experiment.name ?? "A generator"}`,
    "",
    `Translates pictures of ${input.channels} channel${input.channels === 1 ? "" : "s"} into ` +
    `pictures of ${target.channels}: a generator trained with Pairlab ${parts.version}, as ` +
    `${format.name}.`,
    "",
    "| | |",
    "| --- | --- |",
    ...record === null ? [] : [
      `| trained on | ${cell(record.data.description)} |`,
      `| parameters | ${
        cell(Object.entries(record.parameters).map(([k, v]) => `${k}=${v}`).join(", "))
      } |`,
    ],
    `| steps | ${description.step} |`,
    `| weights | ${weights ?? "of the file"} |`,
    `| mode | ${mode} (${describeMode(mode)}) |`,
    `| pictures | ${cell(sizes)} |`,
    `| other sizes | resized by "${description.resize}", fitted by "${description.fit}" in training |`,
    `| difference from Pairlab's own prediction | ${cell(parity)} |`,
    `| licence | ${cell(parts.licence)} |`,
    "",
    "## Use",
    "",
    format.usage,
    "",
    ...Object.entries(format.examples(input)).flatMap(([file, text]) => [
      `\`${file}\`:`,
      "",
      `\`\`\`${file.split(".").at(-1)}`,
      text.trimEnd(),
      "```",
      "",
    ]),
    "## Measured",
    "",
    ...parts.figures.length === 0
      ? ["Not evaluated. `deno task evaluate RUN` measures the run, and the next export shows it."]
      : [
        "| metric | mode | value |",
        "| --- | --- | --- |",
        ...parts.figures.map(([metric, mode, value]) => `| ${cell(metric)} | ${mode} | ${value} |`),
        "",
        "Means over the test pictures, with 95 % bootstrap intervals.",
      ],
    "",
  ];
  return lines.join("\n");
}

/** A text as a cell of a Markdown table. */
function cell(text: string): string {
  return text.replace(/[|\\`<>*_]/g, "\\$&").replace(/\s+/g, " ");
}

const Evaluation = z.object({ metrics: z.array(MetricJson) });

/** The figures of a run's evaluations; those that cannot be read are left out. */
export async function readFigures(run: string): Promise<CardParts["figures"]> {
  const rows: [string, string, string][] = [];
  const root = join(run, "evaluation");
  for (const name of (await entriesIn(root)).map(({ name }) => name).sort()) {
    const text = await Deno.readTextFile(join(root, name, "evaluation.json")).catch(() => "{}");
    const parsed = Evaluation.safeParse(JSON.parse(text));
    if (!parsed.success) continue;
    for (const { name: metric, unit, modes, identity } of parsed.data.metrics) {
      const all = Object.entries({ ...modes, ...identity && { "input as it is": identity } });
      for (const [mode, { mean, interval }] of all) {
        const range = interval === null
          ? ""
          : ` (${interval.low.toPrecision(4)} to ${interval.high.toPrecision(4)})`;
        rows.push([
          `${metric} (${name})`,
          mode,
          `${mean.toPrecision(4)}${unit === null ? "" : ` ${unit}`}${range}`,
        ]);
      }
    }
  }
  return rows;
}
