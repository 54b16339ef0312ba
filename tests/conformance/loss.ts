/**
 * The suite for losses, your own included:
 *
 *     conformsAsLoss("l1", () => l1());
 *
 * in a test file runs it.
 */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Scalar, SymbolicTensor, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { compile } from "../../core/backends/compile.ts";
import { discriminate, trainableVariables } from "../../core/model/networks.ts";
import type { Judgement, Loss, Mode, Views } from "../../core/plugin.ts";
import { randomStream } from "../../core/random/stream.ts";
import { assertSameCompiled, describeCompiled } from "./compiled.ts";
import { assertSame } from "./same.ts";

/** What a loss needs of its surroundings. */
export interface LossNeeds {
  /** Pictures of at least this size. @default 20x28 */
  readonly size?: { readonly height: number; readonly width: number };
}

/** Runs the suite for what `makeLoss` makes. */
export function conformsAsLoss(
  name: string,
  makeLoss: () => Loss,
  { size = { height: 20, width: 28 } }: LossNeeds = {},
): void {
  describe(`${name} as a loss`, () => {
    let loss: Loss, another: Loss;
    before(async () => {
      await tf.setBackend("cpu");
      [loss, another] = [makeLoss(), makeLoss()];
      await loss.prepare?.();
      await another.prepare?.();
    });

    it("has a term for G or for D", () => {
      const { generator, discriminator } = loss;
      assert(
        generator !== undefined || discriminator !== undefined,
        "it has neither: a loss is { generator(views) { … } }, or { discriminator(views) { … } }, or both",
      );
    });

    for (const batch of [1, 3]) {
      const setting: Setting = { batch, ...size };
      const described = `${batch} of ${size.height}x${size.width}`;

      it(`is a finite number in each term (${described})`, () =>
        withViews(setting, (views) => {
          for (const [network, term] of termsOf(loss)) {
            const value = term(views);
            assertEquals(
              value.shape,
              [],
              `${network}: the shape of its term, which is one number: tf.mean or tf.sum makes one`,
            );
            assertEquals(value.dtype, "float32", `${network}: the type of its term`);
            assertFinite(`${network}: value`, value);
          }
        }));

      it(`gives G a gradient for every picture (${described})`, () =>
        withViews(setting, (views, viewsOf) => {
          const { generator } = loss;
          if (generator === undefined) return;
          const gradient = tf.grad((fake) => generator(viewsOf(fake as Tensor4D)))(views.fake);
          assertFinite("gradient", gradient);
          for (const [index, picture] of tf.unstack(gradient).entries()) {
            assert(
              !isZero(picture),
              `no gradient reaches picture ${
                index + 1
              } of ${batch}: the term must depend on every picture of views.fake or of the logits`,
            );
          }
        }));

      it(`gives D's weights a gradient (${described})`, () =>
        withViews(setting, (views, viewsOf, network) => {
          const { discriminator } = loss;
          if (discriminator === undefined) return;
          const variables = trainableVariables(network);
          const { grads } = tf.variableGrads(() => discriminator(viewsOf(views.fake)), variables);
          for (const { name, rank } of variables) {
            assertFinite(`gradient of ${name}`, grads[name]!);
            // A bias may be without, where real and fake cancel out.
            assert(
              rank < 4 || !isZero(grads[name]!),
              `no gradient reaches ${name}: the term must depend on realLogits or fakeLogits`,
            );
          }
        }));

      it(`says the same of the same, and changes nothing (${described})`, () =>
        withViews(setting, (views, viewsOf) => {
          const seen = [views.input, views.target, views.fake];
          const before = seen.map((tensor) => tensor.dataSync().slice());
          for (const [network, term] of termsOf(loss)) {
            const value = valueOf(term, views);
            assertEquals(
              valueOf(term, viewsOf(views.fake)),
              value,
              `${network}, asked twice: ${PURE}`,
            );
            const [, same] = termsOf(another).find(([other]) => other === network)!;
            assertEquals(valueOf(same, views), value, `${network}, made twice: ${PURE}`);
          }
          assertSame(
            seen.map((tensor) => tensor.dataSync()),
            before,
            "the pictures have changed",
          );
        }));
    }

    it("bears a fake that is the target, and pictures with nothing on them", () =>
      withViews({ batch: 2, ...size }, ({ input, target }, _, network) => {
        const plain = tf.zerosLike(target);
        for (
          const pictures of [{ input, target, fake: target }, {
            input: plain,
            target: plain,
            fake: plain,
          }]
        ) {
          for (const [name, term] of termsOf(loss)) {
            assertFinite(`${name}: value`, term(lookAt(network, pictures)));
            for (const gradient of gradientsOf(name, term, network, pictures)) {
              assertFinite(`${name}: gradient`, gradient);
            }
          }
        }
      }));

    it("keeps no tensor", () =>
      withViews({ batch: 2, ...size }, (pictures, _, network) => {
        const use = (): void => {
          for (const [name, term] of termsOf(loss)) {
            tf.tidy(() => void gradientsOf(name, term, network, pictures));
          }
        };
        // What it makes when it is first used it may keep, such as constants.
        use();
        const { numTensors, numDataBuffers } = tf.memory();
        use();
        use();
        assertEquals(tf.memory().numTensors, numTensors, `tensors: ${KEPT}`);
        assertEquals(tf.memory().numDataBuffers, numDataBuffers, `buffers: ${KEPT}`);
      }));
  });

  describeCompiled(`${name} as a loss`, () => {
    it("gives the values and gradients that it gives as it is", async () => {
      const loss = makeLoss();
      await loss.prepare?.();
      const setting: Setting = { batch: 2, ...size };
      const network = tinyDiscriminator(setting);
      const terms = (input: Tensor4D, target: Tensor4D, fake: Tensor4D): Tensor[] => {
        const pictures: Pictures = { input, target, fake };
        return termsOf(loss).flatMap(([name, term]) => [
          term(lookAt(network, pictures)),
          ...gradientsOf(name, term, network, pictures),
        ]);
      };
      const pictures = tf.tidy(() => {
        const { input, target, fake } = picturesOf(setting);
        return [input, target, fake] as const;
      });
      const run = async (mode: "on" | "off"): Promise<number[][]> => {
        const results = await compile(terms, { name: `the loss ${name}`, mode })(...pictures);
        const values = results.map((result) => [...result.dataSync()]);
        tf.dispose(results);
        return values;
      };
      const asItIs = await run("off");
      assertSameCompiled(await run("on"), asItIs);
      tf.dispose([...pictures]);
      network.dispose();
    });
  });
}

