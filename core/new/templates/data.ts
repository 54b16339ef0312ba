import {
  checkSplitOptions,
  datasetOf,
  type DataSource,
  fingerprintOf,
  type Pair,
  type Picture,
  randomStream,
  splitPairs,
} from "../../../mod.ts";

/** Options of {@link myData}. */
export interface MyDataOptions {
  /** How many pairs there are. @default 100 */
  readonly count?: number;
  /** Height and width, pixels. @default 64 */
  readonly size?: number;
  /** The share of them that is trained on, between 0 and 1; the others test. @default 0.8 */
  readonly trainShare?: number;
  /** Decides every picture. @default 23 */
  readonly seed?: number;
}

/**
 * Waves that no file holds: the target is a wave of a random length and colour, the input the same
 * at half its strength.
 *
 * @throws {PairlabError} At once for a count or share that no split could meet.
 */
export function myData(
  { count = 100, size = 64, trainShare = 0.8, seed = 23 }: MyDataOptions = {},
): DataSource {
  checkSplitOptions({ count, trainShare });
  const draw = (name: string): Pair => {
    // Named streams: the same pair whenever, and in whatever order, it is asked for.
    const random = randomStream(seed, "waves", name);
    const length = 4 + 12 * random.uniform();
    const colour = [0, 1, 2].map(() => 64 + random.integer(64));
    const picture = (strength: number): Picture => ({
      width: size,
      height: size,
      channels: 3,
      data: Uint8Array.from({ length: size * size * 3 }, (_, index) => {
        const column = Math.floor(index / 3) % size;
        return colour[index % 3]! * (1 + strength * Math.sin(2 * Math.PI * column / length));
      }),
    });
    return { name, input: picture(0.5), target: picture(1) };
  };
  const waves = (names: readonly string[]) =>
    datasetOf(names, (name) => name, (name) => Promise.resolve(draw(name)));
  return {
    open: async () => {
      const all = Array.from({ length: count }, (_, index) => `wave-${index}`);
      const { train, test } = splitPairs(all, trainShare);
      return {
        train: waves(train),
        test: waves(test),
        description:
          `${count} waves of ${size}x${size} (${train.length} train, ${test.length} test)`,
        // Everything that decides the pairs: a run does not resume with others.
        fingerprint: await fingerprintOf([JSON.stringify({ count, size, trainShare, seed })]),
      };
    },
  };
}
