/** The Python that has the peers: one that the user names, or an environment of Pairlab's own. */
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import {
  cacheFolder,
  pathInEnvironment,
  withLock,
} from "../../../core/backends/tensorflow/cache.ts";
import { PYTHONS, pythonWithPip } from "../../../core/backends/tensorflow/python.ts";
import { isFile, writeTextDurably } from "../../../core/base/files.ts";
import { PairlabError } from "../../../core/base/errors.ts";

/** Names an interpreter that has PyTorch, Keras and safetensors. */
export const GIVEN = "PAIRLAB_BENCH_PYTHON";

const REQUIREMENTS = fileURLToPath(new URL("./requirements.txt", import.meta.url));

const SERVING = fileURLToPath(new URL("./requirements_serve.txt", import.meta.url));

/** The file of a finished environment that holds its requirements. */
const FINISHED = "pairlab-requirements.txt";

/** The folder of the environment, in Pairlab's cache. */
export function environmentFolder(cache: string = cacheFolder()): string {
  return join(cache, "bench", "python");
}

function interpreterIn(folder: string): string {
  return Deno.build.os === "windows"
    ? join(folder, "Scripts", "python.exe")
    : join(folder, "bin", "python");
}

/**
 * The interpreter to run the peers with: that of the environment variable PAIRLAB_BENCH_PYTHON, or
 * of the environment that {@link installPeers} made.
 *
 * @throws {PairlabError} If it is missing; the message says how to install it.
 */
export async function findPython(cache: string = cacheFolder()): Promise<string> {
  const given = pathInEnvironment(GIVEN);
  if (given !== undefined) {
    if (await isFile(given)) return given;
    throw new PairlabError(
      `Cannot use the Python "${given}" of ${GIVEN}: no such file. Set it to the path of an interpreter`,
    );
  }
  const folder = environmentFolder(cache);
  if (await isFinished(folder)) return interpreterIn(folder);
  throw new PairlabError(
    `Cannot measure PyTorch and Keras: they are not installed. "deno task bench peers --install" ` +
      `installs them into "${folder}" (about 7 GB); or set ${GIVEN} to a Python that has them`,
  );
}

async function isFinished(folder: string): Promise<boolean> {
  try {
    const installed = await Deno.readTextFile(join(folder, FINISHED));
    return installed === await Deno.readTextFile(REQUIREMENTS);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Makes a virtual environment in the cache and installs the peers into it, in fixed versions, with
 * pip and by its configuration. One that is there already is left as it is.
 *
 * @param onProgress Called with a line about each stage.
 * @throws {PairlabError} If there is no Python with pip, or pip fails.
 */
export async function installPeers(
  onProgress: (line: string) => void,
  cache: string = cacheFolder(),
): Promise<void> {
  const folder = environmentFolder(cache);
  const waiting = (): void => onProgress("Waiting for another process to install them");
  await withLock(join(cache, "bench"), waiting, async () => {
    if (await isFinished(folder)) return;
    const python = await pythonWithPip(PYTHONS);
    onProgress(`Installing PyTorch and Keras into "${folder}"`);
    await run(python, ["-m", "venv", "--clear", folder]);
    const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input"];
    await run(interpreterIn(folder), [...pip, "--requirement", REQUIREMENTS]);
    await writeTextDurably(join(folder, FINISHED), await Deno.readTextFile(REQUIREMENTS));
  });
}

/** Installs FastAPI and what it needs to serve pictures beside PyTorch. */
export async function installServing(
  python: string,
  onProgress: (line: string) => void,
): Promise<void> {
  onProgress("Installing FastAPI");
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input"];
  await run(python, [...pip, "--requirement", SERVING]);
}

/** Runs a program with its output on standard error; results go to standard output. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const child = new Deno.Command(program, { args: [...args], stdin: "null", stdout: "piped" })
    .spawn();
  await child.stdout.pipeTo(Deno.stderr.writable, { preventClose: true });
  const { success, code } = await child.status;
  if (success) return;
  throw new PairlabError(
    `Cannot install PyTorch and Keras: "${program} ${args.join(" ")}" ended with status ${code}. ` +
      `Or set ${GIVEN} to the path of a Python that has them`,
  );
}
