/**
 * `bench ops`: every convolution of two networks on the engine `tensorflow`, each of its three products
 * in each way that there is, against the machine's matrix-product rate.
 *
 * @module
 */
import { depthOf, positionsOf } from "../../core/backends/tensorflow/convolution/operations.ts";
import { type Timing, timingOf } from "./statistics.ts";
import { formatTable } from "./table.ts";
import type { PlacedConvolution, ProductName } from "./convolutions.ts";
import { racesOf, run, Track } from "./races.ts";

/** Options of {@link measureConvolutions}. */
export interface MeasureOptions {
  /** How often each way of each product runs. @default 10 */
  readonly rounds?: number | undefined;
  /** Milliseconds that each run waits at most for a quiet moment. @default 500 */
  readonly patience?: number | undefined;
}

/** One product of one convolution, measured. */
export interface Measurement {
  readonly layer: string;
  readonly product: ProductName;
  /** M, K and N: output positions, what each sees, channels of the output. */
  readonly sizes: readonly [positions: number, depth: number, channels: number];
  /** How often a training step computes it. */
  readonly uses: number;
  /** The way that the rule chooses. */
  readonly chosen: string;
  /** From cold caches. */
  readonly ways: Readonly<Record<string, WayTiming>>;
  /** Relative root-mean-square error beside float64, by way. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Milliseconds of one way. */
export interface WayTiming {
  readonly elapsed: Timing;
  /** Of all threads together; other programs do not add to it. */
  readonly processor: Timing;
}

/** All measurements. */
export interface OpsReport {
  /** Of a matrix product, in 10⁹ operations a second. */
  readonly rate: number;
  readonly measurements: readonly Measurement[];
}

/** Measures on the engine `tensorflow`, which must be the one in use. */
export async function measureConvolutions(
  placed: readonly PlacedConvolution[],
  { rounds = 10, patience = 500 }: MeasureOptions = {},
): Promise<OpsReport> {
  const track = new Track(patience);
  const races = placed.flatMap(racesOf);
  // In two halves, since disturbances may last for a few seconds.
  for (const part of [Math.ceil(rounds / 2), Math.floor(rounds / 2)]) {
    for (const race of races) await run(race, track, part);
  }
  const { rate } = track;
  track.close();
  const measurements = races.map(({ placed, product, chosen, times, errors }) => ({
    layer: placed.layer,
    product,
    sizes: sizesOf(placed),
    uses: placed.uses[product],
    chosen,
    errors: Object.fromEntries(errors),
    ways: Object.fromEntries(
      [...times].map(([way, { elapsed, processor }]) => [
        way,
        { elapsed: timingOf(elapsed), processor: timingOf(processor) },
      ]),
    ),
  }));
  return { rate, measurements };
}

function sizesOf({ conv }: PlacedConvolution): Measurement["sizes"] {
  return [positionsOf(conv), depthOf(conv), conv.outChannels];
}

const WAYS = [
  "native",
  "patches",
  "fold",
  "single",
  "shifts",
  "thin",
  "tiles2",
  "tiles3",
  "tiles4",
];

/** Lines for people. */
export function describeOps({ rate, measurements }: OpsReport): string[] {
  const headings = ["product", "M", "K", "N", ...WAYS, "ms", "GFLOP/s", "of rate", "uses"];
  const rows = measurements.map(({ layer, product, sizes, uses, chosen, ways }) => {
    const { elapsed } = ways[chosen]!;
    const gflops = flopsOf(sizes) / elapsed.min / 1e6;
    return [
      `${layer} ${product}`,
      ...sizes.map(String),
      ...WAYS.map((way) =>
        ways[way] === undefined
          ? ""
          : `${ways[way].processor.min.toFixed(2)}${way === chosen ? "*" : " "}`
      ),
      elapsed.min.toFixed(2),
      gflops.toFixed(0),
      `${(100 * gflops / rate).toFixed(0)} %`,
      `${uses}`,
    ];
  });
  const total = (time: (measurement: Measurement) => number): string =>
    measurements.reduce((sum, one) => sum + one.uses * time(one), 0).toFixed(0);
  const totals = (
    name: string,
    choose: (measurement: Measurement, by: keyof WayTiming) => number,
  ): string[] => [
    name,
    total((one) => choose(one, "processor")),
    total((one) => choose(one, "elapsed")),
  ];
  return [
    "Least milliseconds from cold caches: by way those of the processor, * being the one that is",
    "chosen, then those that it takes. M, K, N: output positions, what each sees, channels.",
    "",
    ...formatTable(headings, rows),
    "",
    "Root-mean-square error beside float64, in 1e-7 of the root mean square:",
    "",
    ...formatTable(
      ["product", ...WAYS],
      measurements.map(({ layer, product, chosen, errors }) => [
        `${layer} ${product}`,
        ...WAYS.map((way) =>
          errors[way] === undefined
            ? ""
            : `${(errors[way] * 1e7).toFixed(1)}${way === chosen ? "*" : " "}`
        ),
      ]),
    ),
    "",
    ...formatTable(["the convolutions of a training step", "processor ms", "ms"], [
      totals("with TensorFlow's own kernels", ({ ways }, by) => ways["native"]![by].min),
      totals("as chosen", ({ ways, chosen }, by) => ways[chosen]![by].min),
      totals(
        "with the best of each",
        ({ ways }, by) => Math.min(...Object.values(ways).map((timings) => timings[by].min)),
      ),
      [
        `at the rate of a matrix product, ${rate.toFixed(0)} GFLOP/s`,
        "",
        total(({ sizes }) => flopsOf(sizes) / rate / 1e6),
      ],
    ]),
  ];
}

function flopsOf([positions, depth, channels]: Measurement["sizes"]): number {
  return 2 * positions * depth * channels;
}
