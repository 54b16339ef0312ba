import {
  type Bar,
  type Callback,
  formatDuration,
  isTerminal,
  openBar,
  type StepReport,
  type TrainingRun,
} from "../../core/plugin.ts";

/** Steps over which the rate is averaged. */
const WINDOW = 20;

/** Options of {@link progress}. */
export interface ProgressOptions {
  /**
   * Where there is no terminal, the least number of seconds from one line to the next; 0 for a line
   * per step, as in the notebook. @default 10
   */
  readonly seconds?: number;
}

/**
 * Shows progress: on a terminal a bar with epoch, step, losses, images per second and the time left in
 * the run; elsewhere a line `epoch e-train: i/n` every few seconds. Either way, a line at the end of
 * each epoch with the mean losses, and the learning rate where it has changed.
 *
 * @example
 * ```ts
 * import { progress } from "./progress.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(progress().name, "progress");
 * ```
 */
export function progress({ seconds = 10 }: ProgressOptions = {}): Callback {
  let bar: Bar | undefined;
  let recent: number[] = [];
  /** The latest value of each loss; a network that is updated less often has none in some steps. */
  let losses: StepReport["losses"] = {};
  let lastLine = -Infinity;
  let rates: StepReport["rates"] | undefined;
  let saidRate: string | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    name: "progress",
    onTrainBegin: () => {
      recent = [];
    },
    onStepEnd: (run, report) => {
      recent = [...recent, report.milliseconds].slice(-WINDOW);
      losses = { ...losses, ...report.losses };
      rates = report.rates;
      saidRate ??= describeRates(rates);
      if (!isTerminal()) {
        if (performance.now() - lastLine < 1000 * seconds) return;
        lastLine = performance.now();
        run.say(`epoch ${report.epoch}-train: ${report.stepInEpoch}/${run.stepsPerEpoch}`);
        return;
      }
      bar ??= openBar(`epoch ${report.epoch}/${run.epochs}`, run.stepsPerEpoch);
      bar.update(report.stepInEpoch, describeStep(run, { ...report, losses }, recent));
    },
    onEpochEnd: (run, { epoch, losses, seconds }) => {
      stop();
      const rate = rates && describeRates(rates);
      const changed = rate === undefined || rate === saidRate ? "" : `  ${rate}`;
      saidRate = rate;
      run.say(
        `epoch ${epoch}/${run.epochs}: ${describeLosses(losses)}${changed} (${
          formatDuration(seconds)
        })`,
      );
    },
    onInterrupt: stop,
    onTrainEnd: stop,
    onError: stop,
  };
}

function describeStep(run: TrainingRun, report: StepReport, recent: readonly number[]): string {
  const seconds = recent.reduce((sum, ms) => sum + ms, 0) / recent.length / 1000;
  const left = (run.epochs * run.stepsPerEpoch - report.step) * seconds;
  const rate = run.batch / seconds;
  return `${describeLosses(report.losses)}  ${rate.toFixed(rate < 10 ? 2 : 0)} images/s  ${
    formatDuration(left)
  } left`;
}

/** Sums, then G's terms: `G 34.1  D 0.520  gan 0.930  l1 33.2`. */
function describeLosses(losses: Readonly<Record<string, number>>): string {
  const { generator, discriminator, ...terms } = losses;
  const words = [["G", generator], ["D", discriminator]] as [string, number | undefined][];
  for (const [name, value] of Object.entries(terms)) {
    if (name.startsWith("generator.")) words.push([name.replace("generator.", ""), value]);
  }
  return words
    .flatMap(([name, value]) => value === undefined ? [] : [`${name} ${format(value)}`])
    .join("  ");
}

function format(value: number): string {
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3);
}

/** `rate 0.0002`, or `rate G 0.0001  D 0.0004` where they differ. */
function describeRates({ generator, discriminator }: StepReport["rates"]): string {
  const [ofG, ofD] = [generator, discriminator].map((rate) => String(Number(rate.toPrecision(3))));
  return ofG === ofD ? `rate ${ofG}` : `rate G ${ofG}  D ${ofD}`;
}
