/** Commands as processes of their own, as a user runs them. */
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** How a process ended. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly output: string;
}

/** The experiment of `tests/core/experiment/tiny_experiment.ts`. */
export const TINY: string = fileURLToPath(
  new URL("../experiment/tiny_experiment.ts", import.meta.url),
);

/** The program of `deno task NAME`. */
const programOf = (name: string): string =>
  name === "bench" ? "tests/bench/bench.ts" : `core/commands/${name}.ts`;

/** Starts `deno task NAME ARGUMENTS…`, without the task runner in between. */
export function start(name: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", programOf(name), ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for a process; its output is that of both streams. */
export async function ended(process: Deno.ChildProcess): Promise<Ended> {
  const { code, signal, stdout, stderr } = await process.output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, signal, output: decode(stdout) + decode(stderr) };
}

/** Runs a command to its end. */
export async function run(name: string, ...args: string[]): Promise<Ended> {
  return await ended(start(name, ...args));
}

/** A process whose output is followed while it runs. */
export interface Watched {
  /** Resolves when the text has been printed; rejects if the process ends before. */
  printed(text: string): Promise<void>;
  /** What it has printed until now, on both streams. */
  soFar(): string;
  /** All that it printed, on both streams, once it has ended. */
  toTheEnd(): Promise<string>;
}

/** Follows what a process prints. */
export function watch(process: Deno.ChildProcess): Watched {
  let output = "";
  let onOutput = (): void => {};
  const follow = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      onOutput();
    }
  };
  const end = Promise.all([follow(process.stdout), follow(process.stderr)]);
  return {
    printed: (text) =>
      Promise.race([
        new Promise<void>((resolve) => {
          onOutput = () => output.includes(text) && resolve();
          onOutput();
        }),
        end.then(() => {
          if (!output.includes(text)) throw new Error(`it ended without "${text}":\n${output}`);
        }),
      ]),
    soFar: () => output,
    toTheEnd: async () => {
      await end;
      await process.status;
      return output;
    },
  };
}
