/** `--launcher`: a launcher by its name and options, or by the file that has it. */
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { kubernetes, local, slurm, ssh } from "../../mod.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { suggest } from "../base/nearest.ts";
import { isPath } from "../experiment/plan.ts";
import type { Launcher } from "../interfaces/launchers.ts";
import { userPath } from "./cli.ts";

/** Makes a launcher of the options that the command line gives, all of them texts. */
function kind<T>(form: z.ZodType<T>, make: (options: T) => Launcher) {
  const keys = form instanceof z.ZodObject ? Object.keys(form.shape) : [];
  return {
    keys,
    make: (options: Readonly<Record<string, string>>): Launcher => make(form.parse(options)),
  };
}

const Text = z.string().min(1).optional();
const Whole = z.coerce.number().int().positive().optional();
/** Words between spaces. */
const Words = z.string().transform((text) => text.split(/\s+/).filter(Boolean)).optional();
/** A plain number counts minutes. */
const Time = z.string().transform((text) => /^\d+$/.test(text) ? Number(text) : text).optional();

const LAUNCHERS: Readonly<Record<string, ReturnType<typeof kind>>> = {
  local: kind(z.strictObject({}), local),
  slurm: kind(
    z.strictObject({
      partition: Text,
      account: Text,
      time: Time,
      memory: Text,
      cores: Whole,
      gpus: Whole,
      throttle: Whole,
      array: Whole,
      warning: Whole,
      setup: Text,
      within: Words,
      flags: Words,
      programs: Text,
    }),
    slurm,
  ),
  ssh: kind(
    z.strictObject({
      hosts: z.string().transform((text) => text.split(",")),
      jobs: Whole,
      cores: Whole,
      setup: Text,
      flags: Words,
      program: Text,
    }),
    ssh,
  ),
  kubernetes: kind(
    z.strictObject({
      image: z.string(),
      claim: z.string(),
      mount: z.string(),
      namespace: Text,
      memory: Text,
      cores: Whole,
      gpus: Whole,
      parallelism: Whole,
      attempts: Whole,
      warning: Whole,
      deno: Text,
    }),
    kubernetes,
  ),
};

/** The names that `--launcher` takes. */
export const LAUNCHER_NAMES: readonly string[] = Object.keys(LAUNCHERS);

/** The options of a launcher of {@link LAUNCHER_NAMES}. */
export function launcherOptions(name: string): readonly string[] {
  return LAUNCHERS[name]?.keys ?? [];
}

/**
 * The launcher that `--launcher` names: `local`, `slurm:partition=main,time=60`, `./cluster.ts`.
 *
 * @throws {PairlabError} If there is none of this name, it has no such option, or the file has none.
 */
export async function launcherOf(text: string): Promise<Launcher> {
  const [, name = "", rest = ""] = /^([^:]*):?(.*)$/s.exec(text) ?? [];
  const found = Object.hasOwn(LAUNCHERS, name) ? LAUNCHERS[name] : undefined;
  const cannot = `Cannot use the launcher "${text}":`;
  if (found === undefined) {
    if (isPath(text)) return await loadLauncher(userPath(text));
    const otherwise = `Use ${LAUNCHER_NAMES.join(", ")}, or the path of a file.`;
    throw new PairlabError(`${cannot} there is none. ${suggest(name, LAUNCHER_NAMES, otherwise)}`);
  }
  const options: Record<string, string> = {};
  // A part without "=" belongs to the list before it: hosts=a,b.
  for (const part of rest === "" ? [] : rest.split(/,(?=[^,]*=)/)) {
    const [, key = part, value = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    if (!found.keys.includes(key)) {
      const otherwise = found.keys.length === 0 ? "It has no options." : "";
      throw new PairlabError(
        `${cannot} ${name} has no option "${key}". ${suggest(key, found.keys, otherwise)}`,
      );
    }
    options[key] = value;
  }
  try {
    return found.make(options);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new PairlabError(`${cannot} ${z.prettifyError(error)}`);
  }
}

/** Loads a file whose default export is a launcher. */
async function loadLauncher(path: string): Promise<Launcher> {
  const cannot = `Cannot use the launcher "${path}":`;
  let loaded: { readonly default?: unknown };
  try {
    loaded = await import(pathToFileURL(await Deno.realPath(path)).href);
  } catch (error) {
    throw new PairlabError(`${cannot} ${messageOf(error)}`, { cause: error });
  }
  const launcher = loaded.default;
  if (isLauncher(launcher)) return launcher;
  throw new PairlabError(
    `${cannot} its default export is not a launcher. Write "export default slurm({ … })".`,
  );
}

function isLauncher(value: unknown): value is Launcher {
  return typeof value === "object" && value !== null && "name" in value &&
    ("run" in value || "submit" in value && "pending" in value);
}