const PURE = "a term must follow from the views alone; what it draws at random it draws with " +
  "statelessUniform or statelessNormal, keyed by views.step";
const KEPT = "the step tidies up what a term makes, unless it is kept: tf.keep and tf.variable " +
  "belong into `prepare`";

type Term = (views: Views) => Scalar;
type NetworkName = "generator" | "discriminator";
type Pictures = Pick<Views, "input" | "target" | "fake">;

function termsOf(loss: Loss): [NetworkName, Term][] {
  const terms: [NetworkName, Term][] = [];
  if (loss.generator) terms.push(["generator", (views) => loss.generator!(views)]);
  if (loss.discriminator) terms.push(["discriminator", (views) => loss.discriminator!(views)]);
  return terms;
}

function valueOf(term: Term, views: Views): number {
  return term(views).dataSync()[0]!;
}

interface Setting {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** Target and fake are alike, as after some training: in part the same noise. */
function picturesOf(setting: Setting): Pictures {
  const input = draw("input", setting), target = draw("target", setting);
  const fake = tf.add<Tensor4D>(tf.mul(target, 0.75), tf.mul(draw("noise", setting), 0.25));
  return { input, target, fake };
}

function withViews(
  setting: Setting,
  use: (views: Views, viewsOf: (fake: Tensor4D) => Views, network: LayersModel) => void,
): void {
  const network = tinyDiscriminator(setting);
  tf.tidy(() => {
    const { input, target, fake } = picturesOf(setting);
    const viewsOf = (fake: Tensor4D): Views => lookAt(network, { input, target, fake });
    use(viewsOf(fake), viewsOf, network);
  });
  network.dispose();
}

function draw(name: string, { batch, height, width }: Setting): Tensor4D {
  const random = randomStream(5, name);
  const values = Float32Array.from(
    { length: batch * height * width * 3 },
    () => 2 * random.uniform() - 1,
  );
  return tf.tensor4d(values, [batch, height, width, 3]);
}

/** D as losses see it in a step of training. */
function lookAt(network: LayersModel, { input, target, fake }: Pictures): Views {
  const step = tf.scalar(3, "int32");
  const mode: Mode = { training: true, dropout: true, updateStatistics: false, step };
  const judge = (picture: Tensor4D): Judgement => discriminate(network, input, picture, mode);
  const real = judge(target), made = judge(fake);
  return {
    input,
    target,
    fake,
    realLogits: real.logits,
    fakeLogits: made.logits,
    realFeatures: real.features,
    fakeFeatures: made.features,
    discriminate: judge,
    step,
  };
}

/** Two scales, and two features from each. */
function tinyDiscriminator({ height, width }: Setting): LayersModel {
  const inputs = ["input", "picture"].map((name) => tf.input({ shape: [height, width, 3], name }));
  let seed = 0;
  const convolve = (x: SymbolicTensor, name: string, filters: number): SymbolicTensor => {
    const layer = tf.layers.conv2d({
      name,
      filters,
      kernelSize: 3,
      strides: 2,
      padding: "same",
      kernelInitializer: tf.initializers.randomNormal({ stddev: 0.2, seed: ++seed }),
    });
    return layer.apply(x) as SymbolicTensor;
  };
  const both = tf.layers.concatenate().apply(inputs) as SymbolicTensor;
  const halved = tf.layers.averagePooling2d({ poolSize: 2 }).apply(both) as SymbolicTensor;
  const outputs = [both, halved].flatMap((x, scale) => {
    const named = (name: string): string => `scale${scale + 1}_${name}`;
    const feature = convolve(x, named("block1"), 4);
    const active = tf.layers.leakyReLU({ alpha: 0.2 }).apply(feature) as SymbolicTensor;
    const deeper = tf.layers.leakyReLU({ alpha: 0.2, name: named("block2") })
      .apply(convolve(active, named("block2_convolution"), 6)) as SymbolicTensor;
    return [active, deeper, convolve(deeper, named("logits"), 1)];
  });
  return tf.model({ inputs, outputs });
}

/** By what a step of training changes: the fake for G, D's weights for D. */
function gradientsOf(
  name: NetworkName,
  term: Term,
  network: LayersModel,
  { input, target, fake }: Pictures,
): Tensor[] {
  const seenBeside = (fake: Tensor): Views =>
    lookAt(network, { input, target, fake: fake as Tensor4D });
  if (name === "generator") return [tf.grad((fake) => term(seenBeside(fake)))(fake)];
  const { grads } = tf.variableGrads(() => term(seenBeside(fake)), trainableVariables(network));
  return Object.values(grads);
}

function assertFinite(what: string, tensor: Tensor): void {
  assert(
    tensor.dataSync().every(Number.isFinite),
    `${what} is not finite: a root, logarithm or quotient needs an epsilon, also for its gradient`,
  );
}

function isZero(tensor: Tensor): boolean {
  return tensor.dataSync().every((value) => value === 0);
}
