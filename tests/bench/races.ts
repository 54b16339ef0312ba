/** Races between the ways of computing one product of a convolution. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import process from "node:process";
import { compile } from "../../core/backends/compile.ts";
import {
  filterGradientWays,
  forwardWays,
  inputGradientWays,
  type Product,
} from "../../core/backends/tensorflow/convolution.ts";
import {
  type Backend,
  matrixProduct,
} from "../../core/backends/tensorflow/convolution/operations.ts";
import {
  filterGradientWay,
  fits,
  forwardWay,
  inputGradientWay,
  type Way,
} from "../../core/backends/tensorflow/lowering.ts";
import { vectors } from "../../core/backends/tensorflow/processor.ts";
import type { PlacedConvolution, ProductName } from "./convolutions.ts";
import { errorOf, type Reference, referenceOf } from "./rounding.ts";

/** One product of one convolution, in every way that fits it. */
export interface Race {
  readonly placed: PlacedConvolution;
  readonly product: ProductName;
  readonly ways: ReadonlyMap<string, Product>;
  /** The way that the rule chooses. */
  readonly chosen: string;
  readonly operands: readonly [number[], number[]];
  /** By way. */
  readonly times: ReadonlyMap<string, Times>;
  /** Relative root-mean-square error beside float64, by way. */
  readonly errors: Map<string, number>;
}

/** Milliseconds of repeated runs. */
export interface Times {
  readonly elapsed: number[];
  /** Of all threads together; other programs hardly change it. */
  readonly processor: number[];
}

/** Those of the products that a step computes. */
export function racesOf(placed: PlacedConvolution): Race[] {
  const { conv } = placed;
  const options = { exact: false, vectors: vectors() };
  const race = (
    product: ProductName,
    allWays: Readonly<Record<string, Product>>,
    chosen: string,
    operands: Race["operands"],
  ): Race => {
    const ways = Object.entries(allWays).filter(([way]) => fits[way as Way](conv));
    const times = ways.map(([way]): [string, Times] => [way, { elapsed: [], processor: [] }]);
    return {
      placed,
      product,
      ways: new Map(ways),
      chosen,
      operands,
      times: new Map(times),
      errors: new Map(),
    };
  };
  const { inShape: x, outShape: y, filterShape: filter } = conv;
  return [
    race("forward", forwardWays, forwardWay(conv, options), [x, filter]),
    race("inputGradient", inputGradientWays, inputGradientWay(conv, options), [y, filter]),
    race("filterGradient", filterGradientWays, filterGradientWay(conv, options), [x, y]),
  ].filter(({ product }) => placed.uses[product] > 0);
}

/** The machine between races: as quiet as possible, with cold caches. */
export class Track {
  readonly #factor: Tensor2D = tf.randomNormal([1024, 1024]);
  readonly #large: Tensor2D = tf.randomNormal([4096, 4096]);
  readonly #patience: number;
  #best = Infinity;

  /** @param patience Milliseconds that it waits at most for other programs to pause. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** 10⁹ operations a second of the best 1024x1024 matrix product so far. */
  get rate(): number {
    return 2 * 1024 ** 3 / this.#best / 1e6;
  }

  /** Waits until a matrix product is about as fast as the fastest so far. */
  async quiet(): Promise<void> {
    const deadline = performance.now() + this.#patience;
    do {
      const begin = performance.now();
      matrixProduct(tf.backend() as Backend, this.#factor, this.#factor).dispose();
      const time = performance.now() - begin;
      this.#best = Math.min(this.#best, time);
      if (time < 1.15 * this.#best) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    } while (performance.now() < deadline);
  }

  /** Reads 64 MiB of other data, as the rest of a step does. */
  emptyCaches(): void {
    tf.sum(this.#large).dispose();
  }

  /** Frees its tensors. */
  close(): void {
    tf.dispose([this.#factor, this.#large]);
  }
}

/** Milliseconds that this process has computed. */
function processorTime(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1000;
}

/** Runs the ways in turn, so that other programs disturb all of them alike. */
export async function run(race: Race, track: Track, rounds: number): Promise<void> {
  const [first, second] = race.operands.map((shape) =>
    tf.randomNormal<tf.Rank.R4>(shape as Tensor4D["shape"])
  ) as [Tensor4D, Tensor4D];
  const { conv } = race.placed;
  // Compiled, as in a training step: what a way makes of numbers in JavaScript is made once.
  const compiled = [...race.ways].map(([way, product]) => {
    const backend = tf.backend() as Backend;
    const compute = compile(
      (a: Tensor4D, b: Tensor4D) => product(backend, a, b, conv),
      { name: way },
    );
    return [way, compute] as const;
  });
  const reference = race.errors.size > 0 ? undefined : await referenceFor(race, first, second);
  // Kernels set up what they keep on the first run.
  for (const [way, compute] of compiled) {
    const result = await compute(first, second);
    if (reference !== undefined) {
      race.errors.set(way, errorOf(await result.data<"float32">(), reference));
    }
    result.dispose();
  }
  for (let round = 0; round < rounds; round++) {
    for (const [way, compute] of compiled) {
      await track.quiet();
      track.emptyCaches();
      const { elapsed, processor } = race.times.get(way)!;
      const begin = performance.now(), before = processorTime();
      const result = await compute(first, second);
      processor.push(processorTime() - before);
      elapsed.push(performance.now() - begin);
      result.dispose();
    }
  }
  tf.dispose([first, second]);
}

async function referenceFor(
  { product, placed }: Race,
  ...operands: Tensor4D[]
): Promise<Reference> {
  const [first, second] = await Promise.all(operands.map((one) => one.data<"float32">()));
  return referenceOf(product, first!, second!, placed.conv);
}
