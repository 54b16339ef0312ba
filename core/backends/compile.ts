/**
 * `compile(fn)`: what `tf.function` is to Python.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, TensorContainer } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { takeApart, type TakenApart } from "./containers.ts";

/** Whether functions are compiled: not at all, by the engine, or by the engine with XLA. */
export type CompileMode = "off" | "on" | "xla";

/** Options of {@link compile}. */
export interface CompileOptions {
  /** What messages call the function. @default its own name */
  readonly name?: string | undefined;
  /** @default "on" */
  readonly mode?: CompileMode | undefined;
}

/** What an engine provides that can compile. */
export interface Compiler {
  /**
   * Runs `fn` to see what it does, and computes nothing.
   *
   * @param examples Of the types and shapes of its inputs.
   */
  trace(
    fn: (inputs: readonly Tensor[]) => readonly Tensor[],
    examples: readonly Tensor[],
    options: { readonly name: string; readonly xla: boolean },
  ): Program;
}

/** A function that was traced. */
export interface Program {
  /** Computes what was traced; the results are the caller's. */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
}

const compilers = new Map<string, Compiler>();

/** Lets functions be compiled on a backend of tfjs; `null` ends that. */
export function registerCompiler(backendName: string, compiler: Compiler | null): void {
  if (compiler === null) compilers.delete(backendName);
  else compilers.set(backendName, compiler);
}

/**
 * Whether the engine at work compiles.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { canCompile } from "./compile.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * assertEquals(canCompile(), false);
 * ```
 */
export function canCompile(): boolean {
  return compilers.has(tf.getBackend());
}

/** A program, and how its results are put together. */
interface Traced<R extends TensorContainer> {
  readonly program: Program;
  rebuild(results: readonly Tensor[]): R;
}

/**
 * Makes a function of tensors run as a single operation of the engine, gradients, variables and all.
 *
 * The first call with arguments of some types and shapes traces `fn`: runs it on tensors without
 * values and notes what is done with them. That call and all later ones do what was noted. Hence
 * `fn` must always do the same: it must not read values, nor depend on anything in JavaScript that
 * changes. It may use tensors and variables from outside, and assign to variables: the values are
 * theirs when the promise resolves. What it makes and does not return is freed.
 *
 * One call runs at a time, others wait. The event loop stays free meanwhile, but what a call
 * assigns must not be used before it is done. An engine that cannot compile runs `fn` as it is.
 *
 * @param fn Takes and returns tensors, alone or in arrays and records, and is synchronous. It may
 * be given booleans and strings as well, and is traced again for each.
 * @returns The compiled function. Its results are new tensors, for the caller to dispose.
 * @throws {PairlabError} When it is called: if `fn` cannot be traced, with the place where.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { compile } from "./compile.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.scalar(3));
 * const descend = compile((target: tf.Scalar) => {
 *   const { value, grads } = tf.variableGrads(() => tf.squaredDifference(weight, target));
 *   weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, 0.25)));
 *   return value;
 * });
 * const loss = await descend(tf.scalar(1));
 * assertEquals([loss.dataSync()[0], weight.dataSync()[0]], [4, 2]);
 * ```
 */
export function compile<A extends TensorContainer[], R extends TensorContainer>(
  fn: (...args: A) => R,
  { name = fn.name || "function", mode = "on" }: CompileOptions = {},
): (...args: A) => Promise<R> {
  const tracesBy = new WeakMap<Compiler, Map<string, Traced<R>>>();

  const call = async (args: A): Promise<R> => {
    const given = takeApart(args, `call "${name}" with`);
    const compiler = compilers.get(tf.getBackend());
    if (mode === "off" || compiler === undefined) return run(fn, args, name);

    const traces = tracesBy.get(compiler) ?? new Map<string, Traced<R>>();
    tracesBy.set(compiler, traces);
    // The caller may dispose his own at once, though their turn may be a while to come.
    const inputs = given.tensors.map((tensor) => tf.keep(tensor.clone()));
    return await inTurn(async () => {
      let traced = traces.get(given.signature);
      if (traced === undefined) {
        const body = (inputs: readonly Tensor[]): R => run(fn, given.rebuild(inputs), name);
        traced = trace(compiler, body, inputs, { name, xla: mode === "xla" });
        traces.set(given.signature, traced);
      }
      return traced.rebuild(await traced.program.run(inputs));
    }).finally(() => tf.dispose(inputs));
  };

  return (...args) => {
    if (tracing === null) return call(args);
    throw new PairlabError(
      `Cannot call "${name}" in "${tracing}": both are compiled, the function that "${name}" was ` +
        "compiled from would work",
    );
  };
}

/** The function that is being traced. */
let tracing: string | null = null;

function trace<R extends TensorContainer>(
  compiler: Compiler,
  body: (inputs: readonly Tensor[]) => R,
  examples: readonly Tensor[],
  options: { readonly name: string; readonly xla: boolean },
): Traced<R> {
  tracing = options.name;
  try {
    let result: TakenApart<R>;
    const program = compiler.trace(
      (inputs) => {
        result = takeApart(body(inputs), "return");
        return result.tensors;
      },
      examples,
      options,
    );
    return { program, rebuild: (tensors) => result.rebuild(tensors) };
  } finally {
    tracing = null;
  }
}

/** Calls a function, frees what it does not return, and sees to it that what it returns is new. */
function run<A extends TensorContainer[], R extends TensorContainer>(
  fn: (...args: A) => R,
  args: A,
  name: string,
): R {
  return tf.tidy(() => {
    const first = tf.scalar(0).id;
    const { tensors, rebuild } = takeApart(fn(...args), `return from "${name}"`);
    // What was there before the call stays whose it was.
    return rebuild(tensors.map((tensor) => tensor.id < first ? tensor.clone() : tensor));
  });
}

let last: Promise<unknown> | null = null;

/** Runs `call` when those before it are done: at once, if there is none. */
async function inTurn<T>(call: () => Promise<T>): Promise<T> {
  const turn = last === null ? call() : last.then(call);
  const done = turn.catch(() => {});
  last = done;
  try {
    return await turn;
  } finally {
    if (last === done) last = null;
  }
}
