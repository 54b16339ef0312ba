/** The processes that train together, as one of them sees the others. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Variable } from "@tensorflow/tfjs";
import { compile } from "../backends/compile.ts";
import type { Peers } from "../backends/engine_kind.ts";
import { PairlabError } from "../base/errors.ts";
import { NotFiniteError } from "../ops/require_finite.ts";
import { sumAcrossWorkers } from "../ops/across_workers.ts";
import type { Roster } from "./roster.ts";
import type { Seat } from "./share.ts";

/** The processes that train together. The first one writes all files and runs the callbacks. */
export interface Workers extends Seat {
  /** Gives each the numbers of all, by worker; as float32. All must call it, with as many. */
  exchange(numbers: readonly number[]): Promise<number[][]>;
  /** Gives variables the first worker's values, bit for bit. All must call it. */
  takeOver(variables: readonly Variable[]): Promise<void>;
  /**
   * Waits for work that needs the others.
   *
   * @throws {PairlabError} Naming the worker that is lost, if that is why it fails.
   */
  guard<T>(work: () => Promise<T>): Promise<T>;
  /** Sets what follows where a lost worker is named. */
  advise(advice: () => string): void;
  /**
   * Stops looking after the others, and lets them receive the last numbers: a process that ends takes
   * those with it which are still on their way.
   */
  leave(): Promise<void>;
}

/** A process that trains by itself. */
export const ALONE: Workers = {
  index: 0,
  count: 1,
  exchange: (numbers) => Promise.resolve([[...numbers]]),
  takeOver: () => Promise.resolve(),
  guard: (work) => work(),
  advise: () => {},
  leave: () => Promise.resolve(),
};

/** How often each worker asks after the others, ms; one that gives no answer so long is lost. */
export const ASK_EVERY = 10_000;

/** How long the last numbers of worker 0 may be on their way to others, ms. */
const ON_THE_WAY = 250;

/** How long the others wait at most for the end of worker 0, which goes by their numbers, ms. */
const LINGER = 10_000;

/** How long to wait for a sign of one whose connection broke, ms. */
const LAST_WORDS = 3000;

/**
 * Waits until all workers are there, and looks after them from then on.
 *
 * @param limit How long to wait, ms.
 * @throws {PairlabError} Naming a worker that does not come.
 */
export async function meet(peers: Peers, roster: Roster, limit: number): Promise<Workers> {
  const { index, addresses } = roster.membership;
  const others = addresses.flatMap((_, other) => other === index ? [] : [other]);
  const name = (other: number): string => `worker ${other} (${addresses[other]})`;

  const deadline = performance.now() + limit;
  for (const other of others) {
    while (true) {
      const wrong = await peers.check(other, 1000);
      if (wrong === null) break;
      const words = await roster.ended(other, 0);
      if (words !== null) throw new PairlabError(`Cannot start ${name(other)}: ${words}`);
      if (performance.now() > deadline) {
        throw new PairlabError(
          `Cannot reach ${name(other)} within ${limit / 1000} s: ${reasonIn(wrong)}. ` +
            "Start it, and see that this host may connect to that port",
        );
      }
      await delay(200);
    }
  }

  /** Why the others are waited for no longer. */
  let lost: string | null = null;
  const lookAfter = async (other: number): Promise<void> => {
    const wrong = await peers.check(other, ASK_EVERY);
    if (wrong === null || lost !== null) return;
    lost = `${name(other)} is lost: ${reasonIn(wrong)}`;
    peers.abort(lost);
  };
  const timer = setInterval(() => others.forEach((other) => void lookAfter(other)), ASK_EVERY);
  Deno.unrefTimer(timer);

  const findLost = async (): Promise<string | null> => {
    if (lost !== null) return lost;
    const found = await Promise.all(others.map(async (other) => {
      const wrong = await peers.check(other, LAST_WORDS);
      if (wrong === null) return null;
      const words = await roster.ended(other, LAST_WORDS) ?? reasonIn(wrong);
      return `${name(other)} has ended: ${words}`;
    }));
    return found.find((one) => one !== null) ?? null;
  };

  let advice = (): string => "";
  const guard: Workers["guard"] = async (work) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NotFiniteError) throw error;
      const words = await findLost();
      if (words === null) throw error;
      throw new PairlabError(`Cannot continue: ${words.replace(/\.$/, "")}. ${advice()}`.trim(), {
        cause: error,
      });
    }
  };

  const rows = compile(
    (numbers: Tensor1D) => {
      const before = tf.zeros([index, numbers.size]);
      const after = tf.zeros([addresses.length - index - 1, numbers.size]);
      const own = tf.reshape(numbers, [1, numbers.size]);
      return sumAcrossWorkers(tf.concat([before, own, after]), { name: "exchange" });
    },
    { name: "an exchange with the other workers" },
  );

  return {
    index,
    count: addresses.length,
    exchange: (numbers) =>
      guard(async () => {
        const own = tf.tensor1d([...numbers]);
        const all = await rows(own);
        const found = await all.array() as number[][];
        tf.dispose([own, all]);
        return found;
      }),
    takeOver: (variables) =>
      guard(async () => {
        const take = compile(
          () => {
            for (const [at, variable] of variables.entries()) {
              // x + -0 is x, whatever x is; x + 0 is not, for -0.
              const given = index === 0 ? variable : tf.fill(variable.shape, -0);
              variable.assign(sumAcrossWorkers(given, { name: `variable ${at}` }));
            }
            return tf.scalar(0);
          },
          { name: "taking over the first worker's weights" },
        );
        tf.dispose(await take());
      }),
    guard,
    advise: (given) => {
      advice = given;
    },
    leave: async () => {
      clearInterval(timer);
      if (index === 0) return await delay(ON_THE_WAY);
      const until = performance.now() + LINGER;
      while (performance.now() < until && await peers.check(0, 1000) === null) await delay(100);
    },
  };
}

/** What matters of an error of gRPC. */
function reasonIn(message: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/^Cannot reach it: /, "").replace(/.*last error: UNKNOWN: /, "");
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
