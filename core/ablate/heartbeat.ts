/** The beats of a lease, on a thread of their own: a step or a compilation may take minutes. */
import { parentPort, workerData } from "node:worker_threads";
import { writeTextDurably } from "../base/files.ts";
import type { Holder } from "./lease.ts";

const { path, holder, every }: {
  readonly path: string;
  readonly holder: Holder;
  readonly every: number;
} = workerData;
let { beat } = holder;
let missed = 0;

const timer = setInterval(async () => {
  try {
    const { owner } = JSON.parse(await Deno.readTextFile(path));
    missed = owner === holder.owner ? 0 : 2;
    if (missed === 0) await writeTextDurably(path, JSON.stringify({ ...holder, beat: ++beat }));
  } catch (error) {
    // Missing for a moment while another process looks whether it is over; any other error is of a
    // disk that is full or away.
    if (error instanceof Deno.errors.NotFound) missed++;
  }
  if (missed < 2) return;
  clearInterval(timer);
  parentPort?.postMessage("lost");
}, every);
