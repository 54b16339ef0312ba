/** Whether TensorFlow can use an NVIDIA card here, and what it lacks. */
import { findCuda, loadCuda } from "./cuda.ts";
import { type Driver, findDriver } from "./driver.ts";

/** A card, and what is loaded for it. */
export interface Gpu {
  readonly card: string;
  /** The newest CUDA that the driver runs. */
  readonly cuda: string;
  /** CUDA's libraries that do not load. */
  readonly missing: readonly string[];
  /** Why TensorFlow does not use it, should that be so. */
  readonly whyNot: string;
}

/** CUDA's version that the libraries are of: drivers of a newer one run it as well. */
const CUDA_MAJOR = 12;

/**
 * Loads CUDA's libraries, from the cache or the system, where there is a card for them; to be called
 * before TensorFlow is loaded.
 *
 * @returns Null where there is no card.
 */
export async function prepareGpu(
  cache?: string,
  driver: Driver | null = findDriver(),
): Promise<Gpu | null> {
  const [card] = driver?.cards ?? [];
  if (driver === null || card === undefined) return null;
  const missing = await loadCuda(await findCuda(cache));
  const fetch = '"deno task setup --gpu" fetches it';
  const reason = Number.parseInt(driver.cuda) < CUDA_MAJOR
    ? `its driver runs CUDA ${driver.cuda} at most, and ${CUDA_MAJOR} is needed: install a newer driver`
    : missing.length > 0
    ? `CUDA's ${missing.join(", ")} is missing: ${fetch}`
    : `this build of TensorFlow does not: ${fetch}`;
  return { card, cuda: driver.cuda, missing, whyNot: `${card} is not used, since ${reason}` };
}
