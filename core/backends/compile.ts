/**
 * `compile(fn)`: what `tf.function` is to Python.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, TensorContainer } from "@tensorflow/tfjs";
import { PairlabError } from "../errors.ts";

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
    fn: (inputs: Tensor[]) => Tensor[],
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

/** Whether the engine at work compiles. */
export function canCompile(): boolean {
  return compilers.has(tf.getBackend());
}

/** A program, and the container that it returns its tensors in. */
interface Traced {
  readonly program: Program;
  readonly form: TensorContainer;
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
  const traces = new WeakMap<Compiler, Map<string, Traced>>();

  const call = async (args: A): Promise<R> => {
    const inputs: Tensor[] = [];
    const signature = JSON.stringify(mapTensors(args, `call "${name}" with`, (tensor) => {
      inputs.push(tensor);
      return [tensor.dtype, ...tensor.shape];
    }));
    const compiler = compilers.get(tf.getBackend());
    if (mode === "off" || compiler === undefined) return runAsItIs(fn, args, name);

    const known = traces.get(compiler) ?? new Map<string, Traced>();
    traces.set(compiler, known);
    // So that the caller can dispose his own at once, though it may be a while until their turn.
    const kept = inputs.map((tensor) => tf.keep(tensor.clone()));
    return await inTurn(async () => {
      let traced = known.get(signature);
      if (traced === undefined) {
        traced = trace(compiler, fn, args, kept, { name, xla: mode === "xla" });
        known.set(signature, traced);
      }
      const results = await traced.program.run(kept);
      return mapTensors(traced.form, `return`, () => results.shift()) as R;
    }).finally(() => tf.dispose(kept));
  };

  return (...args) => {
    if (tracing === null) return call(args);
    throw new PairlabError(
      `Cannot call "${name}" in "${tracing}": both are compiled, the function that "${name}" was ` +
        "compiled from would work",
    );
  };
}

/** What is being traced. */
let tracing: string | null = null;

function trace<A extends TensorContainer[]>(
  compiler: Compiler,
  fn: (...args: A) => TensorContainer,
  args: A,
  examples: readonly Tensor[],
  options: { readonly name: string; readonly xla: boolean },
): Traced {
  let form: TensorContainer = undefined;
  tracing = options.name;
  try {
    const program = compiler.trace(
      (inputs) => {
        form = runAsItIs(fn, mapTensors(args, "trace", () => inputs.shift()) as A, options.name);
        const outputs: Tensor[] = [];
        mapTensors(form, "trace", (tensor) => outputs.push(tensor));
        return outputs;
      },
      examples,
      options,
    );
    return { program, form };
  } finally {
    tracing = null;
  }
}

function runAsItIs<A extends TensorContainer[], R extends TensorContainer>(
  fn: (...args: A) => R,
  args: A,
  name: string,
): R {
  return tf.tidy(() => {
    const newest = tf.scalar(0).id;
    // What was there before the call stays whose it was.
    const own = (tensor: Tensor): Tensor => tensor.id < newest ? tensor.clone() : tensor;
    return mapTensors(fn(...args), `return from "${name}"`, own) as R;
  });
}

let last: Promise<unknown> | null = null;

/** Runs `call` when those before it are done: at once, if there is none. */
async function inTurn<T>(call: () => Promise<T>): Promise<T> {
  const before = last;
  const turn = before === null ? call() : before.then(call);
  const done = turn.catch(() => {});
  last = done;
  try {
    return await turn;
  } finally {
    if (last === done) last = null;
  }
}

/** A container with something else for each tensor. */
function mapTensors(
  container: TensorContainer,
  purpose: string,
  replace: (tensor: Tensor) => unknown,
): unknown {
  if (container instanceof tf.Tensor) return replace(container);
  if (Array.isArray(container)) {
    return container.map((element) => mapTensors(element, purpose, replace));
  }
  if (isRecord(container)) {
    return Object.fromEntries(
      Object.entries(container).map((
        [key, element],
      ) => [key, mapTensors(element, purpose, replace)]),
    );
  }
  const isConstant = ["string", "boolean", "undefined"].includes(typeof container);
  if (isConstant || container === null) return container;
  throw new PairlabError(
    typeof container === "number"
      ? `Cannot ${purpose} the number ${container}: tf.scalar(${container}) would work`
      : `Cannot ${purpose} a value of type ${
        nameOfType(container)
      }: tensors would work, in arrays and records`,
  );
}

function isRecord(value: unknown): value is Record<string, TensorContainer> {
  return typeof value === "object" && value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function nameOfType(value: unknown): string {
  return typeof value === "object" ? value?.constructor.name ?? "null" : typeof value;
}
