/** Processes whose output goes to logs, and which save and stop when their standard input ends. */
import type { CellEnd, Launch, SweepWatch } from "../interfaces/launchers.ts";

/** A running process. */
export interface StartedProcess {
  readonly ended: Promise<CellEnd>;
  /** Lets it finish its step and save. */
  stop(): void;
  /** Ends it at once; its last checkpoint remains. */
  kill(): void;
}

/** Lines of the log shown when a cell fails. */
const SHOWN = 8;

/**
 * Starts a program with arguments.
 *
 * @param log The file to which its output is appended.
 */
export function startProcess(
  [program = "", ...args]: readonly string[],
  log: string,
): StartedProcess {
  const child = new Deno.Command(program, {
    args,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const tail: string[] = [];
  const finish = async (): Promise<CellEnd> => {
    using file = await Deno.open(log, { append: true, create: true });
    await Promise.all([child.stdout, child.stderr].map((stream) => follow(stream, file, tail)));
    return { code: (await child.status).code, tail };
  };
  let stopped = false;
  return {
    ended: finish(),
    stop: () => {
      // Rejects if the process has ended.
      if (!stopped) child.stdin.close().catch(() => {});
      stopped = true;
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

/**
 * Runs the cells of a sweep as processes of this machine, `launch.jobs` at once, until there are none
 * left to start.
 *
 * @example
 * ```ts
 * import { runProcesses } from "./process.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const queue = [{ address: "a0", label: "the only cell" }];
 * const never = new AbortController().signal;
 * const cell = () => [Deno.execPath(), "--version"];
 * await runProcesses({ cell, log: (address) => `${folder}/${address}.log` }, {
 *   next: () => Promise.resolve(queue.shift()),
 *   started: () => {},
 *   ended: (_, { code }) => Promise.resolve(assertEquals(code, 0)),
 *   stop: never,
 *   kill: never,
 * });
 * assertEquals((await Deno.readTextFile(`${folder}/a0.log`)).startsWith("deno"), true);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function runProcesses(
  { jobs = 1, cell: commandOf, log }: Pick<Launch, "jobs" | "cell" | "log">,
  { next, started, ended, stop, kill }: SweepWatch,
): Promise<void> {
  const work = async (): Promise<void> => {
    for (let cell = await next(); cell !== undefined; cell = await next()) {
      const process = startProcess(commandOf(cell.address), log(cell.address));
      const hooks = [[stop, process.stop], [kill, process.kill]] as const;
      for (const [signal, act] of hooks) {
        signal.addEventListener("abort", act);
        if (signal.aborted) act();
      }
      started(cell);
      const end = await process.ended;
      for (const [signal, act] of hooks) signal.removeEventListener("abort", act);
      await ended(cell, end);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

async function follow(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: Deno.FsFile,
  tail: string[],
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    await file.write(bytes);
    for (const line of decoder.decode(bytes, { stream: true }).split("\n")) {
      // Stack frames would push out the message above them.
      if (line.trim() !== "" && !/^\s+at .*:\d+\)?$/.test(line)) tail.push(line);
    }
    tail.splice(0, tail.length - SHOWN);
  }
}
