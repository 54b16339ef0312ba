/** A cell at work in a process of its own. */
import { join } from "@std/path";
import type { Cell } from "./cells.ts";
import { files } from "./folder.ts";
import { INTERRUPTED } from "./stop.ts";
import { ROOT } from "../base/module_graph.ts";

/** What a training may do, as in deno.json. */
const PERMISSIONS: readonly string[] = [
  ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-ffi", "--allow-run"],
];

/** What makes Deno run a file of the sources below `root` with the packages that are there. */
export function runArguments(root: string, file: string): string[] {
  return [
    ...["run", "--no-check", "--node-modules-dir=manual"],
    ...["--config", join(root, "deno.json")],
    ...PERMISSIONS,
    join(root, file),
  ];
}

/** How a cell's process ended. */
export interface CellEnd {
  readonly end: "finished" | "stopped" | "failed";
  /** The last lines that it printed. */
  readonly tail: readonly string[];
}

/** A cell's process. */
export interface CellProcess {
  readonly ended: Promise<CellEnd>;
  /** Has it finish its step and save. */
  stop(): void;
  /** Ends it at once; its last checkpoint stands. */
  kill(): void;
}

/** Lines of a log that are shown when a cell fails. */
const SHOWN = 8;

/** Starts a cell; what it prints is added to its log. */
export function startCell(
  folder: string,
  { address }: Cell,
  { checkpointEvery }: { readonly checkpointEvery?: string | undefined } = {},
): CellProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...runArguments(ROOT, join("core", "ablate", "cell.ts")),
      ...[folder, address],
      ...checkpointEvery === undefined ? [] : [checkpointEvery],
    ],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const tail: string[] = [];
  const log = Deno.open(files.log(folder, address), { append: true, create: true });
  const logged = Promise.all([
    follow(child.stdout, log, tail),
    follow(child.stderr, log, tail),
  ]).then(async () => (await log).close());
  const finish = async (): Promise<CellEnd> => {
    const { code } = await child.status;
    await logged;
    const end = code === 0 ? "finished" : code === INTERRUPTED ? "stopped" : "failed";
    return { end, tail };
  };
  let stopped = false;
  return {
    ended: finish(),
    stop: () => {
      if (stopped) return;
      stopped = true;
      // Rejects if the process is gone already.
      child.stdin.close().catch(() => {});
    },
    kill: () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It ended at this very moment.
      }
    },
  };
}

async function follow(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  log: Promise<Deno.FsFile>,
  tail: string[],
): Promise<void> {
  const decoder = new TextDecoder();
  const file = await log;
  for await (const bytes of stream) {
    await file.write(bytes);
    for (const line of decoder.decode(bytes, { stream: true }).split("\n")) {
      // The frames of a stack would push out the message above them.
      if (line.trim() !== "" && !/^\s+at .*:\d+\)?$/.test(line)) tail.push(line);
    }
    tail.splice(0, tail.length - SHOWN);
  }
}
