/** A process that takes steps, driven from outside: started, told what to do, ended. */
import type { z } from "zod";
import { messageOf, PairlabError } from "../../core/base/errors.ts";
import { linesOf } from "./lines.ts";
import { Done, type Order, Ready, TakenStep, type Transfer } from "./messages.ts";

/** A process that takes steps. */
export interface Stepper {
  /** What tables call it. */
  readonly name: string;
  readonly ready: Ready;
  /** Has it take steps, one after another. */
  steps(count: number): Promise<TakenStep[]>;
  /** Has it write or read weights, pictures, or all that a training goes on from. */
  transfer(what: Transfer, path: string): Promise<void>;
  /** Has it apply G to the pictures of a file, and write what comes out to another. */
  predict(path: string, to: string): Promise<void>;
  /** Ends it, and waits until it has ended. */
  end(): Promise<void>;
}

/** What is started. */
export interface Program {
  /** What tables and messages call it. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** As much of what a process said as a message needs. */
const KEPT_CHARACTERS = 4000;

/**
 * Starts a stepper and waits until it is ready.
 *
 * @throws {PairlabError} If it cannot be started or ends; with the last that it said.
 */
export async function startStepper({ name, command, env = {} }: Program): Promise<Stepper> {
  const process = spawn(name, command, env);
  const said = keepTheEnd(process.stderr);
  const answers = linesOf(process.stdout);
  const writer = process.stdin.getWriter();

  const answer = async <T>(schema: z.ZodType<T>): Promise<T> => {
    while (true) {
      const { done, value: line } = await answers.next();
      if (done === true) throw await endedEarly();
      // Libraries print to standard output too.
      if (!line.startsWith("{")) continue;
      return schema.parse(JSON.parse(line));
    }
  };
  const endedEarly = async (): Promise<PairlabError> => {
    const { code, signal } = await process.status;
    const words = await said();
    // Pairlab's own messages say what is wrong and what to do.
    if (words.startsWith("Cannot ")) return new PairlabError(words);
    const how = signal === null ? `with status ${code}` : `by ${signal}`;
    return new PairlabError(`Cannot measure ${name}: its process ended ${how}\n${words}`);
  };
  const tell = async (order: Order): Promise<void> => {
    try {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
    } catch {
      throw await endedEarly();
    }
  };

  return {
    name,
    ready: await answer(Ready),
    steps: async (count) => {
      await tell({ do: "steps", count });
      const taken: TakenStep[] = [];
      while (taken.length < count) taken.push(await answer(TakenStep));
      return taken;
    },
    transfer: async (what, path) => {
      await tell({ do: what, path });
      await answer(Done);
    },
    predict: async (path, to) => {
      await tell({ do: "predict", path, to });
      await answer(Done);
    },
    end: async () => {
      await writer.close().catch(() => {});
      await process.status;
      await said();
    },
  };
}

function spawn(
  name: string,
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  try {
    const streams = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    return new Deno.Command(program, { args, env, ...streams }).spawn();
  } catch (error) {
    throw new PairlabError(
      `Cannot measure ${name}: "${program}" does not start (${messageOf(error)})`,
      { cause: error },
    );
  }
}

/** Reads a stream to its end; what it returns gives the last of it. */
function keepTheEnd(stream: ReadableStream<Uint8Array<ArrayBuffer>>): () => Promise<string> {
  let text = "";
  const reading = (async () => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text = (text + part).slice(-KEPT_CHARACTERS);
    }
  })();
  return async () => {
    await reading;
    return text.trim();
  };
}
