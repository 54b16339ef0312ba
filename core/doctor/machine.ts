/** The machine and the programs on it. */
import { statfs } from "node:fs/promises";
import { dirname, join } from "@std/path";
import { cacheFolder } from "../backends/tensorflow/cache.ts";
import { findDriver } from "../backends/tensorflow/driver.ts";
import { prepareGpu } from "../backends/tensorflow/gpu.ts";
import { PIP, PYTHONS } from "../backends/tensorflow/python.ts";
import { entriesIn, ifThere } from "../base/files.ts";
import { type Check, checked } from "./check.ts";

const GIBIBYTE = 2 ** 30, MEGABYTE = 1e6;

/** A size in words: `853 MB`, `24.0 GiB`. */
function inWords(bytes: number): string {
  return bytes < GIBIBYTE
    ? `${(bytes / MEGABYTE).toFixed()} MB`
    : `${(bytes / GIBIBYTE).toFixed(1)} GiB`;
}

/** Deno's version, the system, its cores and its memory. */
export function checkMachine(): Promise<Check> {
  return checked("Deno", 'run "deno upgrade"', () => {
    const { total, available } = Deno.systemMemoryInfo();
    const { os, arch } = Deno.build;
    return `${Deno.version.deno} on ${os} ${arch}, ${navigator.hardwareConcurrency} cores, ${
      inWords(total)
    } memory (${inWords(available)} free)`;
  });
}

/** Whether sharp encodes and decodes a JPEG. */
export function checkPictures(): Promise<Check> {
  const remedy = 'run "deno install": its files are made for one system and processor, so that a ' +
    "node_modules folder from another machine does not work";
  return checked("sharp", remedy, async () => {
    // Imported here, because an import that fails would end the doctor.
    const { sharp } = await import("../pictures/sharp.ts");
    const colour = { r: 200, g: 100, b: 50 };
    const create = { width: 16, height: 16, channels: 3 as const, background: colour };
    const jpeg = await sharp({ create }).jpeg().toBuffer();
    const { channels } = await sharp(jpeg).stats();
    const expected = Object.values(colour);
    if (!expected.every((value, i) => Math.abs((channels[i]?.mean ?? NaN) - value) < 4)) {
      throw new Error("a JPEG changes its colour when it is encoded and decoded");
    }
    return `libvips ${sharp.versions.vips} encodes and decodes JPEG`;
  });
}

/** NVIDIA's card, its driver, and what TensorFlow lacks to use it; nothing where there is no driver. */
export async function checkNvidia(driver = findDriver()): Promise<Check[]> {
  if (driver === null) return [];
  const name = "NVIDIA";
  const about = `driver for CUDA ${driver.cuda}`;
  const gpu = await prepareGpu(undefined, driver);
  if (gpu === null) {
    const found = `${about}, which sees no card`;
    return [{ name, state: "problem", found, remedy: "see what nvidia-smi says" }];
  }
  const cards = driver.cards.join(", ");
  if (gpu.missing.length === 0) {
    return [{ name, state: "ok", found: `${cards}, ${about}, CUDA's libraries load` }];
  }
  const found = `${cards}, ${about}; TensorFlow does not find ${gpu.missing.join(", ")}`;
  return [{ name, state: "missing", found, remedy: 'run "deno task setup --gpu"' }];
}

async function versionOf(command: string, ...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(command, {
      args,
      stdin: "null",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}

/** Whether there is a Python with pip, which fetches TensorFlow's library. */
export async function checkPython(pythons: readonly string[] = PYTHONS): Promise<Check> {
  const name = "Python";
  let without: string | undefined;
  for (const python of pythons) {
    const version = await versionOf(python, "--version");
    if (version === null) continue;
    const pip = await versionOf(python, ...PIP, "--version");
    if (pip?.startsWith("pip ") === true) {
      const [, pipVersion] = pip.split(" ");
      return { name, state: "ok", found: `${version} ("${python}") with pip ${pipVersion}` };
    }
    without ??= `${version} ("${python}") without pip`;
  }
  return {
    name,
    state: "missing",
    found: without ?? `none (looked for ${pythons.join(", ")})`,
    remedy: without === undefined
      ? "install Python 3 with pip, if TensorFlow's library is to be fetched"
      : "install pip, if TensorFlow's library is to be fetched: \"python3 -m ensurepip\", or your system's package python3-pip",
  };
}

/** The folder of fetched libraries, its size, and the free space on its disk. */
export function checkCache(folder: string = cacheFolder()): Promise<Check> {
  const remedy = "set the environment variable PAIRLAB_CACHE to another folder";
  return checked("cache", remedy, async () => {
    const { bavail, bsize } = await statfs(await existing(folder));
    const size = await sizeOf(folder);
    const holds = size === 0 ? "empty" : inWords(size);
    return `${folder} (${holds}, ${inWords(bavail * bsize)} free on its disk)`;
  });
}

/** The folder itself, or the nearest one above it that exists. */
async function existing(folder: string): Promise<string> {
  const info = await ifThere(Deno.stat(folder));
  const above = dirname(folder);
  if (info === undefined && above !== folder) return await existing(above);
  return info?.isDirectory === true ? folder : above;
}

async function sizeOf(path: string): Promise<number> {
  const info = await ifThere(Deno.lstat(path));
  if (info?.isDirectory !== true) return info?.size ?? 0;
  let size = 0;
  for (const { name } of await entriesIn(path)) size += await sizeOf(join(path, name));
  return size;
}
