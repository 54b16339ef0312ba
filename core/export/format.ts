/** What an export format is. */
import type { Tensor4D } from "@tensorflow/tfjs";
import type { ImageShape } from "../interfaces/pictures.ts";
import type { ExportedGenerator } from "./generator.ts";
import type { Graph } from "./graph.ts";

/** What is written. */
export interface ExportParts {
  readonly generator: ExportedGenerator;
  readonly graph: Graph;
  /** Pairlab's version. */
  readonly version: string;
  /** One sentence: what the network does. */
  readonly description: string;
  /** What the file says of itself, where the format has a place for it. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Store weights in 16 bits; they are computed with in 32. */
  readonly halves: boolean;
}

/** An exported network at work: levels `[batch, height, width, channels]` in 0…255 to the same. */
export type ExportedNetwork = (levels: Tensor4D) => Promise<Float32Array>;

/** A function of tensors as such a network. */
export function networkOf(run: (levels: Tensor4D) => Tensor4D): ExportedNetwork {
  return async (levels) => {
    const output = run(levels);
    const values = await output.data<"float32">();
    output.dispose();
    return values;
  };
}

/** A file format that generators are exported to. */
export interface ExportFormat {
  /** On the command line, e.g. `onnx`. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /**
   * Writes the files of a network.
   *
   * @param folder Exists, and is empty.
   * @throws {PairlabError} If the format cannot hold the network.
   */
  write(folder: string, parts: ExportParts): Promise<void>;
  /**
   * Opens what was written, to compare it with Pairlab's own prediction.
   *
   * @returns What it computes, or a sentence that says why it cannot be run here.
   */
  open(folder: string, parts: ExportParts): Promise<ExportedNetwork | string>;
  /** Weights can be stored in 16 bits. */
  readonly storesHalves: boolean;
  /** What runs the network when it is compared, e.g. `ONNX Runtime`. */
  readonly comparedBy: string;
  /** Programs of a few lines that use it, by file name, for a network of this size. */
  examples(size: ImageShape): Readonly<Record<string, string>>;
  /** How to use it, in Markdown, for the card. */
  readonly usage: string;
}
