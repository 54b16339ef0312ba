/** `deno task setup`: fetches TensorFlow's library, with --gpu CUDA's too, and tries it. */
import * as tf from "@tensorflow/tfjs";
import { startTensorflow, type TensorflowEngine } from "../backends/tensorflow/backend.ts";
import { ensureLibrary, type FoundLibrary } from "../backends/tensorflow/library.ts";
import { ensureCuda } from "../backends/tensorflow/cuda.ts";
import { findDriver } from "../backends/tensorflow/driver.ts";
import { prepareGpu } from "../backends/tensorflow/gpu.ts";
import { PYTHONS } from "../backends/tensorflow/python.ts";
import { thisSystem } from "../backends/tensorflow/target.ts";
import { showFetch } from "../backends/tensorflow/progress.ts";
import { PairlabError } from "../base/errors.ts";
import { say } from "../base/terminal.ts";
import { runCommand } from "../base/program.ts";
import { command } from "./cli.ts";

const SOURCES: Readonly<Record<FoundLibrary["source"], string>> = {
  environment: "named in PAIRLAB_LIBTENSORFLOW",
  cache: "in Pairlab's cache",
  python: "from the installed Python package tensorflow",
};

async function setup(): Promise<void> {
  const options = command("setup", "Fetch TensorFlow's library if it is missing, and try it.")
    .option("--gpu", "fetch TensorFlow for NVIDIA's cards, and CUDA's libraries (about 3 GB)")
    .addHelpText(
      "after",
      "\nLooks in PAIRLAB_LIBTENSORFLOW (a file or folder), Pairlab's cache (PAIRLAB_CACHE moves it)" +
        "\nand Python's packages; otherwise pip downloads it.",
    )
    .parse(Deno.args, { from: "user" })
    .opts();
  if (options.gpu) await fetchCuda();
  const { path, source } = await fetchLibrary(options.gpu === true);
  say(`${path} (${SOURCES[source]})`);
  const gpu = await prepareGpu();
  const engine = await startTensorflow({ library: path });
  say(`TensorFlow ${engine.version} works: ${await tryOut(engine)}`);
  if (gpu !== null && !engine.usesGpu) say(`Warning: ${gpu.whyNot}`);
  engine.close();
}

async function fetchCuda(): Promise<void> {
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") {
    throw new PairlabError(
      `Cannot set up an NVIDIA card on ${os} ${arch}: TensorFlow uses them on Linux on x86_64 only. Use --backend=webgpu`,
    );
  }
  if (findDriver() === null) {
    throw new PairlabError(
      "Cannot set up an NVIDIA card: its driver is not here (libcuda.so.1). Install the driver, or use --backend=webgpu for cards of other makes",
    );
  }
  const folder = await ensureCuda({
    pythons: PYTHONS,
    onProgress: () => {},
    onPackage: (name, index, count) => say(`Fetching ${name} (${index} of ${count})`),
  });
  say(`CUDA's libraries: ${folder}`);
}

async function fetchLibrary(nvidia: boolean): Promise<FoundLibrary> {
  const display = showFetch();
  const system = nvidia ? { ...thisSystem(), nvidia } : thisSystem();
  try {
    return await ensureLibrary({ mend: true, system, onProgress: display.onProgress });
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
