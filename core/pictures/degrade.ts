/** Applies degradations one after the other, and records what they did. */
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Degradation, Degraded, Picture } from "../interfaces/pictures.ts";
import { type Random, randomStream } from "../random/stream.ts";
import { whyNoPicture } from "./shape.ts";

/** What one degradation did. */
export interface DegradationRecord {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** A degraded picture and what was done to it, in order. */
export interface DegradedPicture {
  readonly picture: Picture;
  readonly records: readonly DegradationRecord[];
}

/**
 * Applies each degradation in turn. Each draws from its own random stream, so that adding one at the
 * end does not change what the others draw.
 *
 * @example
 * ```ts
 * import { degradePicture } from "./degrade.ts";
 * import { randomStream } from "../random/stream.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const darken = {
 *   name: "darken",
 *   apply: ({ data, ...rest }: { data: Uint8Array; width: number; height: number; channels: number }) =>
 *     ({ picture: { ...rest, data: data.map((value) => value / 2) }, parameters: { by: 2 } }),
 * };
 * const grey = { data: new Uint8Array([100]), width: 1, height: 1, channels: 1 };
 * const { picture, records } = await degradePicture(grey, [darken as never], randomStream(23));
 * assertEquals(picture.data[0], 50);
 * assertEquals(records, [{ name: "darken", parameters: { by: 2 } }]);
 * ```
 */
export async function degradePicture(
  picture: Picture,
  degradations: readonly Degradation[],
  random: Random,
): Promise<DegradedPicture> {
  const seed = random.integer(2 ** 32);
  const records: DegradationRecord[] = [];
  let spoilt = picture;
  for (const [index, { name, apply }] of degradations.entries()) {
    const done = await degradeOnce(
      name,
      () => apply(spoilt, randomStream(seed, "degradation", index)),
    );
    spoilt = done.picture;
    records.push({ name, parameters: done.parameters });
  }
  return { picture: spoilt, records };
}

/** What a degradation throws or returns is named by it. */
async function degradeOnce(
  name: string,
  apply: () => Degraded | Promise<Degraded>,
): Promise<Degraded> {
  const fail = (reason: string, cause?: unknown): PairlabError =>
    new PairlabError(`Cannot degrade a picture by "${name}": ${reason}`, { cause });
  let done: Partial<Degraded> | undefined;
  try {
    done = await apply();
  } catch (error) {
    throw error instanceof PairlabError ? error : fail(messageOf(error), error);
  }
  const reason = whyNoPicture(done?.picture);
  if (reason !== undefined) throw fail(`of what it returned as picture, ${reason}`);
  if (typeof done?.parameters !== "object") throw fail("it returned no parameters");
  return done as Degraded;
}

/**
 * Records as words that are valid in a file name.
 *
 * @example
 * ```ts
 * import { describeDegradations } from "./degrade.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const blur = { name: "gaussianBlur", parameters: { sigma: 2.3456 } };
 * const jpeg = { name: "jpeg", parameters: { quality: 37 } };
 * assertEquals(describeDegradations([blur, jpeg]), "gaussianBlur sigma=2.35, jpeg quality=37");
 * ```
 */
export function describeDegradations(records: readonly DegradationRecord[]): string {
  return records.map(({ name, parameters }) =>
    [
      name,
      ...Object.entries(parameters).map(([key, value]) => `${key}=${Number(value.toPrecision(3))}`),
    ].join(" ")
  ).join(", ");
}
