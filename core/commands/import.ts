/** `deno task import FILE`: a generator that was trained elsewhere. */
import { dirname, join } from "@std/path";
import { startEngine } from "../backends/engine.ts";
import type { EngineChoice } from "../backends/engines.ts";
import { PairlabError } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { importNetG, writeImported } from "../export/import.ts";
import { asArgument } from "../base/argument.ts";
import { command, userPath } from "./cli.ts";
import { backendOption, wholeNumber } from "./options.ts";

interface Options {
  readonly out?: string;
  readonly size?: number;
  readonly overwrite?: boolean;
  readonly backend: EngineChoice;
}

await runCommand(async () => {
  const program = command("import", "Take a generator that was trained elsewhere.")
    .argument("<file>", "a U-Net of pytorch-CycleGAN-and-pix2pix as .safetensors")
    .option("--out <file>", "where it goes (default: generator.safetensors beside the file)")
    .option("--size <pixels>", "height and width of its pictures (default: 256)", wholeNumber)
    .option("--overwrite", "replace a file at that place")
    .addOption(backendOption("auto"))
    .addHelpText(
      "after",
      `\nMake a .safetensors of latest_net_G.pth, where PyTorch is, with:
  python -c "import torch, safetensors.torch as s; s.save_file(torch.load('latest_net_G.pth', weights_only=True), 'latest_net_G.safetensors')"`,
    )
    .parse(Deno.args, { from: "user" });
  const options = program.opts<Options>();
  const path = userPath(program.args[0]!); // commander has checked that it is there
  const out = options.out === undefined
    ? join(dirname(path), "generator.safetensors")
    : userPath(options.out);
  if (await exists(out) && options.overwrite !== true) {
    throw new PairlabError(
      `Cannot write "${out}": it exists. Choose another file with --out, or pass --overwrite.`,
    );
  }
  const engine = await startEngine(options.backend, { fetch: false });
  say(`Engine: ${engine.reason}`);
  const { unet } = await import("../../mod.ts");
  const imported = await importNetG(path, {
    build: (filters) => unet({ filters }),
    size: options.size,
  });
  await writeImported(out, imported);
  const { input, target } = imported.description.shape;
  say(
    `U-Net of ${
      imported.filters.join("-")
    } filters, ${input.channels} to ${target.channels} channels: ${out}`,
  );
  say(`Translate pictures with:\n  deno task predict ${asArgument(out)} INPUT… --out=DIR`);
});
