/**
 * What every loss must keep to, a user's own too:
 *
 *     conformsAsLoss("l1", () => l1());
 *
 * in a test file runs the whole suite.
 */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Scalar, SymbolicTensor, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { discriminate, trainableVariables } from "../../core/networks.ts";
import type { Judgement, Loss, Mode, Views } from "../../core/plugin.ts";
import { randomStream } from "../../core/random/stream.ts";

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
      assert(generator !== undefined || discriminator !== undefined, "it has neither");
    });

    for (const batch of [1, 3]) {
      const setting: Setting = { batch, ...size };
      const described = `${batch} of ${size.height}x${size.width}`;

      it(`is a finite number in each term (${described})`, () =>
        withViews(setting, (views) => {
          for (const [network, term] of termsOf(loss)) {
            const value = term(views);
            assertEquals(value.shape, [], `${network}: shape`);
            assertEquals(value.dtype, "float32", `${network}: dtype`);
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
            assert(!isZero(picture), `no gradient reaches picture ${index + 1} of ${batch}`);
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
            assert(rank < 4 || !isZero(grads[name]!), `no gradient reaches ${name}`);
          }
        }));

      it(`says the same of the same, and changes nothing (${described})`, () =>
        withViews(setting, (views, viewsOf) => {
          const seen = [views.input, views.target, views.fake];
          const before = seen.map((tensor) => tensor.dataSync().slice());
          for (const [network, term] of termsOf(loss)) {
            const value = valueOf(term, views);
            assertEquals(valueOf(term, viewsOf(views.fake)), value, `${network}, asked twice`);
            const [, same] = termsOf(another).find(([other]) => other === network)!;
            assertEquals(valueOf(same, views), value, `${network}, made twice`);
          }
          assertEquals(seen.map((tensor) => tensor.dataSync()), before);
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
        assertEquals(tf.memory().numTensors, numTensors, "tensors");
        assertEquals(tf.memory().numDataBuffers, numDataBuffers, "buffers");
      }));
  });
}

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
function withViews(
  setting: Setting,
  use: (views: Views, viewsOf: (fake: Tensor4D) => Views, network: LayersModel) => void,
): void {
  const network = tinyDiscriminator(setting);
  tf.tidy(() => {
    const input = draw("input", setting), target = draw("target", setting);
    const fake = tf.add<Tensor4D>(tf.mul(target, 0.75), tf.mul(draw("noise", setting), 0.25));
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
  assert(tensor.dataSync().every(Number.isFinite), `${what} is not finite`);
}

function isZero(tensor: Tensor): boolean {
  return tensor.dataSync().every((value) => value === 0);
}
