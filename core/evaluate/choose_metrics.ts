/** Chooses metrics: by name, from a user's module, or all that suit the pictures. */
import { pathToFileURL } from "node:url";
import { messageOf, PairlabError } from "../base/errors.ts";
import { suggest } from "../base/nearest.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import type { ImageShape } from "../interfaces/pictures.ts";
import { measurePictures } from "./measure.ts";

/**
 * Metrics by their names, or by the path of a module whose default export is a metric, a list of
 * metrics, or a (possibly asynchronous) function that returns either, e.g. one that loads a network.
 *
 * @param words Names and paths.
 * @param offered The metrics known by name.
 * @throws {PairlabError} For an unknown name, or a module without metrics.
 */
export async function chooseMetrics(
  words: readonly string[],
  offered: readonly (Metric | SetMetric)[],
): Promise<(Metric | SetMetric)[]> {
  const chosen: (Metric | SetMetric)[] = [];
  for (const word of words) {
    if (isModulePath(word)) chosen.push(...await loadMetrics(word));
    else chosen.push(findMetric(word, offered));
  }
  return chosen;
}

/** True for the path of a module, false for a name. */
export function isModulePath(word: string): boolean {
  return /[\\/]|\.[jt]s$/.test(word);
}

/**
 * Checks the names among some words; modules are loaded later.
 *
 * @throws {PairlabError} For an unknown name.
 */
export function checkNames(
  words: readonly string[],
  offered: readonly (Metric | SetMetric)[],
): void {
  for (const word of words) if (!isModulePath(word)) findMetric(word, offered);
}

function findMetric(
  word: string,
  offered: readonly (Metric | SetMetric)[],
): Metric | SetMetric {
  const found = offered.find(({ name }) => name === word);
  if (found !== undefined) return found;
  const names = offered.map(({ name }) => name);
  throw new PairlabError(
    `Cannot measure "${word}": there is no such metric. ${
      suggest(word, names, `Use ${names.join(", ")}, or the path of a module.`)
    }`,
  );
}

async function loadMetrics(path: string): Promise<(Metric | SetMetric)[]> {
  let exported: unknown;
  try {
    exported = (await import(pathToFileURL(path).href)).default;
    if (typeof exported === "function") exported = await exported();
  } catch (error) {
    throw new PairlabError(`Cannot load the metrics of "${path}": ${messageOf(error)}`, {
      cause: error,
    });
  }
  const metrics = [exported].flat();
  if (metrics.length > 0 && metrics.every(isMetric)) return metrics;
  throw new PairlabError(
    `Cannot use "${path}" as metrics: its default export is ${
      exported === undefined ? "missing" : "something else"
    }. Export a metric, a list of metrics, or a function that returns one.`,
  );
}

function isMetric(value: unknown): value is Metric | SetMetric {
  return typeof value === "object" && value !== null && "name" in value &&
    "better" in value && ("measure" in value || "start" in value);
}

/** The metrics that suit pictures of a shape, and why the others do not. */
export async function suitableMetrics(
  offered: readonly (Metric | SetMetric)[],
  shape: ImageShape,
): Promise<{ readonly metrics: (Metric | SetMetric)[]; readonly reasons: string[] }> {
  const { height, width, channels } = shape;
  const black = { height, width, channels, data: new Uint8Array(height * width * channels) };
  const metrics: (Metric | SetMetric)[] = [];
  const reasons: string[] = [];
  for (const metric of offered) {
    try {
      await measurePictures([metric], [{ input: black, target: black, prediction: black }]);
      metrics.push(metric);
    } catch (error) {
      if (!(error instanceof PairlabError)) throw error;
      reasons.push(`${metric.name} is left out. ${error.message}`);
    }
  }
  return { metrics, reasons };
}
