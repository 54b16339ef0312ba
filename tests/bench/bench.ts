/** `deno task bench`: measures training steps, the peers', the pipeline, and how all of it scales. */
import process from "node:process";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CompileMode } from "../../core/backends/compile.ts";
import { type EngineChoice, startEngine } from "../../core/backends/engine.ts";
import { withShapesOnly } from "../../core/backends/shapes.ts";
import { convolutionsOf } from "./convolutions.ts";
import { benchData, describeData } from "./data.ts";
import { describeMachine, thisMachine } from "./machine.ts";
import { describeOps, measureConvolutions } from "./ops.ts";
import { benchPeers, describePeers } from "./peers.ts";
import { findPython, installPeers, installServing } from "./peers/environment.ts";
import { benchQuality } from "./quality.ts";
import { describeQuality } from "./quality_table.ts";
import { benchScale, describeScale } from "./scale.ts";
import { benchServe, describeServe } from "./serve.ts";
import { benchStep, describeSteps } from "./step.ts";
import { describeTrace, traceSteps } from "./trace.ts";
import { agrees, describeVerified, verifySteps } from "./verify.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { buildNetworks } from "../../core/model/networks.ts";
import { loadExperiment } from "../../core/experiment/plan.ts";
import type { UpdateOrder } from "../../core/plugin.ts";
import { say } from "../../core/base/terminal.ts";
import { planBench, sizesGiven } from "./bench_plan.ts";
import { runCommand } from "../../core/base/program.ts";
import { command, modulePath, userPath } from "../../core/commands/cli.ts";
import { backendOption, compileOption, wholeNumber } from "../../core/commands/options.ts";

/** What all measurements can be told. */
interface CommonOptions {
  readonly threads?: number;
  readonly json?: true;
}

interface StepsOptions extends CommonOptions {
  readonly backend: EngineChoice;
  readonly exact?: true;
  readonly size?: number;
  readonly batch?: number;
  readonly steps: number;
}

interface StepOptions extends StepsOptions {
  readonly order?: UpdateOrder;
  readonly receptiveField?: number;
  readonly compile: CompileMode | "all";
  readonly trace?: string;
  readonly dataset?: string;
}

interface PeersOptions extends StepsOptions {
  readonly size: number;
  readonly batch: number;
  readonly install?: true;
  readonly verify?: true;
}

interface QualityOptions extends CommonOptions {
  readonly backend: EngineChoice;
  readonly dataset: string;
  readonly size: number;
  readonly width: number;
  readonly epochs: number;
  readonly every: number;
  readonly seeds: string;
  readonly pairs?: number;
  readonly results: string;
}

interface DataOptions extends StepsOptions {
  readonly dataset?: string;
  readonly compile: CompileMode;
}

interface ScaleOptions extends CommonOptions {
  readonly backend: EngineChoice;
  readonly steps: number;
  readonly compile: CompileMode;
  readonly quick?: true;
}

interface OpsOptions extends CommonOptions {
  readonly size: number;
  readonly batch: number;
  readonly width: number;
  readonly rounds: number;
  readonly patience: number;
}

interface ServeOptions {
  readonly json?: true;
  readonly install?: true;
  readonly alone?: true;
  readonly size: number;
  readonly width: number;
  readonly clients: number[];
  readonly seconds: number;
  readonly rounds: number;
}

const COMPILE_MODES: readonly CompileMode[] = ["off", "on", "xla"];
const SIZE = ["--size <pixels>", "height and width of the pictures"] as const;
const BATCH = ["--batch <pairs>", "pairs in a step"] as const;
const ORDERS: readonly UpdateOrder[] = ["alternate", "simultaneous"];

if (import.meta.main) {
  await runCommand(async () => {
    const program =
      (command("bench", "Measure how fast this machine trains.") as unknown as Command)
        .addHelpText("after", "\nClose other programs first: they slow down what is measured.");
    addStep(program);
    addPeers(program);
    addQuality(program);
    addData(program);
    addScale(program);
    addOps(program);
    addServe(program);
    await program.parseAsync(Deno.args, { from: "user" });
  });
}

/** A subcommand with the options that all of them have. */
function measurement(program: Command, name: string, description: string): Command {
  return program.command(name)
    .description(description)
    .option("--json", "print a line of JSON for each result")
    .option("--debug", "show the stack trace of an error")
    .option("--threads <count>", "threads (default: as many as each framework takes)", wholeNumber);
}

