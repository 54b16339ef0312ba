/** The types of an experiment's parts, for experiments that no compiler has checked. */
import { PairlabError } from "../base/errors.ts";
import { oneOf, suggest } from "../base/nearest.ts";
import type { Callback } from "../interfaces/callbacks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { Loss } from "../interfaces/objectives.ts";

/** The keys of a type; the compiler sees to it that none is missing. */
function keysOf<T>(keys: Readonly<Record<keyof T, true>>): readonly (keyof T & string)[] {
  return Object.keys(keys) as (keyof T & string)[];
}

const PARTS = keysOf<Wiring>({
  data: true,
  augment: true,
  generator: true,
  discriminator: true,
  losses: true,
  optimizer: true,
  order: true,
  discriminatorSteps: true,
  generatorSteps: true,
  average: true,
  freeze: true,
  replay: true,
  shuffle: true,
  resize: true,
  fit: true,
  shape: true,
  channels: true,
  colours: true,
  callbacks: true,
});

/** The methods of a loss. */
export const LOSS_METHODS = keysOf<Omit<Loss, "boundary">>({
  prepare: true,
  generator: true,
  discriminator: true,
});

/** The methods of a callback. */
export const HOOKS = keysOf<Omit<Callback, "name" | "records" | "mode" | "split" | "chooses">>({
  measures: true,
  state: true,
  restore: true,
  onTrainBegin: true,
  onStepEnd: true,
  onEpochEnd: true,
  onRecord: true,
  onInterrupt: true,
  onTrainEnd: true,
  onError: true,
});

/** The parts that are one of a few words. */
const WORDS = {
  order: ["alternate", "simultaneous"],
  resize: ["cubic", "bilinear", "nearest"],
  fit: ["resize", "cover", "crop", "pad"],
  colours: ["stored", "lab"],
} as const satisfies { readonly [K in keyof Wiring]?: readonly Wiring[K][] };

/** What no experiment can do without, and an example of each. */
const REQUIRED = {
  data: 'folderPairs({ root: "dataset" })',
  generator: "unet()",
  losses: "{ l1: l1() }",
  optimizer: "adam()",
} as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks that every part is what its type says.
 *
 * @param wiring What the experiment's `setup` returned.
 * @throws {PairlabError} Naming the part and its key.
 */
export function checkPartTypes(wiring: unknown): asserts wiring is Wiring {
  if (!isObject(wiring)) {
    throw new PairlabError(
      `Cannot train: setup returned ${
        nameOf(wiring)
      }. Return an object of parts: (p) => ({ data: …, generator: …, … }).`,
    );
  }
  for (const key of Object.keys(wiring)) {
    if (PARTS.includes(key as keyof Wiring)) continue;
    throw new PairlabError(
      `Cannot use the part "${key}": an experiment has no such part. ${suggest(key, PARTS)}`,
    );
  }
  for (const [part, example] of Object.entries(REQUIRED)) {
    if (wiring[part] !== undefined) continue;
    throw new PairlabError(
      `Cannot train: the experiment has no ${part}. Add for example ${part}: ${example}.`,
    );
  }
  const { data, augment, generator, discriminator, losses, optimizer, callbacks = [] } = wiring;
  method("data", data, "open", 'folderPairs({ root: "dataset" })');
  called("augment", augment, "jitter()");
  called("generator", generator, "unet()");
  called("discriminator", discriminator, "patchGan()");
  checkLossTypes(losses);
  checkOptimizerTypes(optimizer);
  for (const [key, words] of Object.entries(WORDS)) checkWord(key, wiring[key], words);
  if (!["undefined", "boolean"].includes(typeof wiring["shuffle"])) {
    wrong("shuffle", wiring["shuffle"], "true or false");
  }
  for (const key of ["average", "freeze", "replay", "shape", "channels"]) {
    if (wiring[key] !== undefined) object(key, wiring[key], "an object");
  }
  if (!Array.isArray(callbacks)) wrong("callbacks", callbacks, "a list: [progress()]");
  callbacks.forEach((callback, index) => checkCallbackTypes(`callbacks[${index}]`, callback));
}

function checkLossTypes(losses: unknown): void {
  object("losses", losses, "an object: { l1: l1() }");
  if (Array.isArray(losses)) {
    wrong("losses", losses, "an object, whose keys name them: { l1: l1() }");
  }
  for (const [name, loss] of Object.entries(losses)) {
    const part = `losses.${name}`;
    object(part, loss, "a loss, e.g. l1()");
    for (const key of LOSS_METHODS) called(`${part}.${key}`, loss[key], "a function of the views");
    if (loss["generator"] === undefined && loss["discriminator"] === undefined) {
      throw new PairlabError(
        `Cannot use ${part}: it has no term. Give it a method generator(views) or discriminator(views).`,
      );
    }
  }
}

function checkOptimizerTypes(optimizer: unknown): void {
  object("optimizer", optimizer, "an optimizer, e.g. adam()");
  const single = "start" in optimizer || "rate" in optimizer;
  const all = single ? { optimizer } : Object.fromEntries(
    ["generator", "discriminator"].map((key) => [`optimizer.${key}`, optimizer[key]]),
  );
  for (const [part, value] of Object.entries(all)) {
    method(part, value, "start", "adam()");
    const { rate } = value as Fields;
    if (typeof rate === "function") continue;
    if (typeof rate === "number" && Number.isFinite(rate) && rate >= 0) continue;
    wrong(`${part}.rate`, rate, "a number from 0 on, or a schedule, e.g. linearDecay()");
  }
}

function checkCallbackTypes(part: string, callback: unknown): void {
  object(part, callback, "a callback, e.g. progress()");
  const { name, records = [] } = callback;
  if (typeof name !== "string" || name === "") wrong(`${part}.name`, name, "a text");
  if (!Array.isArray(records)) wrong(`${part}.records`, records, "a list of names");
  for (const key of HOOKS) called(`${part}.${key} (of "${name}")`, callback[key], "a function");
}

function checkWord(part: string, value: unknown, words: readonly string[]): void {
  if (value === undefined || words.includes(value as string)) return;
  const near = typeof value === "string" ? suggest(value, words, "") : "";
  throw new PairlabError(
    `Cannot use ${part}: ${nameOf(value)}. ${near === "" ? "" : `${near} `}Use ${oneOf(words)}.`,
  );
}

function called(part: string, value: unknown, example: string): void {
  if (value !== undefined && typeof value !== "function") {
    wrong(part, value, `a function: ${example}`);
  }
}

function method(part: string, value: unknown, key: string, example: string): void {
  object(part, value, `an object with a method ${key}, e.g. ${example}`);
  if (typeof value[key] !== "function") wrong(`${part}.${key}`, value[key], "a function");
}

function object(part: string, value: unknown, expected: string): asserts value is Fields {
  if (!isObject(value) || value instanceof Promise) wrong(part, value, expected);
}

function wrong(part: string, value: unknown, expected: string): never {
  const waits = value instanceof Promise ? " Await it before, e.g. at the top of the file." : "";
  throw new PairlabError(`Cannot use ${part}: it is ${nameOf(value)}. Use ${expected}.${waits}`);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !(value instanceof Promise);
}

/** What a value is, in words: `a promise`, `"fast"`, `null`. */
export function nameOf(value: unknown): string {
  if (value instanceof Promise) return "a promise";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
