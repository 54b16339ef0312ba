/** Pythons of this machine that have certain modules. */
import process from "node:process";

/** PAIRLAB_PYTHON names one or more, separated as in PATH. */
const CANDIDATES = [
  ...(Deno.env.get("PAIRLAB_PYTHON") ?? "").split(Deno.build.os === "windows" ? ";" : ":"),
  "python3",
].filter((name) => name !== "");

/** How a Python program ended. */
export interface PythonEnd {
  readonly code: number;
  readonly output: string;
}

/** Runs a Python program in a folder. */
export async function runPython(
  python: string,
  args: readonly string[],
  cwd: string,
): Promise<PythonEnd> {
  const { code, stdout, stderr } = await new Deno.Command(python, {
    args: [...args],
    cwd,
    env: { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "-1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, output: decode(stdout) + decode(stderr) };
}

/** A Python that can import all of these modules; says so and gives undefined if there is none. */
export async function pythonWith(modules: readonly string[]): Promise<string | undefined> {
  const find = `import importlib.util, sys
sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))`;
  for (const candidate of CANDIDATES) {
    try {
      if ((await runPython(candidate, ["-c", find, ...modules], ".")).code === 0) return candidate;
    } catch {
      // It is not there.
    }
  }
  process.stdout.write(
    `Skipping: no Python has ${modules.join(", ")}; PAIRLAB_PYTHON=PATH names one\n`,
  );
  return undefined;
}
