/** The results of `bench quality` in words: a table, tests of equivalence, and what they were made with. */
import { meanOf } from "../../core/evaluate/statistics.ts";
import { shortCommit } from "../../core/runs/provenance.ts";
import { equivalenceOf, meanInterval } from "./equivalence.ts";
import { describeMachine } from "./machine.ts";
import type { MadeWith, QualityResult } from "./quality_file.ts";
import { formatTable } from "./table.ts";

/** The largest differences that do not matter: what no reader of a paper would remark on. */
const MARGINS: Readonly<Record<string, number>> = {
  psnr: 0.25,
  ssim: 0.01,
  "gradient-similarity": 0.005,
  "efficientnet-distance": 0.05,
};

/** A table of means by epoch, with 95 % intervals over seeds, and the tests of equivalence. */
export function describeQuality({ settings, input, seeds }: QualityResult): string[] {
  const { dataset, train, test, size, width, epochs } = settings;
  const names = Object.keys(input);
  const over = (epoch: number, side: "pairlab" | "pytorch", name: string): number[] =>
    seeds.flatMap((seed) => seed.epochs.find((one) => one.epoch === epoch)?.[side][name] ?? []);
  const cell = (values: readonly number[]): string => {
    const { mean, high } = meanInterval(values, 0.95);
    return Number.isFinite(high) ? `${digits(mean)} ± ${digits(high - mean)}` : digits(mean);
  };
  const measured = seeds[0]?.epochs.map(({ epoch }) => epoch) ?? [];
  const rows = measured.map((epoch) => [
    `${epoch}`,
    ...names.flatMap((name) => [
      cell(over(epoch, "pairlab", name)),
      cell(over(epoch, "pytorch", name)),
    ]),
  ]);
  const asIs = ["the input", ...names.flatMap((name) => [digits(input[name]!), ""])];
  const last = measured.at(-1);
  const conclusions = last === undefined ? [] : names.map((name) => {
    const theirs = over(last, "pytorch", name);
    const differences = over(last, "pairlab", name).map((ours, index) => ours - theirs[index]!);
    const margin = MARGINS[name]!;
    const { mean, low, high, equivalent } = equivalenceOf(differences, margin);
    const verdict = equivalent ? "equivalent" : "not shown to be equivalent";
    return `${name}: ours - PyTorch's ${digits(mean)}, 90 % interval ${digits(low)} to ${
      digits(high)
    }: ${verdict} within ${margin}`;
  });
  const seconds = (side: "pairlab" | "pytorch"): string =>
    meanOf(seeds.map((seed) => seed.seconds[side])).toFixed();
  return [
    `${train} pairs of ${dataset}, ${size}x${size}, ${width} of the paper's width, ${epochs} epochs, ` +
    `seeds ${seeds.map(({ seed }) => seed).join(", ")}; means of ${test} test pictures, ` +
    "95 % intervals over seeds",
    "",
    ...formatTable(["epoch", ...names.flatMap((name) => [`${name} ours`, "PyTorch"])], [
      asIs,
      ...rows,
    ]),
    "",
    ...conclusions,
    `Steps of a seed took ${seconds("pairlab")} s here and ${seconds("pytorch")} s in PyTorch`,
    ...new Set(seeds.flatMap(({ made = [] }) => made.map(describeMade))),
  ];
}

function describeMade({ commit, versions, pairlab, pytorch, machine }: MadeWith): string {
  const engine = ({ engine, version, threads, compile }: MadeWith["pairlab"]): string =>
    `${engine} ${version}, ${threads} thread${threads === 1 ? "" : "s"}, compile ${compile}`;
  return `Pairlab ${versions["pairlab"]} of commit ${shortCommit(commit)} (${
    engine(pairlab)
  }) and ${engine(pytorch)}, on ${describeMachine(machine)}`;
}

function digits(value: number): string {
  return Math.abs(value) >= 1 ? value.toFixed(2) : value.toFixed(4);
}
