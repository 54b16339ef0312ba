/** From the words on the command line to a checked experiment. */
import { hash } from "node:crypto";
import { fileURLToPath, pathToFileURL } from "node:url";
import { basename, extname, join } from "@std/path";
import { guardParts } from "./guard.ts";
import { checkPartTypes } from "./parts.ts";
import { checkExperiment, type Findings } from "./check.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Experiment } from "./experiment.ts";
import { type GivenParameters, override, type ParameterValues } from "./parameters.ts";
import { suggest } from "../base/nearest.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { TaskShape } from "../interfaces/networks.ts";

/** The folder of the experiments that come with Pairlab. */
const EXPERIMENTS = new URL("../../experiments/", import.meta.url);

/** An experiment's module, loaded. */
export interface ExperimentModule {
  /** `flowers_deblur`. */
  readonly name: string;
  /** The name or path by which it can be asked for again. */
  readonly module: string;
  readonly url: URL;
  readonly source: string;
  readonly sha256: string;
  readonly experiment: Experiment;
}

/** A checked experiment, ready for data and engine. */
export interface Plan extends ExperimentModule {
  readonly parameters: ParameterValues;
  readonly wiring: Wiring;
  readonly shape: TaskShape;
  readonly findings: Findings;
}

/** The names of Pairlab's experiments (or matrices), or of those in another folder. */
export async function listExperiments(folder: URL | string = EXPERIMENTS): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    // Skip test files.
    if (isFile && extname(name) === ".ts" && !name.endsWith("_test.ts")) {
      names.push(basename(name, ".ts"));
    }
  }
  return names.sort();
}

/**
 * Loads an experiment by its name in `experiments/`, or by the path or URL of its module.
 *
 * @throws {PairlabError} If the file is missing, does not load, or exports no experiment.
 */
export async function loadExperiment(reference: string): Promise<ExperimentModule> {
  const url = await resolveExperiment(reference);
  const source = url.protocol === "file:" ? await readSource(reference, url) : "";
  let loaded: { readonly default?: unknown };
  try {
    loaded = await import(url.href);
  } catch (error) {
    throw new PairlabError(`Cannot load the experiment "${reference}": ${messageOf(error)}`, {
      cause: error,
    });
  }
  const experiment = loaded.default;
  if (!isExperiment(experiment)) {
    throw new PairlabError(
      `Cannot use "${reference}" as an experiment: its default export is ${
        experiment === undefined ? "missing" : "something else"
      }. Write "export default experiment(defaults, setup)".`,
    );
  }
  const isPath = url.protocol === "file:" && !url.href.startsWith(EXPERIMENTS.href);
  return {
    name: nameOf(url),
    module: isPath ? fileURLToPath(url) : reference,
    url,
    source,
    sha256: hash("sha256", source),
    experiment,
  };
}

/** As the file is called: a space in an address is `%20`. */
function nameOf(url: URL): string {
  const path = url.protocol === "file:" ? fileURLToPath(url) : url.pathname;
  return basename(path, extname(path));
}

async function resolveExperiment(reference: string): Promise<URL> {
  if (/^(https?|file):\/\//.test(reference)) return new URL(reference);
  if (isPath(reference)) return pathToFileURL(reference);
  const names = await listExperiments();
  if (names.includes(reference)) return new URL(`${reference}.ts`, EXPERIMENTS);
  throw new PairlabError(
    `Cannot find the experiment "${reference}". ${
      suggest(reference, names, `Use ${names.join(", ")}, or a path to a file.`)
    }`,
  );
}

/** True for the path of a module, false for a name or a URL. */
export function isPath(reference: string): boolean {
  return /[\\/]|\.[a-z]+$/i.test(reference) && !/^\w+:\/\//.test(reference);
}

async function readSource(reference: string, url: URL): Promise<string> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(error);
    throw new PairlabError(
      `Cannot load the experiment "${reference}": ${found}, "deno task list" names those at hand`,
    );
  }
}

function isExperiment(value: unknown): value is Experiment {
  return typeof value === "object" && value !== null && "wire" in value && "defaults" in value;
}

/**
 * Resolves the parameters and checks the whole experiment, before anything is loaded.
 *
 * @param given New values for some parameters, see {@link override}.
 * @throws {PairlabError} Naming what does not fit, and what to use instead.
 */
export function planExperiment(
  module: ExperimentModule,
  given: GivenParameters,
): Plan {
  const parameters = override(module.experiment, given);
  const wired = wire(module, parameters);
  checkPartTypes(wired);
  const wiring = guardParts(wired);
  const shape = shapeOf(wiring, parameters.size);
  return { ...module, parameters, wiring, shape, findings: checkExperiment(wired, shape) };
}

function wire({ name, experiment }: ExperimentModule, parameters: ParameterValues): unknown {
  try {
    return experiment.wire(parameters);
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw new PairlabError(
      `Cannot use the experiment "${name}": its setup failed: ${
        messageOf(error)
      }. --debug shows its stack.`,
      { cause: error },
    );
  }
}

/** What the networks are built for: squares of `size` in colour, unless the wiring says otherwise. */
function shapeOf({ shape, channels = { input: 3, target: 3 } }: Wiring, size: number): TaskShape {
  const { height, width } = shape ?? { height: size, width: size };
  for (const extent of [height, width, channels.input, channels.target]) {
    if (Number.isInteger(extent) && extent >= 1) continue;
    throw new PairlabError(
      `Cannot build networks for ${width}x${height} pixels, ${channels.input} to ${channels.target} channels. Use whole numbers from 1 on.`,
    );
  }
  return {
    input: { height, width, channels: channels.input },
    target: { height, width, channels: channels.target },
  };
}

/** The compiler's codes for unused names: commenting out a part leaves its import. */
const UNUSED: ReadonlySet<string> = new Set(["TS6133", "TS6192", "TS6196", "TS6198"]);

/**
 * Type-checks an experiment (or another file of its kind) with Deno's compiler, as `deno check` does.
 *
 * @throws {PairlabError} With the compiler's own words.
 */
export async function compilerCheck(
  { url, module }: Pick<ExperimentModule, "url" | "module">,
): Promise<void> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--config", join(root, "deno.json"), url.href],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  const words = new TextDecoder().decode(stderr).replace(
    /\n*error: Type checking failed[\s\S]*$/,
    "",
  ).trim();
  const codes = [...words.matchAll(/^(TS\d+) \[ERROR\]/gm)].map(([, code]) => code!);
  if (codes.length > 0 && codes.every((code) => UNUSED.has(code))) return;
  throw new PairlabError(
    `Cannot use the experiment "${module}": the compiler refuses it (--no-check trains all the same)\n${words}`,
  );
}
