/** Checks what an experiment's parts return, and names the part in every error that it throws. */
import type { LayersModel, Scalar } from "@tensorflow/tfjs";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { messageOf, PairlabError } from "../base/errors.ts";
import { ROOT } from "../base/module_graph.ts";
import type { Callback } from "../interfaces/callbacks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { Generator } from "../interfaces/networks.ts";
import type { Loss, Optimizer, Schedule } from "../interfaces/objectives.ts";
import type { Augment, Dataset, DataSource, OpenedData, Pair } from "../interfaces/pictures.ts";
import { HOOKS, nameOf } from "./parts.ts";

/**
 * The same parts, each of which is held to its type when it is called. They compute the same.
 *
 * @param wiring Checked by `checkPartTypes`.
 */
export function guardParts(wiring: Wiring): Wiring {
  const { data, augment, generator, discriminator, losses, optimizer, callbacks } = wiring;
  return {
    ...wiring,
    data: guardData(data),
    ...augment && { augment: guardAugment(augment) },
    generator: guardNetwork("generator", generator),
    ...discriminator && { discriminator: guardNetwork("discriminator", discriminator) },
    losses: Object.fromEntries(
      Object.entries(losses).map(([name, loss]) => [name, guardLoss(`losses.${name}`, loss)]),
    ),
    optimizer: "start" in optimizer ? guardOptimizer("optimizer", optimizer) : {
      generator: guardOptimizer("optimizer.generator", optimizer.generator),
      discriminator: guardOptimizer("optimizer.discriminator", optimizer.discriminator),
    },
    ...callbacks && { callbacks: callbacks.map(guardCallback) },
  };
}

/** A data source whose pairs are checked, too. */
export function guardData(data: DataSource): DataSource {
  return {
    open: (onProgress) =>
      asPart("data.open()", async () => {
        const opened: OpenedData = await data.open(onProgress);
        expect("data.open()", opened, isObject(opened), "an object with train and test");
        for (const key of ["description", "fingerprint"] as const) {
          expect(`data.open().${key}`, opened[key], typeof opened[key] === "string", "a text");
        }
        const { levels } = opened;
        if (levels !== undefined && !isLevels(levels)) {
          throw unusable("data.levels are not two different numbers, e.g. [0, 4095]");
        }
        const train = guardDataset("train", opened.train);
        if (train.names.length === 0) {
          throw new PairlabError("Cannot train: data.open().train holds no pairs.");
        }
        const test = guardDataset("test", opened.test);
        if (opened.validation === undefined) return { ...opened, train, test };
        const validation = guardDataset("validation", opened.validation);
        if (validation.names.length === 0) throw unusable("data.validation has no pairs");
        const others = new Set([...train.names, ...test.names]);
        const leaked = validation.names.find((name) => others.has(name));
        if (leaked === undefined) return { ...opened, train, test, validation };
        throw unusable(`the pair ${nameOf(leaked)} is for validation, and trains or tests too`);
      }),
  };
}

function unusable(reason: string): PairlabError {
  return new PairlabError(`Cannot use the experiment's data: ${reason}`);
}

function isLevels(levels: unknown): boolean {
  return Array.isArray(levels) && levels.length === 2 && levels.every(Number.isFinite) &&
    levels[0] !== levels[1];
}

function guardDataset(split: string, dataset: Dataset): Dataset {
  const part = `data.open().${split}`;
  expect(part, dataset, isObject(dataset), "an object with names and load");
  const { names } = dataset;
  const isList = Array.isArray(names) && names.every((name) => typeof name === "string");
  expect(`${part}.names`, names, isList, "a list of texts");
  const { originals } = dataset;
  const isOneEach = originals === undefined ||
    Array.isArray(originals) && originals.length === names.length;
  expect(`${part}.originals`, originals, isOneEach, "a list of texts, one for each name");
  expect(`${part}.load`, dataset.load, typeof dataset.load === "function", "a function");
  return {
    names,
    ...originals && { originals },
    load: (index, random) => {
      const call = `${part}.load(${index})`;
      return asPart(call, async () => {
        const pair = await dataset.load(index, random);
        checkPair(call, pair);
        const name = names[index];
        if (name === undefined || pair.name.startsWith(name)) return pair;
        throw new PairlabError(
          `Cannot use ${call}: the pair is named ${nameOf(pair.name)}, but names[${index}] is ${
            nameOf(name)
          }. Begin the pair's name with it.`,
        );
      });
    },
  };
}

function guardAugment(augment: Augment): Augment {
  return (pair, random) =>
    asPart("augment", async () => {
      const changed = await augment(pair, random);
      checkPair("augment", changed);
      return changed;
    });
}

function checkPair(part: string, pair: Pair): void {
  expect(part, pair, isObject(pair), "a pair: { name, input, target }");
  expect(`${part}.name`, pair.name, typeof pair.name === "string", "a text");
  for (const side of ["input", "target"] as const) {
    const picture = pair[side], what = `${part}.${side}`;
    expect(what, picture, isObject(picture), "a picture: { data, width, height, channels }");
    const { data, width, height, channels } = picture;
    const isPicture = [width, height, channels].every((n) => Number.isInteger(n) && n >= 1);
    const size = `${width}x${height}, ${channels} channels`;
    if (!isPicture) throw new PairlabError(`Cannot use ${what}: its size is ${size}.`);
    const isData = data instanceof Uint8Array || data instanceof Uint16Array ||
      data instanceof Float32Array;
    expect(`${what}.data`, data, isData, "a Uint8Array, Uint16Array or Float32Array");
    if (data.length === width * height * channels) continue;
    throw new PairlabError(
      `Cannot use ${what}: it holds ${data.length} values, where ${size} take ${
        width * height * channels
      }.`,
    );
  }
}

