/** The degradations that can be named on the command line. */
import { extname } from "@std/path";
import { pathToFileURL } from "node:url";
import { type NamedDegradation, parseDegradation } from "../../dataset/prepare/degradation_spec.ts";
import { messageOf, PairlabError } from "../../base/errors.ts";
import type { Degradation } from "../../interfaces/pictures.ts";
import { userPath } from "../cli.ts";

/**
 * Makes degradations of their descriptions: `gaussianBlur:sigma=1..4`, or the path of a module whose
 * default export is one.
 *
 * @throws {PairlabError} For one that does not exist, or cannot be made.
 */
export async function loadDegradations(texts: readonly string[]): Promise<Degradation[]> {
  const degradations: Degradation[] = [];
  for (const text of texts) {
    degradations.push(
      extname(text) === ".ts" || extname(text) === ".js"
        ? await importDegradation(text)
        : parseDegradation(text, await knownDegradations()),
    );
  }
  return degradations;
}

async function knownDegradations(): Promise<Record<string, NamedDegradation>> {
  // Imported when it is needed: everything that Pairlab has comes along.
  const { defocus, downUp, edgeDrawing, gaussianBlur, greyscale, jpeg, motionBlur, noise } =
    await import("../../../mod.ts");
  return {
    defocus: { options: ["radius"], make: defocus },
    downUp: { options: ["factor", "down", "up"], make: downUp },
    edgeDrawing: { options: ["sigma", "high", "low"], make: edgeDrawing },
    gaussianBlur: { options: ["sigma"], make: gaussianBlur },
    greyscale: { options: [], make: greyscale },
    jpeg: { options: ["quality"], make: jpeg },
    motionBlur: { options: ["length", "angle"], make: motionBlur },
    noise: { options: ["deviation", "colour"], make: noise },
  };
}

async function importDegradation(path: string): Promise<Degradation> {
  const fail = (found: string): PairlabError =>
    new PairlabError(
      `Cannot degrade by "${path}": ${found}. Use a module whose default export is a degradation ` +
        "(a name and a function apply).",
    );
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(userPath(path)).href);
  } catch (error) {
    throw fail(messageOf(error));
  }
  const made = module.default;
  if (typeof made === "object" && made !== null && "name" in made && "apply" in made) {
    return made as Degradation;
  }
  throw fail(made === undefined ? "it has no default export" : "its default export is none");
}
