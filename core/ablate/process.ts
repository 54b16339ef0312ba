/** A cell in a process of its own. */
import { join } from "@std/path";
import type { Cell } from "./cells.ts";
import { files } from "./folder.ts";
import { INTERRUPTED, SOURCES_CHANGED } from "./stop.ts";
import { ROOT } from "../base/module_graph.ts";

/** The permissions of a training, as in deno.json. */
const PERMISSIONS: readonly string[] = [
  ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-ffi", "--allow-run"],
];

/** The end of a cell's process. */
export interface CellEnd {
  /** `rejected`: the sources of the sweep changed. */
  readonly end: "finished" | "stopped" | "failed" | "rejected";
  /** The last lines that it printed. */
  readonly tail: readonly string[];
}

const ENDS: ReadonlyMap<number, CellEnd["end"]> = new Map([
  [0, "finished"],
  [INTERRUPTED, "stopped"],
  [SOURCES_CHANGED, "rejected"],
]);

/** A cell's process. */
export interface CellProcess {
  readonly ended: Promise<CellEnd>;
  /** Lets it finish its step and save. */
  stop(): void;
  /** Ends it at once; its last checkpoint remains. */
  kill(): void;
}

/** Lines of the log shown when a cell fails. */
const SHOWN = 8;

/** Starts a cell; its output is appended to its log. */
export function startCell(
  folder: string,
  { address }: Pick<Cell, "address">,
  { checkpointEvery }: { readonly checkpointEvery?: string | undefined } = {},
): CellProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--config", join(ROOT, "deno.json"), ...PERMISSIONS],
      ...[join(ROOT, "core", "ablate", "cell.ts"), folder, address],
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
    return { end: ENDS.get(code) ?? "failed", tail };
  };
  let stopped = false;
  return {
    ended: finish(),
    stop: () => {
      if (stopped) return;
      stopped = true;
      // Rejects if the process has ended.
      child.stdin.close().catch(() => {});
    },
    kill: () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has just ended.
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
      // Stack frames would push out the message above them.
      if (line.trim() !== "" && !/^\s+at .*:\d+\)?$/.test(line)) tail.push(line);
    }
    tail.splice(0, tail.length - SHOWN);
  }
}
