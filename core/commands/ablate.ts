/** `deno task ablate FILE`: a matrix of variants and seeds, and its table. */
import { pathToFileURL } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import type { EngineChoice } from "../backends/engine.ts";
import { isAblation } from "../ablate/folder.ts";
import { handOver, runsFromSources } from "../ablate/handover.ts";
import { discard, launch, type LaunchOptions, prepare, removeUnbegun } from "../ablate/launch.ts";
import { findMatrix, loadMatrix } from "../ablate/matrix.ts";
import { DEFAULT_JOBS, workOn } from "../ablate/work.ts";
import { parseInterval } from "../train/autosave.ts";
import { PairlabError } from "../base/errors.ts";
import { compilerCheck } from "../experiment/plan.ts";
import { say } from "../base/terminal.ts";
import { runCommand } from "../base/program.ts";
import { command, modulePath, parseOverrides, userPath, userValues } from "./cli.ts";
import { backendOption, wholeNumber } from "./options.ts";

/** What is fixed at the launch. */
interface FixedOptions {
  readonly scale?: string;
  readonly backend?: EngineChoice;
  readonly limit?: number;
  readonly run?: string;
}

/** What may differ from one call to the next. */
interface WorkingOptions {
  readonly seeds?: readonly number[];
  readonly only?: readonly string[];
  readonly jobs?: number;
  readonly failFast?: boolean;
  readonly dryRun?: boolean;
  readonly checkpointEvery?: string;
}

type AblateOptions = FixedOptions & WorkingOptions & {
  readonly check: boolean;
  readonly debug?: boolean;
  readonly help?: boolean;
};

await runCommand(async () => {
  const program = ablateCommand();
  program.parse(Deno.args, { from: "user" });
  const options = program.opts<AblateOptions>();
  const [reference, ...rest] = program.args;
  if (options.help) return await showHelp(program, reference);
  if (reference === undefined) return program.error("error: missing required argument 'matrix'");

  const folder = userPath(reference);
  if (await isAblation(folder)) {
    if (await runsFromSources(folder)) Deno.exit(await workOn(folder, workOptions(options)));
    checkNothingFixed(folder, options, rest);
    Deno.exit(await handOver(folder, workArguments(options)));
  }
  Deno.exit(await begin(reference, options, rest));
});

function ablateCommand(): Command {
  return command("ablate", "Train a matrix of variants and seeds, and print its table.")
    .argument(
      "[matrix]",
      "a name in experiments/ablations/, the path of a file, or a sweep's folder",
    )
    .option("--scale <name>", "the scale, of those in the file (default: its first)")
    .option("--seeds <numbers>", "other seeds than the file's, e.g. 1,2", numbers)
    .option("--only <variants>", "these variants only, e.g. L1,cGAN", words)
    .option("--jobs <number>", `cells at once (default: ${DEFAULT_JOBS})`, wholeNumber)
    .option("--fail-fast", "stop all when a cell fails")
    .option("--dry-run", "list the cells, and estimate time, disk and memory")
    .addOption(backendOption())
    .option("--limit <pairs>", "train on the first pairs only", wholeNumber)
    .option("--checkpoint-every <interval>", "of each cell: 200 (steps) or 10m (default)", interval)
    .option("--run <folder>", "the sweep's folder (default: runs/ablation-<name>-<scale>-<hash>)")
    .option("--no-check", "do not have the compiler check the file first")
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .option("-h, --help", "show this help, and what the file holds")
    .usage("FILE [--key=value …] [options]\n       deno task ablate FOLDER [options]");
}

