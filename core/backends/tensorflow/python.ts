/** The Pythons of this machine: what TensorFlow they have, and their pip. */
import { z } from "zod";
import { EngineError } from "../engine_error.ts";
import { SYMBOLS } from "./symbols.ts";
import type { Target } from "./target.ts";

/** Names under which Python may be found, in the order in which they are tried. */
export const PYTHONS = ["python3", "python", "py"] as const;

/** TensorFlow as a Python package. */
export interface PythonTensorflow {
  readonly path: string;
  readonly version: string;
}

/**
 * Finds the package without importing it, which would take seconds, and tries its library: on a
 * TensorFlow that is too old, or built without the C API, functions are missing.
 */
const PROBE = `
import ctypes, importlib.util, json, os, sys
name, symbols = sys.argv[1], sys.argv[2:]
spec = importlib.util.find_spec("tensorflow")
for folder in (spec and spec.submodule_search_locations) or []:
    path = os.path.join(folder, name)
    if not os.path.isfile(path):
        continue
    library = ctypes.CDLL(path)
    if all(hasattr(library, symbol) for symbol in symbols):
        library.TF_Version.restype = ctypes.c_char_p
        print(json.dumps({"path": path, "version": library.TF_Version().decode()}))
        break
`;

/**
 * Python's own isolated mode (-I): neither the folder in which a command is typed nor environment
 * variables decide what is imported: a `json.py` or a folder `tensorflow` there would run. The mode
 * leaves out the user's own packages as well; outside a virtual environment they are added again.
 */
const ISOLATED = `
import site, sys
if sys.prefix == sys.base_prefix:
    site.addsitedir(site.getusersitepackages())
`;

/** The arguments for `python -m pip`, isolated. */
export const PIP: readonly string[] = [
  "-I",
  "-c",
  `${ISOLATED}import runpy; runpy.run_module("pip", run_name="__main__", alter_sys=True)`,
];

const probed = z.object({ path: z.string(), version: z.string() });

interface Ended {
  readonly success: boolean;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Python to its end; null if no program has that name. */
async function run(
  python: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended | null> {
  try {
    const command = new Deno.Command(python, { args: [...args], env, stdin: "null" });
    const { success, code, stdout, stderr } = await command.output();
    const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).trim();
    return { success, code, stdout: decode(stdout), stderr: decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    // An alias without a program, or one that may not be run.
    if (error instanceof Deno.errors.PermissionDenied) return null;
    // A task that may not start programs.
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}

/** The first installed TensorFlow whose library serves, or null. */
export async function findPythonTensorflow(
  pythons: readonly string[],
  libraryName: string,
): Promise<PythonTensorflow | null> {
  for (const python of pythons) {
    const ended = await run(python, [
      "-I",
      "-c",
      ISOLATED + PROBE,
      libraryName,
      ...Object.keys(SYMBOLS),
    ]);
    if (ended === null || !ended.success || ended.stdout === "") continue;
    const found = probed.safeParse(parseLastLine(ended.stdout));
    if (found.success) return found.data;
  }
  return null;
}

function parseLastLine(text: string): unknown {
  try {
    return JSON.parse(text.split("\n").at(-1) ?? "");
  } catch {
    return null;
  }
}

/**
 * Downloads a wheel with pip, from where pip's own configuration says.
 *
 * @param python A command that starts a Python with pip.
 * @param folder An existing, empty folder, for the wheel and what pip writes meanwhile.
 * @throws {EngineError} If pip fails, with what it said.
 */
export async function downloadWheel(
  python: string,
  target: Pick<Target, "package" | "version" | "pipPlatform">,
  folder: string,
): Promise<void> {
  const requirement = `${target.package}==${target.version}`;
  const args = [...PIP, "download", "--no-deps", "--only-binary=:all:"];
  args.push("--platform", target.pipPlatform, "--python-version", "3.12");
  // Older names of the same kind of system, under which CUDA's packages come.
  for (const older of ["manylinux2014_x86_64", "manylinux2010_x86_64"]) {
    if (target.pipPlatform === "manylinux_2_27_x86_64") args.push("--platform", older);
  }
  // What is unpacked is kept; a copy of the wheel in pip's cache would be of no more use.
  args.push("--no-cache-dir", "--disable-pip-version-check", "--no-input");
  args.push("--progress-bar", "off", "--dest", folder, requirement);
  const ended = await run(python, args, { TMPDIR: folder });
  if (ended?.success === true) return;
  const said = lastLines(ended?.stderr || ended?.stdout || "nothing", 6);
  throw new EngineError(
    `Cannot fetch TensorFlow's library: "${python} -m pip download ${requirement}" ended with ` +
      `status ${ended?.code}`,
    "Check that pip can reach a package index",
    { detail: `pip said:\n${said}` },
  );
}

/**
 * The first of the commands that starts a Python with pip.
 *
 * @throws {EngineError} If none does.
 */
export async function pythonWithPip(pythons: readonly string[]): Promise<string> {
  let found: string | undefined;
  for (const python of pythons) {
    const ended = await run(python, [...PIP, "--version"]);
    if (ended?.success === true) return python;
    // On Windows an alias named python opens a shop instead of running one.
    if (ended !== null && !ended.stderr.includes("Microsoft Store")) found ??= python;
  }
  const [why, remedy] = found === undefined
    ? [`no Python was found (${pythons.join(", ")})`, "Install Python 3 with pip"]
    : [
      `"${found}" has no pip`,
      `Install pip ("${found} -m ensurepip", or your system's package python3-pip)`,
    ];
  throw new EngineError(
    `Cannot fetch TensorFlow's library: ${why}`,
    `${remedy}, name a library of your own in PAIRLAB_LIBTENSORFLOW`,
  );
}

function lastLines(text: string, count: number): string {
  return text.split("\n").slice(-count).map((line) => `  ${line}`).join("\n");
}
