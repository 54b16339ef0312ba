/** Weights taken over from another training, by name and shape. */
import { PairlabError } from "../base/errors.ts";
import { namedVariables, type Networks } from "../model/networks.ts";
import type { Origin } from "../runs/origin.ts";
import { assignAll } from "../runs/weights.ts";

/** What became of one array. */
export interface TakenOver {
  readonly network: "generator" | "discriminator";
  readonly name: string;
  readonly what:
    /** Its values are the origin's. */
    | "taken"
    /** The origin lacks it, or has it in another shape. */
    | "new"
    /** The network has no such array. */
    | "skipped";
  readonly shape: readonly number[];
  /** The origin's, if it is another. */
  readonly found?: readonly number[];
}

/**
 * Gives the networks those weights of the origin that fit them; all others stay as they were made.
 * The moving average of G begins with G's.
 *
 * @returns What became of each array, in the order of the networks.
 * @throws {PairlabError} If none fits.
 */
export function takeOver(networks: Networks, origin: Origin): TakenOver[] {
  const all = (["generator", "discriminator"] as const).flatMap((network) => {
    const model = networks[network], arrays = origin[network];
    if (model === undefined || arrays === undefined) return [];
    const variables = namedVariables(model);
    const fates = [...variables].map(([name, { shape }]): TakenOver => {
      const found = arrays.get(name)?.shape;
      if (found?.join() === shape.join()) return { network, name, what: "taken", shape };
      return { network, name, what: "new", shape, ...found && { found } };
    });
    const taken = new Set(fates.flatMap(({ name, what }) => what === "taken" ? [name] : []));
    const models = network === "generator" ? [model, networks.averaged] : [model];
    for (const one of models) {
      if (one === undefined) continue;
      assignAll(new Map([...namedVariables(one)].filter(([name]) => taken.has(name))), arrays);
    }
    const skipped = [...arrays].filter(([name]) => !variables.has(name)).map((
      [name, { shape }],
    ): TakenOver => ({ network, name, what: "skipped", shape }));
    return [...fates, ...skipped];
  });
  if (all.some(({ what }) => what === "taken")) return all;
  const [{ name = "none", shape = [] } = {}] = all;
  throw new PairlabError(
    `Cannot start from "${origin.files[0]?.path}": none of its ${
      (origin.generator?.size ?? 0) + (origin.discriminator?.size ?? 0)
    } arrays has a name and a shape of these networks (e.g. "${name}", [${shape}]). Start from a run of the same kind of network.`,
  );
}

/** Lines for people: how many arrays were taken, and each that was not. */
export function describeTakenOver(all: readonly TakenOver[]): string[] {
  const count = (what: TakenOver["what"]): number => all.filter((one) => one.what === what).length;
  const others = all.filter(({ what }) => what !== "taken").map((
    { network, name, what, shape, found },
  ) =>
    `  ${what.padEnd(7)} ${network}/${name} [${shape.join(", ")}]${
      found === undefined ? "" : `, there [${found.join(", ")}]`
    }`
  );
  return [
    `Weights taken over: ${count("taken")} arrays; newly made: ${count("new")}; skipped: ${
      count("skipped")
    }`,
    ...others,
  ];
}
