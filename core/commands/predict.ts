/** `deno task predict RUN INPUT…`: pictures in, pictures out. */
import { extname, join } from "@std/path";
import { Option } from "commander";
import type { CompileMode } from "../backends/compile.ts";
import { type EngineChoice, startEngine } from "../backends/engine.ts";
import { listCheckpoints } from "../checkpoint.ts";
import { GENERATOR_FILE } from "../checkpoint_contents.ts";
import { PairlabError } from "../errors.ts";
import { decodePicture } from "../pictures/decode.ts";
import { writePicture } from "../pictures/encode.ts";
import { findPictures, resultNames } from "../pictures/find.ts";
import { unfit } from "../pictures/fit.ts";
import { loadExperiment } from "../plan.ts";
import type { InferenceMode } from "../plugin.ts";
import { describeMode, loadPredictor, type Predictor } from "../predictor.ts";
import { openBar, say } from "../terminal.ts";
import { command, runCommand, userPath } from "./cli.ts";
import { backendOption, compileOption, modeOption } from "./options.ts";

interface PredictOptions {
  readonly backend: EngineChoice;
  readonly compile: CompileMode;
  readonly out?: string;
  readonly experiment?: string;
  readonly keepSize?: boolean;
  readonly mode: InferenceMode;
  readonly depth: "8" | "16";
}

await runCommand(async () => {
  const program = command("predict", "Translate pictures with a trained generator.")
    .argument("<run>", "a run folder, one of its checkpoints, or a generator.safetensors")
    .argument("<inputs...>", "pictures, folders of pictures, or globs")
    .option("--out <folder>", "where the results go (default: RUN/predictions)")
    .option("--keep-size", "bring each result to the size and aspect ratio of its input")
    .addOption(
      new Option("--depth <bits>", "of each channel of the results").choices(["8", "16"])
        .default("8"),
    )
    .option("--experiment <file>", "the file that defines layers of your own")
    .addOption(modeOption("paper"))
    .addOption(backendOption("auto"))
    .addOption(compileOption("on"))
    .parse(Deno.args, { from: "user" });
  const options = program.opts<PredictOptions>();
  const [run = "", ...inputs] = program.args;

  const pictures = await findPictures(inputs.map(userPath));
  const engine = await startEngine(options.backend);
  say(`Engine: ${engine.reason}`);
  await registerLayers(options.experiment);
  const predictor = await openPredictor(userPath(run), options.compile);
  const folder = options.out === undefined
    ? join(userPath(run), "predictions")
    : userPath(options.out);
  await Deno.mkdir(folder, { recursive: true });
  say(`Mode: ${options.mode} (${describeMode(options.mode)})`);
  await predictAll(predictor, pictures, { ...options, folder });
  say(`${pictures.length} picture${pictures.length === 1 ? "" : "s"} written to ${folder}`);
});

/** Imports the layers that a network may be made of, so that its description can be read. */
async function registerLayers(experiment: string | undefined): Promise<void> {
  await import("../../mod.ts");
  if (experiment !== undefined) await loadExperiment(userPath(experiment));
}

/** Finds the generator in whatever the user named. */
async function openPredictor(path: string, compile: CompileMode): Promise<Predictor> {
  if (extname(path) === ".safetensors") return await loadPredictor(path, { compile });
  const { whole: [newest] } = await listCheckpoints(join(path, "checkpoints"));
  const file = join(newest?.folder ?? path, GENERATOR_FILE);
  try {
    await Deno.stat(file);
  } catch {
    throw new PairlabError(
      `Cannot predict with "${path}": there is no checkpoint in it, a run folder after its first checkpoint would work`,
    );
  }
  const identity = newest?.state.files[GENERATOR_FILE];
  return await loadPredictor(file, { identity, compile });
}

async function predictAll(
  predictor: Predictor,
  paths: readonly string[],
  { folder, keepSize = false, mode, depth }: PredictOptions & { readonly folder: string },
): Promise<void> {
  const { shape: { input: { channels }, target }, fit } = predictor;
  // Only a TIFF holds more than four channels.
  const extension = target.channels > 4 ? ".tif" : ".png";
  const names = resultNames(paths);
  const bar = openBar("Predicting", paths.length);
  for (const [index, path] of paths.entries()) {
    const input = await decodePicture(path, { channels, depth: "stored" });
    const output = await predictor.predict(input, mode, depth === "16" ? 16 : 8);
    const result = keepSize ? await unfit(output, input, { fit }) : output;
    await writePicture(join(folder, `${names[index]}${extension}`), result);
    bar.update(index + 1);
  }
  bar.stop();
}
