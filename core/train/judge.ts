/** D as a function of pictures. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import type { LogitMap } from "../interfaces/callbacks.ts";
import type { Colours } from "../interfaces/experiment.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { encodeInputs, encodeTargets } from "../model/colours.ts";
import { discriminate } from "../model/networks.ts";

/** D's logits of one picture, for each scale; none without a discriminator. */
export type Judge = (input: Picture, picture: Picture, step: number) => Promise<LogitMap[]>;

/** D as a function of pictures, by the statistics of the picture as in training. Nothing of it changes. */
export function createJudge(discriminator: LayersModel | undefined, colours?: Colours): Judge {
  return async (input, picture, step) => {
    if (discriminator === undefined) return [];
    const scales = tf.tidy(() => {
      const mode = {
        ...{ training: true, dropout: false, updateStatistics: false },
        step: tf.scalar(step, "int32"),
      };
      const given = encodeInputs([input], colours), shown = encodeTargets([picture], colours);
      return discriminate(discriminator, given, shown, mode).logits.map((logits) =>
        tf.keep(logits)
      );
    });
    const maps: LogitMap[] = [];
    for (const logits of scales) {
      const [, height, width] = logits.shape;
      maps.push({ data: Float32Array.from(await logits.data()), width, height });
    }
    tf.dispose([...scales]);
    return maps;
  };
}