/** One that takes steps of one size. */
function stepMeasurement(program: Command, name: string, description: string): Command {
  return measurement(program, name, description)
    .addOption(backendOption().default("auto"))
    .option("--exact", "compute every convolution directly, and none by tiles")
    .option("--steps <count>", "steps that count, of each", wholeNumber, 15);
}

/** One that takes the steps of an experiment, by default as it is. */
function experimentMeasurement(program: Command, name: string, description: string): Command {
  const unlessGiven = "(default: the experiment's)";
  return stepMeasurement(program, name, description)
    .argument("[experiment]", "a name in experiments/, or a path", "flowers_deblur")
    .option(SIZE[0], `${SIZE[1]} ${unlessGiven}`, wholeNumber)
    .option(BATCH[0], `${BATCH[1]} ${unlessGiven}`, wholeNumber);
}

/** One of the paper's networks at sizes of their own. */
function withSizes(measurement: Command): Command {
  return measurement.option(...SIZE, wholeNumber, 256).option(...BATCH, wholeNumber, 1);
}

function addStep(program: Command): void {
  experimentMeasurement(program, "step", "a training step: eager, compiled, as machine code by XLA")
    .addOption(
      new Option("--compile <mode>", "how the step is run").choices([...COMPILE_MODES, "all"])
        .default("on"),
    )
    .addOption(
      new Option("--order <order>", "of the updates (default: the experiment's)").choices(ORDERS),
    )
    .option("--receptive-field <pixels>", "of D (default: the experiment's)", wholeNumber)
    .option("--trace <file>", "instead write a trace of the steps, in the format of Chrome")
    .option("--dataset <folder>", "the trace's data set (default: the experiment's)")
    .action(async (experiment: string, { trace, dataset, ...given }: StepOptions) => {
      const { compile, json, ...options } = given;
      if (trace !== undefined) {
        if (compile === "all") {
          throw new PairlabError("Cannot trace --compile=all. Use --compile=off, on or xla.");
        }
        const traced = await traceSteps({
          ...options,
          experiment: modulePath(experiment),
          compile,
          file: userPath(trace),
          dataset: dataset && userPath(dataset),
          onProgress: note,
        });
        return report(json, [traced], describeTrace);
      }
      if (dataset !== undefined) {
        throw new PairlabError(
          "Cannot use --dataset without --trace: the steps are measured on random pictures.",
        );
      }
      const results = await benchStep({
        ...options,
        experiment: modulePath(experiment),
        compile: compile === "all" ? COMPILE_MODES : [compile],
        onProgress: note,
      });
      report(json, results, describeSteps);
    });
}

function addPeers(program: Command): void {
  withSizes(
    stepMeasurement(
      program,
      "peers",
      "PyTorch and Keras beside Pairlab, in turn, on the same steps",
    ),
  )
    .option("--install", "first install them, in Pairlab's cache (about 7 GB)")
    .option("--verify", "instead compare the losses of ten steps with PyTorch's")
    .action(async ({ install, verify, json, ...options }: PeersOptions) => {
      if (install) await installPeers(note);
      const measured = { ...options, python: await findPython(), onProgress: note };
      if (!verify) return report(json, await benchPeers(measured), describePeers);
      const verified = await verifySteps({ ...measured, steps: 10 });
      report(json, verified, describeVerified);
      if (agrees(verified)) return;
      throw new PairlabError(
        "The losses differ from PyTorch's by more than rounding",
      );
    });
}

function addQuality(program: Command): void {
  measurement(
    program,
    "quality",
    "whether Pairlab learns as well as PyTorch, from the same weights",
  )
    .requiredOption("--dataset <folder>", "the pairs")
    .option("--experiment <name>", "whose data and augmentation these are", "flowers_deblur")
    .option("--size <pixels>", SIZE[1], wholeNumber, 128)
    .option("--width <times>", "channels, as multiples of the paper's", positiveNumber, 1)
    .option("--epochs <count>", "passes over the training pairs", wholeNumber, 20)
    .option("--every <epochs>", "measure after every so many epochs", wholeNumber, 5)
    .option("--seeds <list>", "of the weights and the order, e.g. 1,2,3", "1,2,3")
    .option("--pairs <count>", "train on the first pairs only", wholeNumber)
    .option("--results <file>", "kept there as they come", "quality.json")
    .addOption(backendOption().default("auto"))
    .action(async ({ json, dataset, seeds, results, ...options }: QualityOptions) => {
      const found = await benchQuality({
        ...options,
        python: await findPython(),
        dataset: userPath(dataset),
        seeds: seeds.split(",").map(wholeNumber),
        file: userPath(results),
        onProgress: note,
      });
      report(json, [found], ([all]) => all === undefined ? [] : describeQuality(all));
    });
}

