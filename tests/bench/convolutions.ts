/** The convolutions of networks, as a training step computes them. */
import * as tf from "@tensorflow/tfjs";
import type { layers, LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import type { Convolution } from "../../core/backends/tensorflow/convolution/operations.ts";
import type { Networks } from "../../core/model/networks.ts";

/** The three products of a convolution. */
export type ProductName = "forward" | "inputGradient" | "filterGradient";

/** A convolution at its place in a network; a transposed one is the convolution it transposes. */
export interface PlacedConvolution {
  /** e.g. `G down2`. */
  readonly layer: string;
  readonly conv: Convolution;
  /** How often a step computes each product, D seeing real and fake, both updates from one pass. */
  readonly uses: Readonly<Record<ProductName, number>>;
}

/** Those of both networks for a batch, from the picture on. */
export function convolutionsOf(
  { generator, discriminator }: Networks,
  batch: number,
): PlacedConvolution[] {
  return [
    ...placesOf(generator, batch, "G", { forward: 1, back: 1, backToPicture: 0 }),
    // D's own losses go back to its first weights twice, and G's to the picture once.
    ...(discriminator === undefined
      ? []
      : placesOf(discriminator, batch, "D", { forward: 2, back: 3, backToPicture: 1 })),
  ];
}

interface Passes {
  readonly forward: number;
  /** Back through a layer's input. */
  readonly back: number;
  /** The same for the first layer, whose input is the picture. */
  readonly backToPicture: number;
}

function placesOf(
  model: LayersModel,
  batch: number,
  network: string,
  { forward, back, backToPicture }: Passes,
): PlacedConvolution[] {
  const found = model.layers.filter((layer) => layer.getClassName().startsWith("Conv2D"));
  return found.map((layer, index) => {
    const transposed = layer.getClassName() === "Conv2DTranspose";
    const backward = index === 0 ? backToPicture : back;
    return {
      layer: `${network} ${layer.name.replace(/(_transposed)?_convolution$/, "")}`,
      conv: convolutionAt(layer, transposed, batch),
      uses: {
        forward: transposed ? backward : forward,
        inputGradient: transposed ? forward : backward,
        filterGradient: forward,
      },
    };
  });
}

function convolutionAt(layer: layers.Layer, transposed: boolean, batch: number): Convolution {
  const { shape } = (transposed ? layer.output : layer.input) as SymbolicTensor;
  const { strides, padding } = layer.getConfig() as {
    strides: [number, number];
    padding: "same" | "valid";
  };
  return tf.backend_util.computeConv2DInfo(
    [batch, shape[1]!, shape[2]!, shape[3]!],
    layer.weights[0]!.shape as [number, number, number, number],
    strides,
    1,
    padding,
  );
}
