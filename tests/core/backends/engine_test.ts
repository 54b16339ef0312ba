import * as tf from "@tensorflow/tfjs";
import { join } from "@std/path";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { after, afterEach, before, describe, it } from "@std/testing/bdd";
import { type Engine, type EngineChoice, startEngine } from "../../../core/backends/engine.ts";
import { findLibrary } from "../../../core/backends/tensorflow/library.ts";
import { PairlabError } from "../../../core/errors.ts";

const GIVEN = "PAIRLAB_LIBTENSORFLOW";

const installed = await findLibrary();

/** Trains y = 2x by one weight, which every engine can, in every way. */
async function learns(): Promise<boolean> {
  const weight = tf.variable(tf.tensor4d([0], [1, 1, 1, 1]));
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  for (let i = 0; i < 50; i++) {
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() =>
        tf.mean(tf.square(tf.sub(tf.conv2d(x, weight as tf.Tensor4D, 1, "same"), tf.mul(x, 2))))
      );
      weight.assign(tf.sub(weight, tf.mul(Object.values(grads)[0]!, 0.05)));
    });
  }
  const [value = NaN] = await weight.data();
  tf.dispose([weight, x]);
  return Math.abs(value - 2) < 1e-3;
}

describe("startEngine", () => {
  let folder: string;
  let given: string | undefined;
  let engine: Engine | undefined;
  before(async () => {
    folder = await Deno.makeTempDir();
    given = Deno.env.get(GIVEN);
    Deno.env.delete(GIVEN);
  });
  afterEach(() => {
    engine?.close();
    engine = undefined;
  });
  after(async () => {
    if (given !== undefined) Deno.env.set(GIVEN, given);
    await Deno.remove(folder, { recursive: true });
  });

  /** A machine on which TensorFlow's library cannot be had. */
  const without = (): { cache: string; pythons: string[] } => ({ cache: folder, pythons: [] });

  for (const name of ["wasm", "cpu"] as const) {
    it(`starts ${name}, which trains, and says so in one line`, async () => {
      engine = await startEngine(name);
      assertEquals(engine.name, name);
      assertEquals(tf.getBackend(), name);
      assertMatch(engine.version, /^\d+\.\d+\.\d+$/);
      assertEquals(engine.threads, 1);
      assertMatch(engine.reason, new RegExp(`^${name} ${engine.version} \\(.+\\): as chosen$`));
      assert(await learns());
    });
  }

  it(
    "takes tensorflow where it is there",
    { skip: installed === null ? "TensorFlow's library is not here" : false },
    async () => {
      if (given !== undefined) Deno.env.set(GIVEN, given);
      engine = await startEngine("auto", { fetch: false });
      Deno.env.delete(GIVEN);
      assertEquals(engine.name, "tensorflow");
      assertMatch(
        engine.reason,
        /^tensorflow [\d.]+.* \(.+\): the fastest engine that works here$/,
      );
      assert(await learns());
    },
  );

  it("takes wasm where there is no TensorFlow, and says why and what would fetch it", async () => {
    engine = await startEngine("auto", { fetch: false, library: without() });
    assertEquals(engine.name, "wasm");
    assertMatch(engine.reason, /^wasm [\d.]+ \(SIMD, 1 thread\), because tensorflow does not work/);
    assertMatch(engine.reason, /its library is not here, "deno task setup" fetches it/);
    assert(!engine.reason.includes("\n"));
  });

  it("takes wasm where TensorFlow cannot be fetched, without advising what it does anyway", async () => {
    engine = await startEngine("auto", { library: without(), onProgress: () => {} });
    assertEquals(engine.name, "wasm");
    assertMatch(engine.reason, /there is no Python here/);
    assert(!engine.reason.includes("--backend=wasm"));
  });

  it("takes wasm where what should be TensorFlow's library is not", async () => {
    const path = join(folder, "libtensorflow_cc.so.2");
    await Deno.writeTextFile(path, "not a library");
    Deno.env.set(GIVEN, path);
    try {
      engine = await startEngine("auto");
    } finally {
      Deno.env.delete(GIVEN);
    }
    assertEquals(engine.name, "wasm");
    assert(engine.reason.includes(path));
  });

  it("refuses the engine that was asked for where it does not work", async () => {
    await assertRejects(
      () => startEngine("tensorflow", { fetch: false, library: without() }),
      PairlabError,
      '"deno task setup" fetches it',
    );
  });

  it("refuses an engine that does not exist, naming those that do", async () => {
    await assertRejects(
      () => startEngine("tensorfow" as EngineChoice),
      PairlabError,
      'Cannot start the engine "tensorfow": there is no such engine, one of auto, tensorflow, wasm, cpu would work',
    );
  });

  it("starts again after it was closed, with nothing of its tensors left", async () => {
    (await startEngine("wasm")).close();
    engine = await startEngine("wasm");
    assertEquals(tf.backend().numDataIds(), 0);
    assert(await learns());
  });

  it("goes from one engine to another with tensors in between", async () => {
    const first = await startEngine("cpu");
    const x = tf.tensor1d([1, 2, 3]);
    engine = await startEngine("wasm");
    assertEquals([...tf.square(x).dataSync()], [1, 4, 9]);
    first.close();
  });
});
