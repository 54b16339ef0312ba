/** A process whose output goes to a log, and which saves and stops when its standard input ends. */
import type { CellEnd } from "../interfaces/launchers.ts";

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
