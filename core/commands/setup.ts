/** `deno task setup`: fetches TensorFlow's library, and tries it. */
import * as tf from "@tensorflow/tfjs";
import { startTensorflow, type TensorflowEngine } from "../backends/tensorflow/backend.ts";
import { ensureLibrary, type FoundLibrary } from "../backends/tensorflow/library.ts";
import { showFetch } from "../backends/tensorflow/progress.ts";
import { say } from "../base/terminal.ts";
import { runCommand } from "../base/program.ts";
import { command } from "./cli.ts";

const SOURCES: Readonly<Record<FoundLibrary["source"], string>> = {
  environment: "named in PAIRLAB_LIBTENSORFLOW",
  cache: "in Pairlab's cache",
  python: "from the installed Python package tensorflow",
};

async function setup(): Promise<void> {
  await command("setup", "Fetch TensorFlow's library if it is missing, and try it.")
    .addHelpText(
      "after",
      "\nLooks in PAIRLAB_LIBTENSORFLOW (a file or folder), Pairlab's cache (PAIRLAB_CACHE moves it)" +
        "\nand Python's packages; otherwise pip downloads it.",
    )
    .parseAsync(Deno.args, { from: "user" });
  const { path, source } = await fetchLibrary();
  say(`${path} (${SOURCES[source]})`);
  const engine = await startTensorflow({ library: path });
  say(`TensorFlow ${engine.version} works: ${await tryOut(engine)}`);
  engine.close();
}

async function fetchLibrary(): Promise<FoundLibrary> {
  const display = showFetch();
  try {
    return await ensureLibrary({ mend: true, onProgress: display.onProgress });
  } finally {
    display.stop();
  }
}

/** Multiplies two matrices and checks the product. */
async function tryOut({ threads, usesGpu }: TensorflowEngine): Promise<string> {
  const size = 512;
  const ones = tf.ones([size, size]);
  const product = await tf.matMul(ones, ones).data();
  if (!product.every((value) => value === size)) {
    throw new Error("Cannot compute with TensorFlow: the product of two matrices is wrong");
  }
  return `it multiplied two matrices on ${usesGpu ? "the GPU" : `${threads} threads`}`;
}

if (import.meta.main) await runCommand(setup);
