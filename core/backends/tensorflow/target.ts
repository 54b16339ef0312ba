/** Which build of TensorFlow belongs on which system. */
import { EngineError } from "../engine_error.ts";
import { findDriver } from "./driver.ts";

/** The version that is fetched where none is found. */
const TENSORFLOW_VERSION = "2.21.0";

/** A system, as far as the choice depends on it. */
export interface System {
  readonly os: typeof Deno.build.os;
  readonly arch: typeof Deno.build.arch;
  /** Whether the driver of an NVIDIA card is there. */
  readonly nvidia: boolean;
}

/** A package on the Python package index and what of it is needed. */
export interface Target {
  /** Names the build among others in a cache, e.g. `2.21.0-linux-x86_64-cpu`. */
  readonly key: string;
  readonly package: string;
  readonly version: string;
  /** As pip calls the system. */
  readonly pipPlatform: string;
  /** The file to load. */
  readonly library: string;
  /** All files that it takes, by name; in the package they lie in the folder `tensorflow`. */
  readonly files: readonly string[];
  /** Size of the package, bytes. */
  readonly packageSize: number;
  /** Size of the files, bytes. */
  readonly filesSize: number;
}

const LINUX_FILES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;
const MAC_FILES = ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"] as const;

/** Sizes are those of the 2.21.0 packages; they tell whether the disk has room. */
const BUILDS: Readonly<Record<string, Omit<Target, "key" | "version" | "library">>> = {
  "linux-x86_64-cpu": {
    package: "tensorflow-cpu",
    pipPlatform: "manylinux_2_27_x86_64",
    files: LINUX_FILES,
    packageSize: 274_000_871,
    filesSize: 853_308_936,
  },
  "linux-x86_64-gpu": {
    package: "tensorflow",
    pipPlatform: "manylinux_2_27_x86_64",
    files: LINUX_FILES,
    packageSize: 572_611_111,
    filesSize: 1_259_021_080,
  },
  "linux-aarch64-cpu": {
    package: "tensorflow",
    pipPlatform: "manylinux_2_27_aarch64",
    files: LINUX_FILES,
    packageSize: 281_946_471,
    filesSize: 883_062_208,
  },
  "darwin-aarch64-cpu": {
    package: "tensorflow",
    pipPlatform: "macosx_12_0_arm64",
    files: MAC_FILES,
    packageSize: 223_488_205,
    filesSize: 740_805_624,
  },
};

/** The system that this process runs on. */
export function thisSystem(): System {
  return { os: Deno.build.os, arch: Deno.build.arch, nvidia: findDriver() !== null };
}

/** The name of the file to load, in TensorFlow's packages for this operating system. */
export function libraryName(os: System["os"]): string {
  return os === "darwin" ? MAC_FILES[0] : LINUX_FILES[0];
}

/** The build for a system, or null if it does not exist. */
export function targetFor({ os, arch, nvidia }: System): Target | null {
  const variant = os === "linux" && arch === "x86_64" && nvidia ? "gpu" : "cpu";
  const key = `${os}-${arch}-${variant}`;
  const build = BUILDS[key];
  if (build === undefined) return null;
  return {
    ...build,
    key: `${TENSORFLOW_VERSION}-${key}`,
    version: TENSORFLOW_VERSION,
    library: libraryName(os),
  };
}

/** The error for a system that {@link targetFor} knows no build for. */
export function unsupported({ os, arch }: System): EngineError {
  const name = { darwin: "macOS", linux: "Linux", windows: "Windows" }[os as string] ?? os;
  return new EngineError(
    `Cannot fetch TensorFlow's library: there is none for ${name} on ${arch}, only for ` +
      "Linux on x86_64 and aarch64 and for macOS on aarch64",
    "Name a library of your own in the environment variable PAIRLAB_LIBTENSORFLOW",
  );
}
