/** `deno task export RUN`: a trained generator for other programs. */
import { basename, extname, join } from "@std/path";
import { Option } from "@commander-js/extra-typings";
import { startEngine } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { fitPicture } from "../data/frame.ts";
import { exportGenerator } from "../export/export.ts";
import { FORMATS } from "../export/formats.ts";
import type { ImageShape, Picture } from "../interfaces/pictures.ts";
import { describeMode } from "../model/inference_modes.ts";
import { decodePicture } from "../pictures/decode.ts";
import { findPictures } from "../pictures/find.ts";
import { loadGenerator } from "../predict/predictor.ts";
import type { GeneratorDescription } from "../predict/predict.ts";
import { findGenerator } from "../runs/generator_file.ts";
import { readRunRecord } from "../runs/run_folder.ts";
import { versions } from "../runs/provenance.ts";
import { loadExperiment } from "../experiment/plan.ts";
import { command, modulePath, userPath } from "./cli.ts";
import { backendOption, modeOption, weightsOption } from "./options.ts";

/** On how many pictures an export is compared with the network. */
const PICTURES = 10;

await runCommand(async () => {
  const names = FORMATS.map(({ name }) => name);
  const program = command("export", "Write a trained generator for other programs.")
    .argument("<run>", "a run folder, one of its checkpoints, or a generator.safetensors")
    .addOption(
      new Option("--format <formats>", `one or more of ${names.join(", ")}, separated by commas`)
        .default("onnx"),
    )
    .option("--checkpoint <name>", "the checkpoint, e.g. epoch-0025 (default: the newest)")
    .addOption(weightsOption())
    .addOption(modeOption().default("deterministic"))
    .option("--out <folder>", "the folder to write to (default: RUN/export/FORMAT)", userPath)
    .option("--half", "store weights in 16 bits, half the size (onnx and tfjs)")
    .option("--licence <text>", "the licence that the model card states", "not stated")
    .option("--pictures <paths...>", "pictures to compare on (default: ten drawn flowers)")
    .option("--overwrite", "replace an export at that place")
    .option("--experiment <file>", "the file that defines your own layers")
    .addOption(backendOption().default("auto"))
    .addHelpText(
      "after",
      `\nFormats:\n${
        FORMATS.map(({ name, summary }) => `  ${name.padEnd(13)}${summary}`).join("\n")
      }`,
    )
    .parse(Deno.args, { from: "user" });
  const options = program.opts();
  const formats = options.format.split(",").map(formatOf);
  const given = userPath(program.args[0]!); // commander has checked that it is there
  const isFile = extname(given) === ".safetensors";
  if (isFile && options.out === undefined) {
    throw new PairlabError(
      `Cannot export "${given}" beside itself: it is a file, not a run. Name a folder with --out.`,
    );
  }

  const engine = await startEngine(options.backend, { fetch: false, contend: false });
  say(`Engine: ${engine.reason}`);
  const { syntheticFlowers } = await import("../../mod.ts");
  if (options.experiment !== undefined) await loadExperiment(modulePath(options.experiment));
  const place = options.checkpoint === undefined
    ? given
    : join(given, "checkpoints", basename(options.checkpoint));
  const { path, identity, weights } = await findGenerator(place, options.weights, say);
  const { model, description } = await loadGenerator(path, identity);
  const generator = { model, description, mode: options.mode };
  say(`Mode: ${options.mode} (${describeMode(options.mode)})`);
  const record = isFile ? null : await readRunRecord(given).catch(() => null);

  const drawn = async (): Promise<Picture[]> => {
    const { height, width } = description.shape.input;
    const flowers = syntheticFlowers({ size: Math.max(height, width), count: 2 * PICTURES });
    const { train } = await flowers.open();
    const count = Math.min(train.names.length, PICTURES);
    return await Promise.all(
      Array.from({ length: count }, async (_, i) => (await train.load(i)).input),
    );
  };
  const pictures = options.pictures === undefined
    ? await fitAll(await drawn(), description)
    : await readPictures(options.pictures.map(userPath), description);
  for (const format of formats) {
    const folder = options.out === undefined
      ? join(given, "export", format.name)
      : formats.length === 1
      ? options.out
      : join(options.out, format.name);
    const { difference, bytes, fixed } = await exportGenerator(generator, {
      format,
      folder,
      pictures,
      run: record === null ? null : { folder: given, record },
      weights,
      licence: options.licence,
      version: versions()["pairlab"]!,
      halves: options.half,
      overwrite: options.overwrite,
    });
    const size = `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    say(`${format.name}: ${folder} (${size}), differs from the network by ${difference}`);
    if (options.half === true && !format.storesHalves) {
      say(`Note: ${format.name} stores weights in 32 bits`);
    }
    if (fixed !== null) say(`Note: it takes pictures of the network's size only, since ${fixed}`);
  }
});

function formatOf(name: string) {
  const format = FORMATS.find((known) => known.name === name.trim());
  if (format !== undefined) return format;
  throw new PairlabError(
    `Cannot export as "${name}": there is no such format. Use ${
      FORMATS.map((known) => `"${known.name}"`).join(", ")
    }.`,
  );
}

async function readPictures(
  paths: readonly string[],
  description: GeneratorDescription,
): Promise<Picture[]> {
  const { shape: { input: { channels } }, levels } = description;
  const found = (await findPictures(paths)).slice(0, PICTURES);
  return await fitAll(
    await Promise.all(found.map((path) => decodePicture(path, { channels, levels }))),
    description,
  );
}

async function fitAll(
  pictures: readonly Picture[],
  { shape: { input }, resize, fit }: GeneratorDescription,
): Promise<Picture[]> {
  return await Promise.all(
    pictures.map((picture) => fitPicture(withChannels(picture, input), input, { resize, fit })),
  );
}

/** The drawn flowers are RGB; a network of other channels sees the first one in each. */
function withChannels(picture: Picture, { channels }: ImageShape): Picture {
  if (picture.channels === channels) return picture;
  const { height, width } = picture;
  const data = new Uint8Array(height * width * channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    data.fill(
      picture.data[pixel * picture.channels]!,
      pixel * channels,
      (pixel + 1) * channels,
    );
  }
  return { height, width, channels, data };
}
