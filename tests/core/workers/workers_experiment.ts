/** The tiny experiment with norms and dropout of each picture for itself, for several workers. */
import { experiment } from "../../../core/experiment/experiment.ts";
import { patchGan } from "../../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../../plugins/generators/unet.ts";
import { instanceNorm } from "../../../plugins/layers/instance_norm.ts";
import { plainPairs, tinyData, tinyWiring } from "../train/tiny.ts";

export default experiment(
  { epochs: 2, size: 32, pairs: 5 },
  (p) => {
    const data = { ...tinyData, train: plainPairs(p.pairs), fingerprint: `plain ${p.pairs}` };
    return tinyWiring({
      data: { open: () => Promise.resolve(data) },
      generator: unet({ filters: [4, 8, 8], dropout: 1, norm: instanceNorm() }),
      discriminator: patchGan({ receptiveField: 16, filters: 4, norm: instanceNorm() }),
    });
  },
);
