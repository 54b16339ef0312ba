/** Which samples a run has. */

/** The pictures in a run's `samples/`: `{index}_{epoch}.jpg`, and a panel `.png` beside each. */
export interface Samples {
  /** Test pictures. */
  readonly indices: readonly number[];
  /** Epochs after which they were predicted. */
  readonly epochs: readonly number[];
  /** Epochs that have a map of D's logits too, `{index}_{epoch}_logits.png`. */
  readonly logits: readonly number[];
  /**
   * Where the pictures of a panel lie, pixels: each `width` by `height`, `margin` apart and `top`
   * from above. Null if input and target differ in size.
   */
  readonly panel: {
    readonly width: number;
    readonly height: number;
    readonly margin: number;
    readonly top: number;
  } | null;
}

/** Names of the files that a page may ask for. */
export const SAMPLE_FILE = /^(\d{1,9})_(\d{1,9})(_logits)?\.(jpg|png)$/;

/** Reads which samples there are. */
export async function readSampleList(
  folder: string,
  panel: Samples["panel"],
): Promise<Samples> {
  const indices = new Set<number>(), epochs = new Set<number>(), logits = new Set<number>();
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      const [, index, epoch, isMap] = SAMPLE_FILE.exec(name) ?? [];
      if (!isFile || index === undefined) continue;
      indices.add(Number(index));
      (isMap === undefined ? epochs : logits).add(Number(epoch));
    }
  } catch {
    // A run without samples, or whose folder was removed.
  }
  return {
    indices: ascending(indices),
    epochs: ascending(epochs),
    logits: ascending(logits),
    panel,
  };
}

function ascending(numbers: Iterable<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}
