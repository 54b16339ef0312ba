/** Cells as array jobs of Slurm. */
import { basename, join } from "@std/path";
import {
  counted,
  type DetachedLauncher,
  type Launch,
  messageOf,
  PairlabError,
  type Pending,
  writeTextDurably,
} from "../../core/plugin.ts";
import { call, pathOf, sbatch } from "./slurm/programs.ts";
import { arrayScript, quoted, tableScript } from "./slurm/scripts.ts";

/** What each cell gets of the cluster. All may be left out: the cluster's defaults hold. */
export interface SlurmOptions {
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  /** Minutes, or as Slurm writes it: `1-12:00:00`. A cell that needs longer is queued again. */
  readonly time?: number | string | undefined;
  /** As Slurm writes it: `8G`. */
  readonly memory?: string | undefined;
  /** Cores, which are a cell's threads: decided by whoever launches the sweep first. @default 1 */
  readonly cores?: number | undefined;
  readonly gpus?: number | undefined;
  /** Cells at once at most, unless `--jobs` says so. @default as many as Slurm allows */
  readonly throttle?: number | undefined;
  /** Cells in one array, less than Slurm's MaxArraySize; more cells are several arrays. @default 1000 */
  readonly array?: number | undefined;
  /** Seconds before its time limit at which a cell is asked to save. @default 120 */
  readonly warning?: number | undefined;
  /** Lines of the job's script before the cell, e.g. `module load cuda/12`. */
  readonly setup?: string | undefined;
  /** A program that runs the cell's, e.g. `["apptainer", "exec", "--nv", "pairlab.sif"]`. */
  readonly within?: readonly string[] | undefined;
  /** More options of sbatch, e.g. `["--qos=long", "--exclude=node7"]`. */
  readonly flags?: readonly string[] | undefined;
  /** The folder of sbatch, squeue and scancel. @default they are found through PATH */
  readonly programs?: string | undefined;
}

/** Options, those completed that have defaults. */
type Settings = SlurmOptions & { readonly array: number; readonly warning: number };

/** One array that was submitted: `slurm/N.json` in the sweep's folder. */
interface Submitted {
  /** The name of the job, of this array only. */
  readonly name: string;
  /** By the number of their task. */
  readonly cells: readonly string[];
  /** Its number; missing if the process that submitted it ended right then. */
  readonly job?: string | undefined;
}

/** The states of tasks that are not at their end. */
const IN_HAND =
  /^(PENDING|RUNNING|SUSPENDED|STOPPED|COMPLETING|CONFIGURING|RESIZING|SIGNALING|STAGE_OUT|REQUEUED|REQUEUE_FED|REQUEUE_HOLD|RESV_DEL_HOLD|SPECIAL_EXIT)$/;

/**
 * Submits cells as an array job, and behind it a job that writes the table. It needs sbatch, squeue and
 * scancel on the machine where it is called, and a folder that all nodes share. More cells than an
 * array may have are several arrays; with a throttle, one begins when the one before has ended.
 *
 * A task is asked to save some time before its limit, and then has Slurm queue it again; so does Slurm
 * with those that are preempted or whose node fails.
 *
 * @throws {PairlabError} If the warning is longer than the time, or an array would have no cells.
 *
 * @example
 * ```ts
 * import { slurm } from "./slurm.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const launcher = slurm({ partition: "gpu", time: "8:00:00", memory: "16G", cores: 4, gpus: 1 });
 * assertEquals(launcher.cores, 4);
 * assertThrows(() => slurm({ time: 1 }), Error, "120 s before");
 * ```
 */
export function slurm(options: SlurmOptions = {}): DetachedLauncher {
  const { cores = 1, time, array = 1000, warning = 120 } = options;
  if (!(Number.isInteger(array) && array >= 1)) {
    throw new PairlabError(`Cannot submit arrays of ${array} cells. Use a whole number from 1 on.`);
  }
  if (typeof time === "number" && time * 60 <= warning) {
    throw new PairlabError(
      `Cannot ask cells to save ${warning} s before a limit of ${time} min. Use a longer \`time\` or a shorter \`warning\`.`,
    );
  }
  return {
    name: "slurm",
    cores,
    submit: (launch) => submit(launch, { ...options, array, warning }),
    pending: (folder) => pending(folder, options),
  };
}

