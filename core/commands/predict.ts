/** `deno task predict RUN INPUT…`: pictures in, pictures out. */
import { basename, dirname, join } from "@std/path";
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import process from "node:process";
import { startEngine } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import { figuresJson } from "../base/json.ts";
import { describeMode } from "../model/inference_modes.ts";
import { findGenerator } from "../runs/generator_file.ts";
import { findPictures } from "../pictures/find.ts";
import { loadExperiment } from "../experiment/plan.ts";
import { type FailedFile, predictFiles } from "../predict/predict_files.ts";
import { loadPredictor } from "../predict/predictor.ts";
import { say } from "../base/terminal.ts";
import { TILED_MODE } from "../predict/tiles/predict_tiled.ts";
import { runCommand } from "../base/program.ts";
import { command, userPath } from "./cli.ts";
import { backendOption, compileOption, modeOption, weightsOption } from "./options.ts";

await runCommand(async () => {
  const program = command("predict", "Translate pictures with a trained generator.")
    .argument("<run>", "a run folder, one of its checkpoints, or a generator.safetensors")
    .argument("<inputs...>", "pictures, folders of pictures, or globs")
    .option("--out <folder>", "the folder for the results (default: RUN/predictions)", userPath)
    .option("--keep-size", "resize each result to its input's size")
    .addOption(
      new Option("--tiled", "predict each picture at its own size, in overlapping tiles")
        .conflicts("keepSize"),
    )
    .option(
      "--overlap <pixels>",
      "how much neighbouring tiles overlap (default: a quarter of a tile)",
      overlapOf,
    )
    .addOption(
      new Option("--depth <bits>", "bits per channel of the results").choices(["8", "16"])
        .default("8"),
    )
    .option("--overwrite", "replace files that Pairlab did not write")
    .option("--experiment <file>", "the file that defines your own layers", userPath)
    .option("--json", "print the result as JSON, and everything else to standard error")
    .addOption(modeOption(`paper, with --tiled ${TILED_MODE}`))
    .addOption(weightsOption())
    .addOption(backendOption().default("auto"))
    .addOption(compileOption().default("on"))
    .parse(Deno.args, { from: "user" });
  const options = program.opts();
  const [run = "", ...inputs] = program.args;
  const { tiled = false, mode = tiled ? TILED_MODE : "paper", json = false } = options;
  const tell = json ? (line: string) => void process.stderr.write(`${line}\n`) : say;
  if (options.overlap !== undefined && !tiled) {
    throw new PairlabError(
      "Cannot let tiles overlap: the picture is not predicted in tiles. Pass --tiled",
    );
  }

  const paths = await findPictures(inputs.map(userPath), tell);
  const engine = await startEngine(options.backend, { fetch: false });
  tell(`Engine: ${engine.reason}`);
  await registerLayers(options.experiment);
  const { compile } = options;
  const { path, identity, weights } = await findGenerator(userPath(run), options.weights, say);
  const predictor = await loadPredictor(path, { identity, compile });
  const folder = options.out === undefined ? await predictionsFolder(userPath(run)) : options.out;
  await Deno.mkdir(folder, { recursive: true });
  tell(`Mode: ${mode} (${describeMode(mode)})`);
  if (weights !== null) tell(`Weights: ${weights}`);
  if (tiled && mode !== TILED_MODE) {
    tell(
      `Note: in this mode a batch norm takes the statistics of each tile by itself, so that tiles differ more than with --mode=${TILED_MODE}`,
    );
  }
  const { pictures, failures } = await predictFiles(predictor, paths, {
    size: tiled ? "tiled" : options.keepSize ? "kept" : "network",
    overlap: options.overlap,
    mode,
    depth: options.depth === "16" ? 16 : 8,
    folder,
    tell,
    overwrite: options.overwrite ?? options.out === undefined,
  });
  tell(`${pictures.length} picture${pictures.length === 1 ? "" : "s"} written to ${folder}`);
  if (json) {
    const { name, version } = engine;
    const by = { mode, weights, step: predictor.step, engine: { name, version } };
    process.stdout.write(figuresJson({ ...by, pictures, failures }));
  }
  throwIfAny(failures, paths.length);
});

/** `predictions` in the run folder of a run, checkpoint or generator's file, or else beside the file. */
async function predictionsFolder(path: string): Promise<string> {
  const folder = (await Deno.stat(path)).isFile ? dirname(path) : path;
  const isCheckpoint = basename(dirname(folder)) === "checkpoints";
  return join(isCheckpoint ? dirname(dirname(folder)) : folder, "predictions");
}

function throwIfAny(failures: readonly FailedFile[], total: number): void {
  const [first, ...others] = failures.map(({ error }) => error);
  if (first === undefined) return;
  if (total === 1) throw new PairlabError(first);
  const lines = [first, ...others].map((error) => `  - ${error}`).join("\n");
  throw new PairlabError(
    `Cannot predict ${failures.length} of ${total} pictures; all others are done:\n${lines}`,
  );
}

function overlapOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("Use a whole number of pixels, 0 or more.");
}

/** Imports the layers that a network may be made of, so that its description can be read. */
async function registerLayers(experiment: string | undefined): Promise<void> {
  await import("../../mod.ts");
  if (experiment !== undefined) await loadExperiment(experiment);
}
