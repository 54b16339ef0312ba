/** Cells as an array job of Slurm. */
import { basename, join } from "@std/path";
import {
  asArgument,
  CELL_STATUS,
  counted,
  type DetachedLauncher,
  JOB_VARIABLE,
  type Launch,
  messageOf,
  PairlabError,
  type Pending,
  writeTextDurably,
} from "../../core/plugin.ts";

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
 * scancel on the machine where it is called, and a folder that all nodes share.
 *
 * A task is asked to save some time before its limit, and then has Slurm queue it again; so does Slurm
 * with those that are preempted or whose node fails.
 *
 * @throws {PairlabError} If the warning is longer than the time.
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
  const { cores = 1, time, warning = 120 } = options;
  if (typeof time === "number" && time * 60 <= warning) {
    throw new PairlabError(
      `Cannot ask cells to save ${warning} s before a limit of ${time} min. Use a longer \`time\` or a shorter \`warning\`.`,
    );
  }
  return {
    name: "slurm",
    cores,
    submit: (launch) => submit(launch, { ...options, warning }),
    pending: (folder) => pending(folder, options),
  };
}

async function submit(launch: Launch, options: SlurmOptions): Promise<string[]> {
  const { folder, cells } = launch;
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
  const throttle = launch.jobs ?? options.throttle;
  const { warning, within = [] } = options;
  const script = arrayScript(launch, options);
  // A copy for people; Slurm has its own.
  await writeTextDurably(join(own, `${number}.sh`), script);
  let job: string;
  try {
    job = await sbatch(options, script, [
      ...resources(launch, options),
      `--job-name=${name}`,
      `--array=0-${cells.length - 1}${throttle === undefined ? "" : `%${throttle}`}`,
      `--output=${escaped(own)}/%A_%a.out`,
      `--signal=B:USR1@${warning}`,
      "--requeue",
      "--open-mode=append",
    ]);
  } catch (error) {
    await Deno.remove(note);
    throw error;
  }
  await writeNote({ ...record, job });
  const limit = throttle === undefined ? "" : `, at most ${throttle} at once`;
  const lines = [`Submitted ${counted(cells.length, "cell")} as Slurm's job ${job}${limit}`];
  const table = `#!/bin/bash\n${options.setup ?? ""}\nexport NO_COLOR=1\nexec ${
    quoted([...within, ...launch.table])
  }\n`;
  try {
    const { gpus: _, cores: __, ...plain } = options;
    const behind = await sbatch(options, table, [
      ...resources({ ...launch, cores: 1 }, plain),
      `--job-name=${name}-table`,
      `--dependency=afterany:${job}`,
      `--output=${escaped(own)}/table_%j.out`,
    ]);
    lines.push(`Job ${behind} writes the table when they have ended`);
  } catch (error) {
    lines.push(`No job writes the table: ${messageOf(error)}`);
  }
  return [...lines, `See them with:\n  squeue --name=${name},${name}-table`];
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

/** The script of every task: it finds its cell by its number, passes signals on, and queues itself. */
function arrayScript(launch: Launch, { setup = "", within = [], programs }: SlurmOptions): string {
  const { folder, cells } = launch;
  const cases = cells.map(({ address }, index) =>
    `  ${index}) log=${quoted([launch.log(address)])}; set -- ${
      quoted([...within, ...launch.cell(address)])
    } ;;`
  );
  const path = programs === undefined ? "" : `PATH=${quoted([programs])}:$PATH\n`;
  return `#!/bin/bash
# Cells of ${JSON.stringify(folder)}, written by deno task ablate.
${path}task="\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
export NO_COLOR=1 ${JOB_VARIABLE}="slurm $task"
child= stop= warned=
trap 'stop=1 warned=1; [ -z "$child" ] || kill -TERM "$child"' USR1
trap 'stop=1; [ -z "$child" ] || kill -TERM "$child"' TERM INT
${setup}
case $SLURM_ARRAY_TASK_ID in
${cases.join("\n")}
esac
[ -z "$stop" ] || exit ${CELL_STATUS.stopped}
"$@" >> "$log" 2>&1 < /dev/null &
child=$!
# A signal ends a wait, not the cell.
while kill -0 "$child" 2> /dev/null; do wait "$child"; done
wait "$child"
status=$?
[ "$status" != ${CELL_STATUS.held} ] || exit 0
if [ -n "$warned" ] && [ "$status" = ${CELL_STATUS.stopped} ] && command -v scontrol > /dev/null; then
  # Slurm's controller may be away for a moment. Where this fails, the next deno task ablate submits it.
  for pause in 1 2 4 8 16 32; do
    scontrol requeue "$task" && break
    sleep $pause
  done
fi
exit "$status"
`;
}

/** Arguments of a shell. */
function quoted(words: readonly string[]): string {
  return words.map((word) => asArgument(word, "linux")).join(" ");
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

async function sbatch(
  options: SlurmOptions,
  script: string,
  args: readonly string[],
): Promise<string> {
  const printed = await call(options, "sbatch", ["--parsable", ...args], script);
  // With several clusters: 17;name.
  return printed.trim().split(";")[0]!;
}

function pathOf({ programs }: SlurmOptions, program: string): string {
  return programs === undefined ? program : join(programs, program);
}

/** What a program of Slurm prints. @throws {PairlabError} If it is missing, or refuses. */
async function call(
  options: SlurmOptions,
  program: string,
  args: readonly string[],
  input = "",
): Promise<string> {
  let failed: string;
  try {
    const child = new Deno.Command(pathOf(options, program), {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    // Rejects if the program does not read it.
    const written = writer.write(new TextEncoder().encode(input))
      .then(() => writer.close()).catch(() => {});
    const { success, stdout, stderr } = await child.output();
    await written;
    if (success) return new TextDecoder().decode(stdout);
    failed = new TextDecoder().decode(stderr).trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    failed = "it is not installed here; use a machine that submits jobs, such as the login node";
  }
  throw new PairlabError(`Cannot use ${program} of Slurm: ${failed}`);
}