async function submit(launch: Launch, options: Settings): Promise<string[]> {
  const { cells } = launch;
  const jobs = launch.jobs ?? options.throttle;
  const arrays: (Submitted & { readonly job: string })[] = [];
  let refused: string | undefined;
  for (let first = 0; first < cells.length && refused === undefined; first += options.array) {
    const part = { ...launch, jobs, cells: cells.slice(first, first + options.array) };
    // A throttle is one array's own: the next one waits until this one has ended.
    const after = jobs === undefined ? undefined : arrays.at(-1)?.job;
    try {
      arrays.push(await submitArray(part, options, after));
    } catch (error) {
      // Clusters limit how much one user submits. What is submitted goes on.
      if (arrays.length === 0 || !(error instanceof PairlabError)) throw error;
      refused = `${counted(cells.length - first, "cell")} not submitted: ${
        error.message.replace(/\.$/, "")
      }. Submit them with the same command, later.`;
    }
  }
  const submitted = arrays.reduce((sum, array) => sum + array.cells.length, 0);
  const ids = arrays.map(({ job }) => job);
  const limit = jobs === undefined ? "" : `, at most ${jobs} at once`;
  const named = ids.length === 1 ? `job ${ids[0]}` : `jobs ${ids.join(", ")}`;
  const table = `${arrays[0]!.name}-table`;
  return [
    `Submitted ${counted(submitted, "cell")} as Slurm's ${named}${limit}`,
    ...refused === undefined ? [] : [refused],
    await submitTable(launch, options, { name: table, after: ids }),
    `See them with:\n  squeue --name=${[...arrays.map(({ name }) => name), table].join(",")}`,
  ];
}

/** Submits one array, which begins once the job `after` has ended. */
async function submitArray(
  launch: Launch,
  options: Settings,
  after: string | undefined,
): Promise<Submitted & { readonly job: string }> {
  const { folder, cells, jobs } = launch;
  const own = join(folder, "slurm");
  await Deno.mkdir(own, { recursive: true });
  const number = 1 + Math.max(0, ...(await readSubmitted(folder)).keys());
  const name = `${await nameOf(folder)}-${number}`;
  // Written before: Slurm tells jobs by their name should this process end right after sbatch.
  const record: Submitted = { name, cells: cells.map(({ address }) => address) };
  const note = join(own, `${number}.json`);
  const writeNote = (record: Submitted): Promise<void> =>
    writeTextDurably(note, `${JSON.stringify(record)}\n`);
  await writeNote(record);
  const script = arrayScript(launch, options);
  // A copy for people; Slurm has its own.
  await writeTextDurably(join(own, `${number}.sh`), script);
  let job: string;
  try {
    job = await sbatch(options, script, [
      ...resources(launch, options),
      `--job-name=${name}`,
      `--array=0-${cells.length - 1}${jobs === undefined ? "" : `%${jobs}`}`,
      ...after === undefined ? [] : [`--dependency=afterany:${after}`],
      `--output=${escaped(own)}/%A_%a.out`,
      `--signal=B:USR1@${options.warning}`,
      "--requeue",
      "--open-mode=append",
    ]);
  } catch (error) {
    await Deno.remove(note);
    throw error;
  }
  await writeNote({ ...record, job });
  return { ...record, job };
}

/** Submits the job that writes the table; returns a line for people. */
async function submitTable(
  launch: Launch,
  options: Settings,
  { name, after }: { readonly name: string; readonly after: readonly string[] },
): Promise<string> {
  const { gpus: _, cores: __, ...plain } = options;
  try {
    const job = await sbatch(options, tableScript(launch, options), [
      ...resources({ ...launch, cores: 1 }, plain),
      `--job-name=${name}`,
      `--dependency=afterany:${after.join(":")}`,
      `--output=${escaped(join(launch.folder, "slurm"))}/table_%j.out`,
    ]);
    return `Job ${job} writes the table when they have ended`;
  } catch (error) {
    return `No job writes the table: ${messageOf(error)}`;
  }
}

