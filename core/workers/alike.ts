/** Whether workers are of the same version, and train the same on the same. */
import { createHash } from "node:crypto";
import { PairlabError } from "../base/errors.ts";
import type { Workers } from "./workers.ts";

/** Numbers of 24 bits, which float32 holds. */
function digest(text: string): number[] {
  const bytes = createHash("sha256").update(text).digest();
  return [bytes.readUIntBE(0, 3), bytes.readUIntBE(3, 3)];
}

/**
 * Compares what must be the same in all workers.
 *
 * @param facts By what messages call them, e.g. "data set".
 * @throws {PairlabError} In every worker, naming one that differs from the first, and in what.
 */
export async function checkAlike(
  workers: Workers,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (workers.count === 1) return;
  const names = Object.keys(facts);
  const own = names.flatMap((name) => digest(JSON.stringify(facts[name]) ?? ""));
  const [first = [], ...others] = await workers.exchange(own);
  for (const [at, other] of others.entries()) {
    const differing = names.filter((_, place) =>
      [2 * place, 2 * place + 1].some((digit) => other[digit] !== first[digit])
    );
    if (differing.length === 0) continue;
    throw new PairlabError(
      `Cannot train together: worker ${at + 1} has another ${
        differing.join(" and another ")
      } than worker 0. Give all workers the same files and the same options`,
    );
  }
}
