/** `deno task import FILE`: a generator that was trained elsewhere. */
import { dirname, join } from "@std/path";
import { startEngine } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { align } from "../evaluate/table.ts";
import { importUnet, writeImported } from "../export/import.ts";
import { asArgument } from "../base/shell_argument.ts";
import { command, userPath } from "./cli.ts";
import { backendOption, wholeNumber } from "./options.ts";

await runCommand(async () => {
  const program = command("import", "Take a generator that was trained elsewhere.")
    .argument("<file>", "a U-Net: .pth, .safetensors, .keras or .h5")
    .option(
      "--out <file>",
      "where it goes (default: generator.safetensors beside the file)",
      userPath,
    )
    .option(
      "--size <pixels>",
      "height and width of its pictures (default: as the file says, or 256)",
      wholeNumber,
    )
    .option("--overwrite", "replace a file at that place")
    .addOption(backendOption().default("auto"))
    .addHelpText(
      "after",
      `
Takes the U-Net of pytorch-CycleGAN-and-pix2pix (latest_net_G.pth, or its tensors as .safetensors)
and the generator of TensorFlow's pix2pix tutorial, saved in Python with
generator.save("generator.keras"). Nothing in a file is executed.`,
    )
    .parse(Deno.args, { from: "user" });
  const options = program.opts();
  const path = userPath(program.args[0]!); // commander has checked that it is there
  const out = options.out === undefined
    ? join(dirname(path), "generator.safetensors")
    : options.out;
  if (await exists(out) && options.overwrite !== true) {
    throw new PairlabError(
      `Cannot write "${out}": it exists. Choose another file with --out, or pass --overwrite.`,
    );
  }
  const engine = await startEngine(options.backend, { fetch: false });
  say(`Engine: ${engine.reason}`);
  const { batchNorm, unet } = await import("../../mod.ts");
  const imported = await importUnet(path, {
    build: ({ epsilon, ...settings }) => unet({ ...settings, norm: batchNorm({ epsilon }) }),
    size: options.size,
  });
  await writeImported(out, imported);
  const { matches, description: { shape: { input, target } } } = imported;
  const rows = matches.map(({ theirs, ours, shape }) => [theirs, ours, shape.join("x")]);
  for (const line of align([["in the file", "here", "shape"], ...rows])) say(line);
  say(
    `U-Net of ${
      imported.unet.filters.join("-")
    } filters, ${input.channels} to ${target.channels} channels: ${out}`,
  );
  say(`Translate pictures with:\n  deno task predict ${asArgument(out)} INPUT… --out=DIR`);
});
