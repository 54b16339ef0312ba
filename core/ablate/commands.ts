/** The commands of a sweep: as programs and arguments for launchers, and as lines for people. */
import { join, resolve } from "@std/path";
import { asArgument } from "../base/shell_argument.ts";
import { ROOT } from "../base/module_graph.ts";
import type { Launch, Launcher } from "../interfaces/launchers.ts";
import type { Selection } from "./cells.ts";
import { neededMemory } from "./estimate.ts";
import { files } from "./folder.ts";
import type { Sweep } from "./launch.ts";
import type { CellProgress } from "./progress.ts";
import { launchedCell } from "./sweep.ts";

/** How a sweep is worked on. */
export interface WorkOptions extends Selection {
  readonly launcher: Launcher;
  /** How the command line named it. */
  readonly launcherOption?: string | undefined;
  /** Cells at once. @default the launcher's; 1 on this machine */
  readonly jobs?: number | undefined;
  /** @default false */
  readonly failFast?: boolean | undefined;
  /** Only say what would be done; nothing is written. @default false */
  readonly dryRun?: boolean | undefined;
  /** Only write the table of the cells that are finished. @default false */
  readonly table?: boolean | undefined;
  /** Wait for cells that others run. @default false */
  readonly follow?: boolean | undefined;
  readonly checkpointEvery?: string | undefined;
}

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
function ablateCommand(folder: string, ...options: readonly string[]): string[] {
  return run(join(ROOT, "core", "commands", "ablate.ts"), resolve(folder), "--trust", ...options);
}

/** What launchers see of some cells of a sweep. */
export function launchOf(
  { folder, record }: Sweep,
  cells: readonly CellProgress[],
  { launcher, jobs, checkpointEvery, only, seeds }: WorkOptions,
): Launch {
  const every = checkpointEvery === undefined ? [] : [`--checkpoint-every=${checkpointEvery}`];
  const selection = Object.entries({ only, seeds }).flatMap(([key, values]) =>
    values === undefined ? [] : [`--${key}=${values.join(",")}`]
  );
  const attached = "run" in launcher;
  return {
    folder: resolve(folder),
    cells: cells.map(({ cell }) => launchedCell(cell)),
    directory: Deno.cwd(),
    cores: record.threads,
    memory: neededMemory(cells),
    jobs,
    log: (address) => resolve(files.log(folder, address)),
    cell: (address) => cellCommand(folder, address, { checkpointEvery, attached }),
    work: (jobs) =>
      ablateCommand(folder, "--launcher=local", `--jobs=${jobs}`, ...selection, ...every),
    table: ablateCommand(folder, "--table", ...selection),
  };
}

/** The command line that works on the same sweep with the same launcher. */
export function continuation(folder: string, { launcherOption }: WorkOptions): string {
  const option = launcherOption === undefined
    ? ""
    : ` ${asArgument(`--launcher=${launcherOption}`)}`;
  return `deno task ablate ${asArgument(folder)}${option}`;
}