/** Launches a sweep, or goes on with the same one. */
async function begin(
  reference: string,
  options: AblateOptions,
  rest: readonly string[],
): Promise<number> {
  const matrix = await Deno.realPath(await findMatrix(modulePath(reference)));
  if (options.check) await checkTypes(matrix, reference);
  const jobs = options.jobs ?? DEFAULT_JOBS;
  const settings: LaunchOptions = {
    scale: options.scale,
    parameters: await userValues(parseOverrides(rest)),
    limit: options.limit,
    backend: options.backend ?? "auto",
    threads: Math.max(Math.floor(navigator.hardwareConcurrency / jobs), 1),
    folder: options.run === undefined ? undefined : userPath(options.run),
  };
  if (options.dryRun) return await tryOut(matrix, settings, options);
  const { folder, goesOn } = await launch(matrix, settings);
  if (goesOn) say(`Going on with ${folder}, which was launched from the same sources`);
  const status = await handOver(folder, workArguments(options));
  if (status !== 0 && !goesOn) await removeUnbegun(folder);
  return status;
}

/** Plans in a place that is removed again, unless the sweep was launched before. */
async function tryOut(
  matrix: string,
  settings: LaunchOptions,
  options: AblateOptions,
): Promise<number> {
  const prepared = await prepare(matrix, settings);
  try {
    const folder = await isAblation(prepared.place) ? prepared.place : prepared.folder;
    return await handOver(folder, workArguments(options));
  } finally {
    await discard(prepared);
  }
}

async function checkTypes(matrix: string, reference: string): Promise<void> {
  await compilerCheck({ url: pathToFileURL(matrix), module: reference });
}

/** What a sweep runs, and with which settings, was decided when it was launched. */
function checkNothingFixed(
  folder: string,
  { scale, backend, limit, run }: AblateOptions,
  rest: readonly string[],
): void {
  const given = Object.entries({ scale, backend, limit, run })
    .filter(([, value]) => value !== undefined).map(([key]) => `--${key}`);
  const [first] = [...given, ...rest];
  if (first === undefined) return;
  throw new PairlabError(
    `Cannot go on in "${folder}" with "${first}": it was fixed at the launch, a new launch of the file would work`,
  );
}

function workOptions(options: AblateOptions): Parameters<typeof workOn>[1] {
  const { failFast = false, dryRun = false } = options;
  return { ...options, failFast, dryRun };
}

/** The same options as arguments, for the sources that the sweep was launched with. */
function workArguments(options: AblateOptions): string[] {
  const { seeds, only, jobs, failFast, dryRun, checkpointEvery, debug } = options;
  const valued = { seeds, only, jobs, "checkpoint-every": checkpointEvery };
  const flags = { "fail-fast": failFast, "dry-run": dryRun, debug };
  return [
    ...Object.entries(valued).flatMap(([key, value]) =>
      value === undefined ? [] : [`--${key}=${value}`]
    ),
    ...Object.entries(flags).flatMap(([key, value]) => value ? [`--${key}`] : []),
  ];
}

async function showHelp(program: Command, reference: string | undefined): Promise<void> {
  say(program.helpInformation());
  if (reference === undefined) return;
  const path = await Deno.realPath(await findMatrix(modulePath(reference)));
  const { title, variants, scales, seeds, experiment } = await loadMatrix(path);
  say(`${title}: ${[...variants.keys()].join(", ")}; seeds ${seeds.join(", ")}`);
  for (const [scale, parameters] of scales) {
    const values = Object.entries(parameters).map(([key, value]) => `--${key}=${value}`);
    say(`  --scale=${scale}`.padEnd(20) + values.join(" "));
  }
  say(`Parameters: ${Object.keys(experiment.defaults).map((key) => `--${key}`).join(" ")}`);
}

function words(text: string): string[] {
  return text.split(",").map((word) => word.trim()).filter((word) => word !== "");
}

function numbers(text: string): number[] {
  const values = words(text).map(Number);
  if (values.length > 0 && values.every((value) => Number.isInteger(value) && value >= 0)) {
    return values;
  }
  throw new InvalidArgumentError("Whole numbers, e.g. 1,2,3, would work.");
}

function interval(text: string): string {
  parseInterval(text);
  return text;
}
