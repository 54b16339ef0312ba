/**
 * Compiled functions.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, TensorContainer } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { takeApart, type TakenApart } from "./containers.ts";

/** Compilation of functions: none, by the engine, or by the engine with XLA. */
export type CompileMode = "off" | "on" | "xla";

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Name in messages. @default the function's name */
  readonly name?: string | undefined;
  /** @default "on" */
  readonly mode?: CompileMode | undefined;
}

/** The compiler of an engine. */
export interface Compiler {
  /**
   * Runs `fn` on tensors without values and records its operations.
   *
   * @param examples Tensors of its inputs' types and shapes.
   */
  trace(
    fn: (inputs: readonly Tensor[]) => readonly Tensor[],
    examples: readonly Tensor[],
    options: { readonly name: string; readonly xla: boolean },
  ): Program;
}

/** A traced function. */
export interface Program {
  /** Runs the recorded operations; the caller disposes of the results. */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
}

const compilers = new Map<string, Compiler>();

/** Sets the compiler of a tfjs backend; `null` removes it. */
export function registerCompiler(backendName: string, compiler: Compiler | null): void {
  if (compiler === null) compilers.delete(backendName);
  else compilers.set(backendName, compiler);
}

/**
 * Whether the engine in use compiles.
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

/** A program and the structure of its results. */
interface Traced<R extends TensorContainer> {
  readonly program: Program;
  rebuild(results: readonly Tensor[]): R;
}

/**
 * Compiles a function of tensors into a single operation of the engine, including gradients and
 * assignments to variables: what `tf.function` is to Python.
 *
 * The first call with arguments of given types and shapes traces `fn`: runs it on tensors without
 * values and records its operations, which that call and all later ones execute. So `fn` must not
 * read values or depend on anything in JavaScript that changes. It may use tensors and variables from
 * outside and assign to variables, which have their new values when the promise resolves.
 * Intermediate tensors are freed.
 *
 * Calls run one at a time. The event loop stays free, but do not use the variables that a call assigns
 * before it resolves. An engine that cannot compile runs `fn` as it is.
 *
 * @param fn A synchronous function from tensors to tensors, alone or in arrays and records. Arguments
 * can also be booleans and strings; it is traced again for each value.
 * @returns The compiled function. The caller disposes of its results.
 * @throws {PairlabError} When called, if `fn` cannot be traced; the message names the place.
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
    // The caller may dispose of the arguments before the call's turn comes.
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
      `Cannot call "${name}" in "${tracing}": both are compiled. Call the uncompiled function ` +
        `of "${name}".`,
    );
  };
}

/** Name of the function being traced. */
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

/** Calls a function, frees its intermediate tensors, and returns new tensors. */
function run<A extends TensorContainer[], R extends TensorContainer>(
  fn: (...args: A) => R,
  args: A,
  name: string,
): R {
  return tf.tidy(() => {
    const first = tf.scalar(0).id;
    const { tensors, rebuild } = takeApart(fn(...args), `return from "${name}"`);
    // Tensors from before the call keep their owner.
    return rebuild(tensors.map((tensor) => tensor.id < first ? tensor.clone() : tensor));
  });
}

let last: Promise<unknown> | null = null;

/** Runs `call` after the calls before it. */
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
