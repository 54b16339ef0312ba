/**
 * Leases: one cell, one process, on file systems that keep no locks. A lease is a small file, made
 * and replaced whole, whose holder changes it every few seconds. Whoever sees it unchanged for longer
 * than it says, by a clock of its own, buries it: clocks of other machines do not matter, and a
 * delayed view of the folder is borne as long as the delay is shorter than that.
 */
import { hostname } from "node:os";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { ifThere, temporaryBeside } from "../base/files.ts";

const Holder = z.object({
  /** Of one process. */
  owner: z.string(),
  host: z.string(),
  /** Tells machines, and containers, of one name apart. */
  machine: z.string(),
  process: z.int(),
  /** What the launcher calls it: another process of the same job is an earlier attempt, and over. */
  job: z.string().nullable(),
  /** Counts up. */
  beat: z.int(),
  /** Seconds without a beat after which the lease is over. */
  expires: z.number(),
});

/** The process that holds a lease. */
export type Holder = z.infer<typeof Holder>;

/** The environment variable in which a launcher names its job. */
export const JOB_VARIABLE = "PAIRLAB_JOB";

/**
 * Seconds between beats, and until a lease is over. NFS shows other machines a change after up to 60 s
 * (acdirmax).
 */
const BEAT = 10, EXPIRES = 90;

/** `node7, process 4242` or `node7, Slurm 12_3`. */
export function describeHolder({ host, process, job }: Holder): string {
  return `${host}, ${job ?? `process ${process}`}`;
}

/** What a lease says now. */
export interface Sight {
  readonly holder: Holder;
  /** A beat of it has been seen. */
  readonly alive: boolean;
}

/** Looks at leases again and again. */
export type LeaseWatch = (path: string) => Promise<Sight | undefined>;

/**
 * A watch over leases. It sees undefined for those that are free, and frees those that are over: at
 * once if the holder was a process of this machine that has ended or an earlier attempt of this job.
 */
export function watchLeases(now: () => number = () => performance.now() / 1000): LeaseWatch {
  const seen = new Map<string, { text: string; since: number; alive: boolean }>();
  return async (path) => {
    const text = await read(path);
    const before = seen.get(path);
    if (text === undefined) {
      seen.delete(path);
      return undefined;
    }
    if (before?.text !== text) {
      const alive = before !== undefined && ownerOf(before.text) === ownerOf(text);
      seen.set(path, { text, since: now(), alive });
    }
    const { since, alive } = seen.get(path)!;
    const holder = parse(text);
    if (now() - since <= holder.expires && !await isOver(holder)) return { holder, alive };
    return await bury(path, text) ? undefined : { holder, alive };
  };
}

/**
 * The living holders of leases, undefined for those that are free; one that gives no sign of life for
 * longer than a beat counts as free, and whoever takes its lease finds out.
 */
export async function findHolders(paths: readonly string[]): Promise<(Holder | undefined)[]> {
  const watch = watchLeases();
  const patience = performance.now() + 1500 * BEAT;
  while (true) {
    const sights = await Promise.all(paths.map(watch));
    if (sights.every((sight) => sight?.alive ?? true) || performance.now() > patience) {
      return sights.map((sight) => sight?.alive ? sight.holder : undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A lease of this process. */
export interface Lease {
  /** Aborted when another process has taken it: stop at once, without writing. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** How a lease is kept. */
export interface LeaseOptions {
  /** Seconds between beats. @default 10 */
  readonly beat?: number;
  /** Seconds. @default 90 */
  readonly expires?: number;
  /** Find out whether another holder is alive, instead of taking that for granted. @default true */
  readonly patient?: boolean;
}

/**
 * Takes a lease; of one that another holds, waits until it is over or shown to be alive.
 *
 * @returns The lease, or its living holder.
 */
export async function takeLease(
  path: string,
  { beat = BEAT, expires = EXPIRES, patient = true }: LeaseOptions = {},
): Promise<Lease | Holder> {
  const holder: Holder = {
    owner: crypto.randomUUID(),
    host: hostname(),
    machine: await thisMachine(),
    process: Deno.pid,
    job: Deno.env.get(JOB_VARIABLE) ?? null,
    beat: 0,
    expires,
  };
  const watch = watchLeases();
  while (!await create(path, holder)) {
    const sight = await watch(path);
    if (sight !== undefined && (sight.alive || !patient)) return sight.holder;
    if (sight !== undefined) await new Promise((resolve) => setTimeout(resolve, 100 * beat));
  }
  const lost = new AbortController();
  const heart = new Worker(new URL("./heartbeat.ts", import.meta.url), {
    workerData: { path, holder, every: beat * 1000 },
  });
  heart.on("message", () => lost.abort());
  return {
    lost: lost.signal,
    release: async () => {
      await heart.terminate();
      const text = await read(path);
      if (text !== undefined && ownerOf(text) === holder.owner) await bury(path, text);
    },
  };
}

/** True if a process holds what {@link takeLease} returned. */
export function isLease(taken: Lease | Holder): taken is Lease {
  return "release" in taken;
}

/** Makes a lease that does not exist, whole: a link fails where there is a file, on NFS too. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const beside = temporaryBeside(path);
  try {
    await Deno.writeTextFile(beside, JSON.stringify(holder), { createNew: true });
    await Deno.link(beside, path);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    // An answer of NFS that was lost on its way: the second try finds the first one's file.
    const text = await read(path);
    return text !== undefined && ownerOf(text) === holder.owner;
  } finally {
    await remove(beside);
  }
}

/** Removes a lease if it still says so; one that was made in its place is put back. */
async function bury(path: string, text: string): Promise<boolean> {
  const grave = temporaryBeside(path);
  const buried = await ifThere(Deno.rename(path, grave).then(() => true));
  if (buried === undefined) return true;
  const same = await read(grave) === text;
  // Where a third one was faster, the holder notices that its lease is lost.
  if (!same) await Deno.link(grave, path).catch(() => {});
  await remove(grave);
  return same;
}

async function read(path: string): Promise<string | undefined> {
  return await ifThere(Deno.readTextFile(path));
}

async function remove(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

/** What a lease says; one that is damaged is over after the usual time. */
function parse(text: string): Holder {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    const unknown = { owner: "", host: "an unknown machine", machine: "", process: 0, job: null };
    return { ...unknown, beat: 0, expires: EXPIRES };
  }
}

function ownerOf(text: string): string {
  return parse(text).owner;
}

async function isOver({ machine, process: id, job }: Holder): Promise<boolean> {
  if (job !== null && job === Deno.env.get(JOB_VARIABLE)) return true;
  return machine === await thisMachine() && !isAlive(id);
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

let machine: Promise<string> | undefined;

/** This boot of this machine, and the name space of its processes' numbers, where there is one. */
function thisMachine(): Promise<string> {
  return machine ??= (async () => {
    try {
      const args = ["-c", "cat /proc/sys/kernel/random/boot_id; readlink /proc/self/ns/pid"];
      const { stdout } = await new Deno.Command("sh", { args, stderr: "null" }).output();
      const words = new TextDecoder().decode(stdout).split(/\s+/).join(" ").trim();
      return words === "" ? hostname() : words;
    } catch {
      return hostname();
    }
  })();
}
