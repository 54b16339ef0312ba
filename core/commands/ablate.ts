/** `deno task ablate FILE`: trains a matrix of variants and seeds, and prints its table. */
import { pathToFileURL } from "node:url";
import { type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import { isAblation } from "../ablate/folder.ts";
import { continueSweep, launch, type Sweep } from "../ablate/launch.ts";
import { findMatrix, loadMatrix } from "../ablate/matrix.ts";
import { DEFAULT_JOBS, workOn } from "../ablate/work.ts";
import { PairlabError } from "../base/errors.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { compilerCheck } from "../experiment/plan.ts";
import { parseInterval } from "../train/autosave.ts";
import { local } from "../../mod.ts";
import type { Launcher } from "../interfaces/launchers.ts";
import { LAUNCHER_NAMES, launcherOf } from "./launchers.ts";
import { command, modulePath, parseOverrides, userPath, userValues } from "./cli.ts";
import { backendOption, wholeNumber } from "./options.ts";

type AblateOptions = ReturnType<ReturnType<typeof ablateCommand>["opts"]>;

await runCommand(async () => {
  const program = ablateCommand();
  program.parse(Deno.args, { from: "user" });
  const options = program.opts();
  const [reference, ...rest] = program.args;
  if (options.help) return await showHelp(program, reference);
  if (reference === undefined) return program.error("error: missing required argument 'matrix'");
  const folder = userPath(reference);
  const { launcher: launcherOption } = options;
  const given = launcherOption === undefined ? undefined : await launcherOf(launcherOption);
  let sweep: Sweep;
  if (await isAblation(folder)) {
    checkNothingFixed(folder, options, rest);
    sweep = await continueSweep(folder, options);
  } else {
    sweep = await begin(reference, { ...options, launcher: given }, rest);
  }
  const launcher = given ?? sweep.ablation.launcher ?? local();
  Deno.exit(await workOn(sweep, { ...options, launcher, launcherOption }));
});

function ablateCommand() {
  return command("ablate", "Train a matrix of variants and seeds, and print its table.")
    .argument(
      "[matrix]",
      "a name in experiments/ablations/, the path of a file, or a sweep's folder",
    )
    .option("--scale <name>", "a scale of the file (default: its first)")
    .option("--seeds <numbers>", "seeds to use instead of the file's, e.g. 1,2", numbers)
    .option("--only <variants>", "train these variants only, e.g. L1,cGAN", words)
    .option(
      "--jobs <number>",
      `how many cells to train at once (default: ${DEFAULT_JOBS})`,
      wholeNumber,
    )
    .option(
      "--launcher <launcher>",
      `what runs the cells: ${LAUNCHER_NAMES.join(", ")}, or a file that has a launcher`,
    )
    .option("--follow", "wait for cells that run elsewhere")
    .option("--table", "only write the table of the finished cells")
    .option("--fail-fast", "stop the others when a cell fails")
    .option("--dry-run", "list the cells, with estimates of time, disk and memory")
    .addOption(backendOption())
    .option("--limit <pairs>", "train on the first pairs only", wholeNumber)
    .option(
      "--checkpoint-every <interval>",
      "how often each cell saves: 200 (steps) or 10m (default)",
      interval,
    )
    .option(
      "--run <folder>",
      "the sweep's folder (default: runs/ablation-<name>-<scale>-<hash>)",
      userPath,
    )
    .option("--allow-changes", "continue although the sources changed")
    .option("--trust", "run the matrix that a sweep's folder names, wherever it comes from")
    .option("--no-check", "do not type-check the file first")
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .option("-h, --help", "show this help, and the file's contents")
    .usage("FILE [--key=value …] [options]\n       deno task ablate FOLDER [options]");
}

/** Launches a sweep, or continues the same one. */
async function begin(
  reference: string,
  { check, jobs = DEFAULT_JOBS, run, backend = "auto", scale, limit, allowChanges, launcher }:
    & Omit<AblateOptions, "launcher">
    & { readonly launcher: Launcher | undefined },
  rest: readonly string[],
): Promise<Sweep> {
  const matrix = await matrixPath(reference);
  if (check) await compilerCheck({ url: pathToFileURL(matrix), module: reference });
  const sweep = await launch(matrix, {
    scale,
    limit,
    backend,
    allowChanges,
    parameters: await userValues(parseOverrides(rest)),
    launcher,
    jobs,
    folder: run,
  });
  if (sweep.continues) say(`Continuing ${sweep.folder}, launched from the same sources`);
  return sweep;
}

async function matrixPath(reference: string): Promise<string> {
  return await Deno.realPath(await findMatrix(modulePath(reference)));
}

/** Rejects options that were fixed at the launch of a sweep. */
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
    `Cannot continue "${folder}" with "${first}": it was fixed at the launch. Launch the file again.`,
  );
}

async function showHelp(program: CommandUnknownOpts, reference: string | undefined): Promise<void> {
  say(program.helpInformation());
  if (reference === undefined) return;
  const { title, variants, scales, seeds, experiment } = await loadMatrix(
    await matrixPath(reference),
  );
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
  throw new InvalidArgumentError("Use whole numbers, e.g. 1,2,3.");
}

function interval(text: string): string {
  parseInterval(text);
  return text;
}