/** A name for the jobs of a sweep that no other one has. */
async function nameOf(folder: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(folder));
  const digits = new Uint8Array(hash).slice(0, 4).toHex();
  return `${basename(folder).replace(/[^\w-]/g, "_").slice(0, 60)}-${digits}`;
}

/** What sbatch is told of every job. */
function resources(
  { directory, cores }: Launch,
  { partition, account, time, memory, gpus, flags = [] }: SlurmOptions,
): string[] {
  const given = {
    partition,
    account,
    time,
    mem: memory,
    gres: gpus === undefined ? undefined : `gpu:${gpus}`,
    "cpus-per-task": cores,
    "nodes": 1,
    "ntasks": 1,
    "chdir": directory,
  };
  return [
    ...Object.entries(given).flatMap(([key, value]) =>
      value === undefined ? [] : [`--${key}=${value}`]
    ),
    ...flags,
  ];
}

/** A path in a pattern of file names. */
function escaped(path: string): string {
  return path.replaceAll("%", "%%");
}

/** The arrays that were submitted for a sweep, by their numbers. */
async function readSubmitted(folder: string): Promise<Map<number, Submitted>> {
  const found = new Map<number, Submitted>();
  try {
    for await (const { name } of Deno.readDir(join(folder, "slurm"))) {
      const [, number] = /^(\d+)\.json$/.exec(name) ?? [];
      if (number === undefined) continue;
      found.set(Number(number), JSON.parse(await Deno.readTextFile(join(folder, "slurm", name))));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

async function pending(folder: string, options: SlurmOptions): Promise<Pending> {
  const arrays = new Map([...(await readSubmitted(folder)).values()].map((one) => [one.name, one]));
  const cells = new Map<string, string>(), ended = new Map<string, string>();
  if (arrays.size === 0) return { cells };
  const jobs = new Set<string>();
  const listed = await call(options, "squeue", [
    `--name=${[...arrays.keys()].join(",")}`,
    ...["--array", "--noheader", "--states=all", "--format=%j|%i|%T|%r|%N"],
  ]);
  // squeue forgets jobs a few minutes after their end.
  for (const line of [...await account(arrays, options), ...listed.split("\n")]) {
    const [name = "", id = "", state = "", reason = "", nodes = ""] = line.split("|");
    const [job = "", task] = id.split("_");
    const address = arrays.get(name)?.cells[Number(task)];
    if (address === undefined) continue;
    if (IN_HAND.test(state)) {
      const where = nodes === "" ? reason : `on ${nodes}`;
      cells.set(address, `${state.toLowerCase()} in Slurm's job ${id} (${where})`);
      jobs.add(job);
    } else if (state !== "COMPLETED") ended.set(address, `${state} in Slurm's job ${id}`);
  }
  const cancel = jobs.size === 0 ? undefined : quoted([pathOf(options, "scancel"), ...jobs]);
  return { cells, ended, cancel };
}

/** Lines of tasks that are over, from Slurm's accounting; none where a cluster has none. */
async function account(
  arrays: ReadonlyMap<string, Submitted>,
  options: SlurmOptions,
): Promise<string[]> {
  const jobs = [...arrays.values()].flatMap(({ job }) => job === undefined ? [] : [job]);
  const form = ["--allocations", "--noheader", "--parsable2", "--format=JobName,JobID,State"];
  try {
    const listed = await call(options, "sacct", [`--jobs=${jobs.join(",")}`, ...form]);
    // What is not over, squeue knows better. "CANCELLED by 1000" is a state, too.
    return listed.split("\n").map((line) => line.replace(/ by \d+$/, "")).filter((line) =>
      !IN_HAND.test(line.split("|")[2] ?? "")
    );
  } catch (error) {
    if (error instanceof PairlabError) return [];
    throw error;
  }
}
