import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { dirname, join } from "@std/path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { startWasm, type WasmBackend } from "../../../../core/backends/wasm/backend.ts";
import { moduleOf } from "../../../../core/backends/wasm/heap.ts";
import { randomStream } from "../../../../core/random/stream.ts";

const PACKAGE = dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")));

function drawn(shape: number[], name: string): tf.Tensor {
  const { normal } = randomStream(23, name);
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, normal), shape);
}

/** Values of a network's operations and of their gradients, as bytes. */
function compute(): string[] {
  return tf.tidy(() => {
    const x = drawn([1, 32, 32, 16], "x"), filter = drawn([4, 4, 16, 24], "filter");
    const apply = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor => {
      const y = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, "same");
      return tf.conv2dTranspose(tf.leakyRelu(y), filter as tf.Tensor4D, [1, 32, 32, 16], 2, "same");
    };
    const y = apply(x, filter);
    const gradients = tf.grads((x, filter) => tf.sum(tf.square(apply(x, filter))))([x, filter]);
    const product = tf.matMul(drawn([130, 70], "a"), drawn([70, 90], "b"));
    return [y, product, ...gradients].map((tensor) =>
      new Uint8Array(tensor.dataSync<"float32">().buffer).toString()
    );
  });
}

/** Which local variables the functions of a binary have, by the byte of their type. */
function localTypes(binary: Uint8Array): Set<number> {
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = binary[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const types = new Set<number>();
  while (at < binary.length) {
    const section = binary[at++]!, end = number() + at;
    if (section === 10) {
      for (let functions = number(); functions > 0; functions--) {
        const next = number() + at;
        for (let groups = number(); groups > 0; groups--) {
          number();
          types.add(binary[at++]!);
        }
        at = next;
      }
    }
    at = end;
  }
  return types;
}

describe("the threads of wasm", () => {
  let engine: WasmBackend | undefined;
  afterEach(() => {
    engine?.close();
    engine = undefined;
  });

  it("are as many as were asked for, up to eight, and give the same bits as one", async () => {
    engine = await startWasm({ threads: 1 });
    assertEquals(engine.threads, 1);
    const expected = compute();
    for (const threads of [2, 9]) {
      engine.close();
      engine = await startWasm({ threads });
      assertEquals([engine.threads, engine.lack], [Math.min(threads, 8), null]);
      assertEquals(compute(), expected);
    }
  });

  it("are of the binary with SIMD instructions, over a memory that is shared", async () => {
    engine = await startWasm({ threads: 1 });
    const { HEAPU8 } = moduleOf(tf.backend() as BackendWasm);
    // Only the binary with SIMD and threads has one.
    assert(HEAPU8.buffer instanceof SharedArrayBuffer);
    const read = async (name: string): Promise<Set<number>> =>
      localTypes(await Deno.readFile(join(PACKAGE, name)));
    const v128 = 0x7b;
    assert((await read("tfjs-backend-wasm-threaded-simd.wasm")).has(v128));
    assert(!(await read("tfjs-backend-wasm.wasm")).has(v128));
  });

  it("leave the global Worker to everybody else", async () => {
    const own = globalThis.Worker;
    engine = await startWasm({ threads: 2 });
    assertEquals(globalThis.Worker, own);
  });

  it("are not kept when the engine is started with no whole number of them", async () => {
    for (const threads of [0, 1.5, NaN]) {
      await assertRejects(
        () => startWasm({ threads }),
        RangeError,
        `Cannot compute with ${threads} threads. Use a whole number from 1.`,
      );
    }
  });

  it("do not keep a process from ending", async () => {
    const { success, stderr } = await runElsewhere(
      `
      const { threads } = await startWasm({ threads: 2 });
      tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync();
    `,
      ["--allow-all"],
    );
    assert(success, stderr);
  });

  it("are one where the process may not start others, and it is said why", async () => {
    const { stdout, stderr } = await runElsewhere(
      `
      const { threads, lack } = await startWasm({ threads: 2 });
      console.log(threads, tf.ones([2]).sum().dataSync()[0], lack);
    `,
      ["--allow-env", "--allow-sys", `--allow-read=${PACKAGE}`],
    );
    assertMatch(stdout, /^1 2 \S/, stderr);
  });
});

/** Runs code in a process of its own, with `tf` and `startWasm`, until it ends by itself. */
async function runElsewhere(
  code: string,
  permissions: readonly string[],
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const backend = import.meta.resolve("../../../../core/backends/wasm/backend.ts");
  const program = `
    import * as tf from "@tensorflow/tfjs";
    import { startWasm } from ${JSON.stringify(backend)};
    ${code}`;
  const config = fileURLToPath(import.meta.resolve("../../../../deno.json"));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--config", config, ...permissions, "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { success, stdout: decode(stdout), stderr: decode(stderr) };
}
