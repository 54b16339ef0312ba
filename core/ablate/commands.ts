/** The commands of a sweep, as programs and arguments for launchers. */
import { join, resolve } from "@std/path";
import { ROOT } from "../base/module_graph.ts";

/** The permissions of a training, as in deno.json. */
const PERMISSIONS: readonly string[] = [
  ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-ffi", "--allow-run"],
];

function run(...args: readonly string[]): string[] {
  const config = join(ROOT, "deno.json");
  return [Deno.execPath(), "run", "--no-check", "--config", config, ...PERMISSIONS, ...args];
}

/** Options of {@link cellCommand}. */
export interface CellCommandOptions {
  readonly checkpointEvery?: string | undefined;
  /** It saves and stops when its standard input ends, and so does not outlive its starter. */
  readonly attached: boolean;
}

/** The command that runs a cell. */
export function cellCommand(
  folder: string,
  address: string,
  { checkpointEvery, attached }: CellCommandOptions,
): string[] {
  return run(
    join(ROOT, "core", "ablate", "cell.ts"),
    ...attached ? ["--attached"] : [],
    ...checkpointEvery === undefined ? [] : [`--checkpoint-every=${checkpointEvery}`],
    resolve(folder),
    address,
  );
}

/** `deno task ablate FOLDER`, by whoever has launched it and trusts it, without the task runner. */
export function ablateCommand(folder: string, ...options: readonly string[]): string[] {
  return run(join(ROOT, "core", "commands", "ablate.ts"), resolve(folder), "--trust", ...options);
}
