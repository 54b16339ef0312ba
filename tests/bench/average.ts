/**
 * The cost of one average of gradients over the workers of this machine:
 * `deno run -A tests/bench/average.ts` prints ms by workers and parameters, medians of all rounds.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import { compile } from "../../core/backends/compile.ts";
import { startEngine } from "../../core/backends/engine.ts";
import { averageAcrossWorkers } from "../../core/ops/across_workers.ts";
import { listedRoster } from "../../core/workers/roster.ts";
import { meet } from "../../core/workers/workers.ts";

/** Parameters of the paper's generator and discriminator. */
const SIZES = [54_400_000, 2_800_000];
const ROUNDS = 7;

/** Takes part in the averages. @returns Median ms of each size. */
async function work(addresses: readonly string[], index: number): Promise<number[]> {
  const roster = listedRoster(addresses, index);
  const { membership } = roster;
  const engine = await startEngine("tensorflow", { fetch: false, threads: 1, membership });
  await meet(engine.peers!, roster, 60_000);
  const medians: number[] = [];
  for (const size of SIZES) {
    const average = compile((x: tf.Tensor) => averageAcrossWorkers([x], { name: "bench" })[0]!);
    const x = tf.ones([size]);
    const times: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const begun = performance.now();
      tf.dispose(await average(x));
      // The first one is traced, and the workers find each other.
      if (round > 0) times.push(performance.now() - begun);
    }
    medians.push(times.sort((a, b) => a - b)[ROUNDS >> 1]!);
    x.dispose();
  }
  return medians;
}

const [given, place] = Deno.args;
if (given !== undefined) {
  const line = JSON.stringify(await work(given.split(","), Number(place)));
  await Deno.stdout.write(new TextEncoder().encode(line));
  Deno.exit(0);
}
for (const count of [1, 2, 4]) {
  const listeners = Array.from({ length: count }, () => Deno.listen({ port: 0 }));
  const addresses = listeners.map(({ addr }) => `127.0.0.1:${(addr as Deno.NetAddr).port}`);
  for (const listener of listeners) listener.close();
  const outputs = await Promise.all(addresses.map((_, index) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", fileURLToPath(import.meta.url), `${addresses}`, `${index}`],
    }).output()
  ));
  const [first] = outputs.map(({ stdout }) => new TextDecoder().decode(stdout));
  const figures = (JSON.parse(first!) as number[]).map((ms) => ms.toFixed(0));
  await Deno.stdout.write(new TextEncoder().encode(`${count} workers: ${figures.join(", ")} ms\n`));
}
Deno.exit(0);
