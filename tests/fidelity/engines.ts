/** The engines on which the suite runs: all that work here. */
import * as tf from "@tensorflow/tfjs";
import { after, before, describe } from "@std/testing/bdd";
import { startTensorflow } from "../../core/backends/tensorflow/backend.ts";
import { findLibrary } from "../../core/backends/tensorflow/library.ts";
import { startWasm } from "../../core/backends/wasm/backend.ts";
import { startWebgpu } from "../../core/backends/webgpu/backend.ts";
import { OWN_PROCESS, skip as webgpuSkip } from "../core/backends/webgpu/adapter.ts";

interface Startable {
  readonly name: string;
  /** Why it is left out here, or false. */
  readonly skip: string | false;
  start(): Promise<{ close(): void }>;
}

const library = await findLibrary();

/** In a process of its own, since TensorFlow crashes beside Mesa's drivers. */
const WEBGPU: Startable = { name: "webgpu", skip: webgpuSkip, start: startWebgpu };

const ENGINES: readonly Startable[] = Deno.env.has(OWN_PROCESS) ? [WEBGPU] : [
  {
    name: "cpu",
    skip: false,
    start: async () => {
      await tf.setBackend("cpu");
      return { close: () => {} };
    },
  },
  { name: "wasm", skip: false, start: startWasm },
  {
    name: "tensorflow",
    skip: library === null ? "TensorFlow's library is not here: deno task setup fetches it" : false,
    start: () => startTensorflow({ library: library?.path ?? "" }),
  },
];

/** Describes the same claims on every engine, each started before and closed after. */
export function describeOnEngines(subject: string, claims: () => void): void {
  for (const { name, skip, start } of ENGINES) {
    describe(`${subject} on ${name}`, { skip }, () => {
      let engine: { close(): void } | undefined;
      before(async () => {
        engine = await start();
      });
      after(() => engine?.close());
      claims();
    });
  }
}
