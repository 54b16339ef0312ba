/** `bench peers --verify`: the same weights and pictures give PyTorch's losses, step by step. */
import { join } from "@std/path";
import type { EngineChoice } from "../../core/backends/engine.ts";
import { randomStream } from "../../core/random/stream.ts";
import { type TensorSource, writeSafetensors } from "../../core/runs/safetensors.ts";
import { checkSize, halvingsOf } from "./peers.ts";
import type { TakenStep } from "./messages.ts";
import { pairlabProgram, pytorchProgram } from "./programs.ts";
import { startStepper, type Stepper } from "./stepper.ts";
import { formatTable } from "./table.ts";

/** Options of {@link verifySteps}. */
export interface VerifyOptions {
  /** The Python that has PyTorch. */
  readonly python: string;
  readonly size: number;
  readonly batch: number;
  readonly backend: EngineChoice;
  /** @default 10 */
  readonly steps?: number;
  /** Every convolution of ours directly. @default false */
  readonly exact?: boolean | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** Whose weights both start from. */
export type Origin = "Pairlab" | "PyTorch";

/** One step of both; the form of `--json`. */
export interface VerifiedStep {
  readonly weights_of: Origin;
  readonly step: number;
  readonly pairlab: Readonly<Record<string, number>>;
  readonly pytorch: Readonly<Record<string, number>>;
  /** The largest difference of a loss, as a share of PyTorch's. */
  readonly difference: number;
  /** The same of PyTorch from itself, with memory in its other order: what rounding alone does. */
  readonly pytorch_difference: number;
}

/** Largest difference from PyTorch in the first step: the same sums, in another order. */
const FIRST_STEP = 1e-5;

/**
 * Largest difference in later steps. Adam's first steps are as large for a gradient that is only
 * rounding as for any other, so rounding grows from step to step, in PyTorch itself too: three times
 * PyTorch's own difference is allowed if that is more.
 */
const LATER_STEPS = 1e-3;

/**
 * Trains the paper's networks, D first, from the same weights on the same pictures in Pairlab and in
 * PyTorch, without dropout; once from Pairlab's initial weights and once from PyTorch's, handed over
 * as safetensors.
 *
 * @throws {PairlabError} If a process fails.
 */
export async function verifySteps(options: VerifyOptions): Promise<VerifiedStep[]> {
  const { steps = 10, onProgress = () => {} } = options;
  checkSize(options.size);
  const folder = await Deno.makeTempDir({ prefix: "pairlab-verify-" });
  try {
    const pictures = join(folder, "pictures.safetensors");
    await writePictures(pictures, steps * options.batch, options.size);
    const verified: VerifiedStep[] = [];
    for (const origin of ["Pairlab", "PyTorch"] as const) {
      onProgress(`${steps} steps from the weights of ${origin}`);
      const weights = join(folder, `${origin}.safetensors`);
      verified.push(...await compare(origin, { ...options, steps, pictures, weights }));
    }
    return verified;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Comparison extends VerifyOptions {
  readonly steps: number;
  /** The file that both train on. */
  readonly pictures: string;
  /** The file that the weights are handed over in. */
  readonly weights: string;
}

async function compare(
  origin: Origin,
  { python, size, batch, backend, exact, steps, pictures, weights }: Comparison,
): Promise<VerifiedStep[]> {
  const networks = { size, batch, receptiveField: 70, dropout: 0 };
  const programs = [
    pairlabProgram("Pairlab", {
      ...networks,
      experiment: "flowers_deblur",
      backend,
      compile: "on",
      order: "alternate",
      width: 1,
      exact,
    }),
    ...[false, true].map((channelsLast) =>
      pytorchProgram(python, {
        ...networks,
        halvings: halvingsOf(size),
        channelsLast,
        compile: false,
        fused: false,
      })
    ),
  ];
  const started: Stepper[] = [];
  try {
    for (const program of programs) started.push(await startStepper(program));
    const [pairlab, pytorch] = started as [Stepper, Stepper, Stepper];
    await (origin === "Pairlab" ? pairlab : pytorch).transfer("save", weights);
    for (const stepper of started) {
      await stepper.transfer("load", weights);
      await stepper.transfer("pictures", pictures);
    }
    const taken: TakenStep[][] = [];
    for (const stepper of started) taken.push(await stepper.steps(steps));
    const [ours, theirs, again] = taken as [TakenStep[], TakenStep[], TakenStep[]];
    return theirs.map(({ losses }, index) => ({
      weights_of: origin,
      step: index + 1,
      pairlab: ours[index]!.losses,
      pytorch: losses,
      difference: largestDifference(ours[index]!.losses, losses),
      pytorch_difference: largestDifference(again[index]!.losses, losses),
    }));
  } finally {
    await Promise.all(started.map((stepper) => stepper.end()));
  }
}

/**
 * The largest difference of numbers of one name, as a share of the expected one.
 *
 * @returns Infinity where one is missing or no number.
 */
export function largestDifference(
  found: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
): number {
  const differences = Object.entries(expected).map(([name, value]) =>
    Math.abs((found[name] ?? NaN) - value) / Math.abs(value)
  );
  const largest = Math.max(0, ...differences);
  return Number.isNaN(largest) ? Infinity : largest;
}

/** Random pictures in -1…1, none twice. */
async function writePictures(path: string, count: number, size: number): Promise<void> {
  const source = (name: string): TensorSource => {
    const random = randomStream(23, "verify", name);
    return {
      name,
      shape: [count, size, size, 3],
      dtype: "float32",
      read: () =>
        Promise.resolve(
          Float32Array.from({ length: count * size * size * 3 }, () => 2 * random.uniform() - 1),
        ),
    };
  };
  await writeSafetensors(path, [source("input"), source("target")], {});
}

/** The losses of both, side by side, and whether they agree. */
export function describeVerified(verified: readonly VerifiedStep[]): string[] {
  const rows = verified.map((
    { weights_of, step, pairlab, pytorch, difference, pytorch_difference },
  ) => [
    `${weights_of}, ${step}`,
    ...["discriminator", "generator"].flatMap((name) =>
      [pairlab, pytorch].map((losses) => losses[name]?.toFixed(6) ?? "")
    ),
    difference.toExponential(1),
    pytorch_difference.toExponential(1),
  ]);
  const headings = ["D ours", "theirs", "G ours", "theirs", "apart", "theirs from themselves"];
  return [
    ...formatTable(["weights of, step", ...headings], rows),
    "",
    agrees(verified)
      ? "All losses agree with PyTorch's to within rounding"
      : "Some losses differ from PyTorch's by more than rounding",
    "The last column: PyTorch with channels_last beside PyTorch without",
  ];
}

/** Whether all losses agree with PyTorch's to within rounding. */
export function agrees(verified: readonly VerifiedStep[]): boolean {
  const largest = new Map<Origin, number>();
  return verified.every(({ weights_of, step, difference, pytorch_difference }) => {
    if (step === 1) return difference <= FIRST_STEP;
    const own = Math.max(largest.get(weights_of) ?? 0, pytorch_difference);
    largest.set(weights_of, own);
    return difference <= Math.max(LATER_STEPS, 3 * own);
  });
}