function guardNetwork(part: string, build: Generator): Generator {
  // buildNetworks() names the network that throws.
  return (shape, seed) => {
    const network: LayersModel = build(shape, seed);
    const isModel = isObject(network) && typeof network.apply === "function" &&
      Array.isArray(network.inputs) && Array.isArray(network.outputs);
    expect(part, network, isModel, "a model, built at once: tf.model({ inputs, outputs })");
    return network;
  };
}

function guardLoss(part: string, loss: Loss): Loss {
  const term = (key: "generator" | "discriminator"): Pick<Loss, typeof key> =>
    loss[key] === undefined ? {} : {
      [key]: (views: Parameters<NonNullable<Loss["generator"]>>[0]) =>
        asPart(`${part}.${key}`, () => {
          const value: Scalar | undefined = loss[key]?.(views);
          const isTensor = isObject(value) && Array.isArray(value.shape);
          expect(`${part}.${key}`, value, isTensor, "a scalar tensor, e.g. a tf.mean()");
          return value as Scalar;
        }),
    };
  return {
    ...loss.boundary !== undefined && { boundary: loss.boundary },
    ...loss.prepare &&
      { prepare: () => asPart(`${part}.prepare`, async () => await loss.prepare?.()) },
    ...term("generator"),
    ...term("discriminator"),
  };
}

function guardOptimizer(part: string, optimizer: Optimizer): Optimizer {
  const { rate } = optimizer;
  return {
    rate: typeof rate === "number" ? rate : guardSchedule(`${part}.rate`, rate),
    start: (variables) =>
      asPart(`${part}.start`, () => {
        const rule = optimizer.start(variables);
        const isRule = isObject(rule) && typeof rule.apply === "function" && isObject(rule.state);
        expect(`${part}.start`, rule, isRule, "an object with state and apply");
        return {
          get state() {
            return rule.state;
          },
          apply: (gradients, at) => asPart(`${part}.apply`, () => rule.apply(gradients, at)),
        };
      }),
  };
}

function guardSchedule(part: string, schedule: Schedule): Schedule {
  const guarded = (progress: Parameters<Schedule>[0]): number =>
    asPart(part, () => {
      const rate = schedule(progress);
      const isRate = typeof rate === "number" && Number.isFinite(rate) && rate >= 0;
      expect(part, rate, isRate, "a number from 0 on");
      return rate;
    });
  const { watches } = schedule;
  return watches === undefined ? guarded : Object.assign(guarded, { watches });
}

function guardCallback(callback: Callback): Callback {
  const { name, records, mode, split, chooses } = callback;
  const hooks = HOOKS.filter((hook) => callback[hook] !== undefined).map((hook) => {
    const call = callback[hook] as (...given: unknown[]) => unknown;
    const part = `${hook} of the callback "${name}"`;
    return [hook, (...given: unknown[]) => asPart(part, () => call.apply(callback, given))];
  });
  return {
    name,
    ...records && { records },
    ...mode && { mode },
    ...split && { split },
    ...chooses !== undefined && { chooses },
    ...Object.fromEntries(hooks),
  };
}

/** Runs a part; its errors name it, and keep their own stack as their cause. */
function asPart<T>(part: string, run: () => T): T {
  try {
    const result = run();
    if (!(result instanceof Promise)) return result;
    return result.catch((error) => {
      throw named(part, error);
    }) as T;
  } catch (error) {
    throw named(part, error);
  }
}

function named(part: string, error: unknown): unknown {
  if (error instanceof PairlabError) return error;
  const where = placeOf(error);
  return new PairlabError(
    `Cannot continue: ${part} failed${where === undefined ? "" : ` (${where})`}: ${
      messageOf(error)
    }. --debug shows its stack.`,
    { cause: error },
  );
}

const OWN = ["core", "plugins", "node_modules"];

/** The user's line in a stack: the first that is neither Pairlab's nor a package's. */
function placeOf(error: unknown): string | undefined {
  const lines = error instanceof Error
    ? error.stack?.matchAll(/(file:\/\/[^\s()]+?):(\d+):\d+/g)
    : [];
  for (const [, url = "", line] of lines ?? []) {
    const path = fileURLToPath(url.replace(/[?#].*$/, ""));
    if (!OWN.some((folder) => path.startsWith(join(ROOT, folder)))) return `${path}:${line}`;
  }
  return undefined;
}

function expect(part: string, value: unknown, isGood: boolean, expected: string): void {
  if (isGood) return;
  const waits = value instanceof Promise ? " Promises are not waited for here." : "";
  throw new PairlabError(
    `Cannot use ${part}: it returned ${nameOf(value)}. Return ${expected}.${waits}`,
  );
}

function isObject<T>(value: T): value is NonNullable<T> & object {
  return typeof value === "object" && value !== null && !(value instanceof Promise);
}
