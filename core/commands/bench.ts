/** `deno task bench`: measures training steps, the peers', the pipeline, and how all of it scales. */
import process from "node:process";
import { type Command, Option } from "commander";
import type { CompileMode } from "../backends/compile.ts";
import type { EngineChoice } from "../backends/engine.ts";
import { benchData, describeData } from "../bench/data.ts";
import { benchPeers, describePeers } from "../bench/peers.ts";
import { findPython, installPeers } from "../bench/peers/environment.ts";
import { benchStep, describeSteps } from "../bench/step.ts";
import { agrees, describeVerified, TOLERANCE, verifySteps } from "../bench/verify.ts";
import { PairlabError } from "../errors.ts";
import { loadExperiment } from "../plan.ts";
import type { UpdateOrder } from "../plugin.ts";
import { say } from "../terminal.ts";
import { command, runCommand, userPath } from "./cli.ts";
import { backendOption, compileOption, wholeNumber } from "./options.ts";

/** What most of the measurements can be told. */
interface CommonOptions {
  readonly size: number;
  readonly batch: number;
  readonly steps: number;
  readonly backend: EngineChoice;
  readonly threads?: number;
  readonly json?: true;
}

interface StepOptions extends CommonOptions {
  readonly order?: UpdateOrder;
  readonly receptiveField?: number;
  readonly compile: CompileMode | "all";
}

interface PeersOptions extends CommonOptions {
  readonly install?: true;
  readonly verify?: true;
}

interface DataOptions extends CommonOptions {
  readonly dataset?: string;
  readonly compile: CompileMode;
}

const COMPILE_MODES: readonly CompileMode[] = ["off", "on", "xla"];
const ORDERS: readonly UpdateOrder[] = ["alternate", "simultaneous"];

if (import.meta.main) {
  await runCommand(async () => {
    const program = command("bench", "Measure how fast this machine trains.")
      .addHelpText("after", "\nMeasure on a quiet machine: what else runs on it is measured too.");
    addStep(program);
    addPeers(program);
    addData(program);
    await program.parseAsync(Deno.args, { from: "user" });
  });
}

/** A subcommand with the options that most of them have. */
function subcommand(program: Command, name: string, description: string): Command {
  return program.command(name)
    .description(description)
    .option("--json", "print a line of JSON for each result")
    .option("--debug", "show where an error happened")
    .addOption(backendOption("auto"))
    .option("--size <pixels>", "height and width of the pictures", wholeNumber, 256)
    .option("--batch <pairs>", "pairs in a step", wholeNumber, 1)
    .option("--steps <count>", "steps that count, of each", wholeNumber, 15)
    .option("--threads <count>", "threads (default: as many as each framework takes)", wholeNumber);
}

function addStep(program: Command): void {
  subcommand(program, "step", "a training step: eager, compiled, as machine code by XLA")
    .argument("[experiment]", "a name in experiments/, or a path", "flowers_deblur")
    .addOption(
      new Option("--compile <mode>", "how the step is run").choices([...COMPILE_MODES, "all"])
        .default("on"),
    )
    .addOption(
      new Option("--order <order>", "of the updates (default: the experiment's)").choices(ORDERS),
    )
    .option("--receptive-field <pixels>", "of D (default: the experiment's)", wholeNumber)
    .action(async (experiment: string, { compile, json, ...options }: StepOptions) => {
      const results = await benchStep({
        ...options,
        experiment: experimentPath(experiment),
        compile: compile === "all" ? COMPILE_MODES : [compile],
        onProgress: note,
      });
      report(json, results, describeSteps);
    });
}

function addPeers(program: Command): void {
  subcommand(program, "peers", "PyTorch and Keras beside Pairlab, in turn, on the same steps")
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
        `Cannot vouch for these steps: a loss is further from PyTorch's than ${TOLERANCE}`,
      );
    });
}

function addData(program: Command): void {
  subcommand(program, "data", "loading: each stage, pictures a second, what it adds to a step")
    .argument("[experiment]", "a name in experiments/, or a path", "flowers_deblur")
    .option("--dataset <folder>", "the data set (default: the experiment's)")
    .addOption(compileOption("on"))
    .action(async (experiment: string, { dataset, size, batch, json, ...options }: DataOptions) => {
      const found = await benchData({
        ...options,
        module: await loadExperiment(experimentPath(experiment)),
        parameters: {
          size: String(size),
          batch: String(batch),
          ...dataset !== undefined && { dataset: userPath(dataset) },
        },
        onProgress: note,
      });
      report(json, [found], describeData);
    });
}

/** A path as typed, a name or URL as it is. */
function experimentPath(reference: string): string {
  const isPath = /[\\/]|\.[a-z]+$/i.test(reference) && !/^\w+:\/\//.test(reference);
  return isPath ? userPath(reference) : reference;
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
