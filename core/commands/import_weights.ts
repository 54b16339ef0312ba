/** `deno task import-weights`: weights from PyTorch's files as one safetensors file. */
import { createHash } from "node:crypto";
import { basename } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { readPytorch } from "../model/pytorch_file.ts";
import { type TensorSource, writeSafetensors } from "../runs/safetensors.ts";
import { command, userPath } from "./cli.ts";

/** The sources of metrics, for the help. */
const SOURCES = `
LPIPS needs two files: torchvision's weights of the network, and the authors' linear layers, which
their Python package lpips holds as weights/v0.1/{alex,vgg,squeeze}.pth:

  deno task import-weights alexnet-owt-7be5be79.pth alex.pth --out=lpips_alex.safetensors
  deno task import-weights vgg16-397923af.pth vgg.pth --out=lpips_vgg.safetensors
  deno task import-weights squeezenet1_1-b8a52dc0.pth squeeze.pth --out=lpips_squeeze.safetensors

torchvision downloads its file when the network is first built with pretrained weights; the end of
its name begins its SHA-256, which is checked. Nothing in a file is executed.`;

async function importWeights(): Promise<void> {
  const parsed = command("import-weights", "Convert weights of PyTorch to safetensors.")
    .argument("<files...>", "state dictionaries (.pth, .pt)")
    .requiredOption("--out <file>", "the safetensors file to write", userPath)
    .addHelpText("after", SOURCES)
    .parse(Deno.args, { from: "user" });
  const { out } = parsed.opts();
  const sources: TensorSource[] = [];
  for (const file of parsed.args.map(userPath)) {
    await checkHash(file);
    const tensors = await readPytorch(file);
    for (const [name, { shape, values }] of tensors) {
      sources.push({ name, shape, dtype: "float32", read: () => Promise.resolve(values) });
    }
    say(`${file}: ${tensors.size} tensors`);
  }
  const origin = parsed.args.map((file) => basename(file)).join(", ");
  const { bytes } = await writeSafetensors(out, sources, { origin });
  say(`Wrote "${out}" (${(bytes / 1e6).toFixed(1)} MB)`);
}

/** Names of PyTorch's files end with the first digits of their SHA-256. */
async function checkHash(file: string): Promise<void> {
  const expected = /-([0-9a-f]{8,})\.pth$/.exec(basename(file))?.[1];
  if (expected === undefined) return;
  const found = createHash("sha256").update(await readBytes(file)).digest("hex");
  if (found.startsWith(expected)) return;
  throw new PairlabError(
    `Cannot import "${file}": its SHA-256 is ${
      found.slice(0, 16)
    }…, its name says ${expected}…. Download it again.`,
  );
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new PairlabError(`Cannot import "${file}": it does not exist. Check the path.`);
  }
}

if (import.meta.main) await runCommand(importWeights);
