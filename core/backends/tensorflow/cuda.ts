/** CUDA's libraries, without which TensorFlow's build for GPUs quietly uses the processor. */
import { join } from "@std/path";
import { writeFolderDurably } from "../../base/files.ts";
import { EngineError } from "../engine_error.ts";
import { encodeCString } from "./c_strings.ts";
import { buildsFolder, cacheFolder, readManifest, withLock, writeManifest } from "./cache.ts";
import type { FetchOptions } from "./fetch.ts";
import { openLibc } from "./libc.ts";
import { downloadWheel, pythonWithPip } from "./python.ts";
import { refuseWritableByOthers } from "./trust.ts";
import { hashOf, verifyBuild } from "./verify.ts";
import { type UnpackedFile, unpackWheel } from "./wheel.ts";

/** A package of CUDA on the Python package index. */
export interface CudaPackage {
  readonly package: string;
  readonly version: string;
  readonly sha256: string;
}

/** CUDA 12.9 with cuDNN 9, as `tensorflow[and-cuda]` 2.21 asks for it, for Linux on x86_64. */
export const CUDA_PACKAGES: readonly CudaPackage[] = [
  ["cuda-runtime", "12.9.79", "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3"],
  ["nvjitlink", "12.9.86", "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9"],
  ["cuda-nvrtc", "12.9.86", "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4"],
  ["cublas", "12.9.3.13", "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72"],
  ["cufft", "11.4.1.4", "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28"],
  ["curand", "10.3.10.19", "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e"],
  ["cusparse", "12.5.10.65", "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78"],
  ["cusolver", "11.7.5.82", "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88"],
  ["cudnn", "9.28.0.42", "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375"],
  ["nccl", "2.32.3", "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c"],
].map(([name, version, sha256]) => ({
  package: `nvidia-${name!}-cu12`,
  version: version!,
  sha256: sha256!,
}));

/** What TensorFlow opens by these names, each after those that it needs itself. */
export const CUDA_LIBRARIES: readonly string[] = [
  "libcudart.so.12",
  "libnvJitLink.so.12",
  "libnvrtc.so.12",
  "libcublasLt.so.12",
  "libcublas.so.12",
  "libcufft.so.11",
  "libcurand.so.10",
  "libcusparse.so.12",
  "libcusolver.so.11",
  "libcudnn.so.9",
  "libnccl.so.2",
];

const PLATFORM = "manylinux_2_27_x86_64";

function cudaFolder(cache: string): string {
  return join(buildsFolder(cache), "cuda-12.9-linux-x86_64");
}

/**
 * The folder of the fetched libraries, as they were fetched; null if they are not all there.
 *
 * @throws {EngineError} If a file was altered since, or others may write it.
 */
export async function findCuda(cache: string = cacheFolder()): Promise<string | null> {
  const folder = cudaFolder(cache);
  const manifest = await readManifest(folder);
  if (manifest === null) return null;
  await refuseWritableByOthers(join(folder, manifest.library), cache);
  await verifyBuild(folder, manifest);
  return folder;
}

/** What {@link ensureCuda} needs to know. */
export interface CudaOptions extends FetchOptions {
  readonly cache?: string;
  /** @default {@link CUDA_PACKAGES} */
  readonly packages?: readonly CudaPackage[];
  /** Called before each package. */
  readonly onPackage?: (name: string, index: number, count: number) => void;
}

/**
 * Fetches the libraries that are missing into the cache; they are there as a whole at the end, or not
 * at all.
 *
 * @throws {EngineError} Without Python or pip, if pip fails, or a package is another than the pinned one.
 */
export async function ensureCuda(options: CudaOptions): Promise<string> {
  const { cache = cacheFolder(), packages = CUDA_PACKAGES, pythons, onPackage } = options;
  const wait = (): void => options.onProgress({ phase: "wait", done: 0, total: 0 });
  return await withLock(buildsFolder(cache), wait, async () => {
    const found = await findCuda(cache);
    if (found !== null) return found;
    const python = await pythonWithPip(pythons);
    const folder = cudaFolder(cache);
    await writeFolderDurably(folder, async (part) => {
      const files: UnpackedFile[] = [];
      for (const [index, one] of packages.entries()) {
        onPackage?.(`${one.package} ${one.version}`, index + 1, packages.length);
        files.push(...await unpackPackage(python, one, part));
      }
      const library = files.find(({ name }) => name.endsWith(CUDA_LIBRARIES[0]!))?.name;
      await writeManifest(part, {
        version: "12.9",
        library: library ?? files[0]!.name,
        files,
        from: packages.map(({ package: name, version }) => `${name} ${version}`).join(", "),
      });
    });
    return folder;
  });
}

async function unpackPackage(
  python: string,
  { package: name, version, sha256 }: CudaPackage,
  folder: string,
): Promise<UnpackedFile[]> {
  const downloads = join(folder, "download");
  await Deno.mkdir(downloads);
  await downloadWheel(python, { package: name, version, pipPlatform: PLATFORM }, downloads);
  const wheel = [...Deno.readDirSync(downloads)].find((entry) => entry.name.endsWith(".whl"));
  const path = join(downloads, wheel?.name ?? "");
  if (wheel === undefined || await hashOf(path) !== sha256) {
    throw new EngineError(
      `Cannot fetch CUDA's libraries: the package ${name} ${version} is not the one that was pinned`,
      "Check which package index pip is configured for",
    );
  }
  // Their places to each other stay: they look for each other there.
  const unpacked = await unpackWheel(path, {
    from: "nvidia",
    files: (file) => /^[^/]+\/lib\/[^/]+\.so[^/]*$/.test(file),
    to: folder,
  });
  await Deno.remove(downloads, { recursive: true });
  return unpacked;
}

const NOW = 2, GLOBAL = 0x100;

/**
 * Loads the libraries into the process, before TensorFlow, which then finds them by their names.
 *
 * @param folder From {@link findCuda}; null to load what the system itself finds.
 * @returns The names of those that do not load.
 */
export async function loadCuda(
  folder: string | null,
  names: readonly string[] = CUDA_LIBRARIES,
): Promise<string[]> {
  const paths = new Map<string, string>();
  if (folder !== null) {
    for (const { name } of (await readManifest(folder))?.files ?? []) {
      paths.set(name.split("/").at(-1)!, join(folder, name));
    }
  }
  const libc = openLibc({ dlopen: { parameters: ["buffer", "i32"], result: "pointer" } });
  try {
    return names.filter((name) => {
      const path = encodeCString(paths.get(name) ?? name);
      return libc === null || libc.symbols.dlopen(path, NOW | GLOBAL) === null;
    });
  } finally {
    libc?.close();
  }
}
