/** Who trains together, as the command line or Slurm says. */
import type { Membership } from "../backends/engine_kind.ts";
import { PairlabError } from "../base/errors.ts";

/** The processes that train together. */
export interface Roster {
  readonly membership: Membership;
  /**
   * What another one said last, if this process started it and it has ended; null otherwise.
   *
   * @param patience How long to wait for its end, ms.
   */
  ended(index: number, patience: number): Promise<string | null>;
}

/** A number of workers on this machine, where each of them is, or the tasks of a Slurm step. */
export type WorkersOption =
  | { readonly count: number }
  | { readonly addresses: readonly string[] }
  | { readonly slurm: true };

/**
 * Reads `--workers`: `2`, `host1:29500,host2:29500`, or `slurm`.
 *
 * @throws {PairlabError} For anything else.
 *
 * @example
 * ```ts
 * import { parseWorkers } from "./roster.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseWorkers("2"), { count: 2 });
 * assertEquals(parseWorkers("a:29500,b:29500"), { addresses: ["a:29500", "b:29500"] });
 * ```
 */
export function parseWorkers(text: string): WorkersOption {
  if (/^[1-9]\d{0,3}$/.test(text)) return { count: Number(text) };
  if (text === "slurm") return { slurm: true };
  const addresses = text.split(",");
  const isList = addresses.every((address) => {
    const match = /^(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(address);
    return match !== null && Number(match[1]) >= 1 && Number(match[1]) < 2 ** 16;
  });
  if (isList && new Set(addresses).size === addresses.length) return { addresses };
  throw new PairlabError(
    `Cannot train with the workers "${text}": ${
      isList ? "an address stands there twice" : "it is neither a number nor a list of addresses"
    }. Use e.g. --workers=2, --workers=host1:29500,host2:29500, or --workers=slurm under srun`,
  );
}

/** Threads for each worker of a machine, so that those on it share its cores. */
export function threadsOf({ addresses, index }: Membership, cores: number): number {
  const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(":"));
  const here = hostOf(addresses[index]!);
  const sharing = addresses.filter((address) => hostOf(address) === here).length;
  return Math.max(1, Math.floor(cores / sharing));
}

/**
 * The workers of a list.
 *
 * @param index This one's place.
 * @throws {PairlabError} If the list has no such place.
 */
export function listedRoster(addresses: readonly string[], index: number | undefined): Roster {
  if (index === undefined || index >= addresses.length) {
    throw new PairlabError(
      `Cannot tell which of the ${addresses.length} workers this process is: ${
        index === undefined ? "--worker is missing" : `there is no worker ${index}`
      }. Add --worker=K, with 0 for the first address`,
    );
  }
  return { membership: { addresses, index }, ended: () => Promise.resolve(null) };
}
