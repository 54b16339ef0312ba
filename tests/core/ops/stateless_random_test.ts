import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { statelessNormal, statelessUniform } from "../../../core/ops/mod.ts";
import fixture from "../random/fixtures/stateless.json" with { type: "json" };

for (const backend of ["cpu", "wasm"]) {
  describe(`statelessUniform and statelessNormal on ${backend}`, () => {
    before(async () => {
      if (backend === "wasm") await startWasm();
      else await tf.setBackend(backend);
    });

    it("give tensors of TensorFlow's numbers, in row-major order", () => {
      const { seed, uniform } = fixture.cases.find(({ length }) => length === 64)!;
      tf.tidy(() => {
        const numbers = statelessUniform([4, 2, 8], tf.tensor1d(seed, "int32"));
        assertEquals(numbers.shape, [4, 2, 8]);
        assertEquals(numbers.dtype, "float32");
        assertEquals([...numbers.dataSync()], uniform);
      });
    });

    it("give a scalar and an empty tensor", () => {
      tf.tidy(() => {
        const seed = tf.tensor1d([23, 1], "int32");
        assertEquals(statelessNormal([], seed).shape, []);
        assertEquals(statelessNormal([0, 3], seed).dataSync().length, 0);
      });
    });

    it("let a gradient pass by", () => {
      tf.tidy(() => {
        const seed = tf.tensor1d([23, 1], "int32");
        const gradient = tf.grad((x) => tf.mul(x, statelessUniform([3], seed)))(tf.ones([3]));
        assertEquals(gradient.arraySync(), statelessUniform([3], seed).arraySync());
      });
    });

    it("leave no tensor behind but the result", () => {
      const seed = tf.tensor1d([23, 1], "int32");
      const before = tf.memory().numTensors;
      statelessUniform([3], seed).dispose();
      statelessNormal([3], seed).dispose();
      assertEquals(tf.memory().numTensors, before);
      seed.dispose();
    });

    it("refuse a seed that is not int32[2]", () => {
      tf.tidy(() => {
        assertThrows(() => statelessUniform([1], tf.tensor1d([1, 2])), TypeError, "float32[2]");
        assertThrows(
          () => statelessNormal([1], tf.tensor1d([1, 2, 3], "int32")),
          TypeError,
          "int32[3]. Use int32[2].",
        );
      });
    });
  });
}