function addData(program: Command): void {
  experimentMeasurement(
    program,
    "data",
    "loading: each stage, pictures a second, what it adds to a step",
  )
    .option("--dataset <folder>", "the data set (default: the experiment's)")
    .addOption(compileOption().default("on"))
    .action(async (experiment: string, { dataset, size, batch, json, ...options }: DataOptions) => {
      const found = await benchData({
        ...options,
        module: await loadExperiment(modulePath(experiment)),
        parameters: {
          ...sizesGiven({ size, batch, dataset: dataset && userPath(dataset) }),
        },
        onProgress: note,
      });
      report(json, [found], describeData);
    });
}

function addScale(program: Command): void {
  measurement(program, "scale", "batch 1 to 16, 128x128 to 1024x1024, half to double width")
    .addOption(backendOption().default("auto"))
    .option("--steps <count>", "steps that count, of each", wholeNumber, 6)
    .addOption(compileOption().default("on"))
    .option("--quick", "fewer points")
    .action(async ({ json, ...options }: ScaleOptions) => {
      report(json, await benchScale({ ...options, onProgress: note }), describeScale);
    });
}

function addOps(program: Command): void {
  withSizes(
    measurement(
      program,
      "ops",
      "each convolution of the paper's networks, by the ways to compute it",
    ),
  )
    .option("--width <times>", "channels, as multiples of the paper's", positiveNumber, 1)
    .option("--rounds <count>", "how often each way is run", wholeNumber, 10)
    .option("--patience <ms>", "how long each run waits for other programs", wholeNumber, 500)
    .action(async ({ json, threads, rounds, patience, ...options }: OpsOptions) => {
      const { wiring, shape } = await planBench({ ...options, experiment: "flowers_deblur" });
      const placed = withShapesOnly(() =>
        convolutionsOf(buildNetworks(wiring, shape, 0), options.batch)
      );
      await startEngine("tensorflow", { threads });
      const found = await measureConvolutions(placed, { rounds, patience });
      report(json, [{ ...options, ...found, machine: thisMachine() }], ([all]) => [
        describeMachine(thisMachine()),
        ...all === undefined ? [] : describeOps(all),
      ]);
    });
}

function addServe(program: Command): void {
  program.command("serve")
    .description("requests to the server, beside FastAPI with PyTorch")
    .option("--json", "print a line of JSON for each result")
    .option("--debug", "show the stack trace of an error")
    .option("--install", "first install PyTorch and FastAPI, in Pairlab's cache (about 7 GB)")
    .option("--alone", "measure Pairlab's server alone")
    .option(...SIZE, wholeNumber, 256)
    .option("--width <times>", "channels, as multiples of the paper's", positiveNumber, 1)
    .option(
      "--clients <counts>",
      "how many ask at once, e.g. 1,8,64",
      (text) => text.split(",").map((count) => wholeNumber(count)),
      [1, 8, 64],
    )
    .option("--seconds <time>", "of each load on each server", positiveNumber, 60)
    .option("--rounds <count>", "in which the servers take turns", wholeNumber, 4)
    .action(async ({ json, install, alone, ...options }: ServeOptions) => {
      if (install) await installPeers(note);
      const python = alone ? null : await findPython();
      if (install && python !== null) await installServing(python, note);
      report(json, await benchServe({ ...options, python, onProgress: note }), describeServe);
    });
}

/** For options that are a factor. */
function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError("Use a number above 0, e.g. 0.5.");
  }
  return value;
}

/** Says what is going on, on standard error: standard output is for results. */
function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function report<T>(
  json: true | undefined,
  results: readonly T[],
  describe: (results: readonly T[]) => string[],
): void {
  const lines = json ? results.map((result) => JSON.stringify(result)) : describe(results);
  lines.forEach(say);
}
