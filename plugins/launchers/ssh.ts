/** Cells on a list of hosts. */
import { join } from "@std/path";
import {
  asArgument,
  counted,
  type DetachedLauncher,
  type Launch,
  PairlabError,
  type Pending,
  writeTextDurably,
} from "../../core/plugin.ts";

/** Which hosts run cells, and how. */
export interface SshOptions {
  /** As ssh takes them, e.g. `anna@node1`. */
  readonly hosts: readonly string[];
  /** Cells at once on each host, unless `--jobs` says so. @default 1 */
  readonly jobs?: number | undefined;
  /** Threads of a cell: decided by whoever launches the sweep first. @default those of this machine */
  readonly cores?: number | undefined;
  /** Lines of shell before the work begins, e.g. `source ~/gpu.sh`. */
  readonly setup?: string | undefined;
  /** Options of ssh, e.g. `["-p", "2222"]`. */
  readonly flags?: readonly string[] | undefined;
  /** @default "ssh" */
  readonly program?: string | undefined;
}

/** A process that works on a sweep: `ssh/HOST.json` in its folder. */
interface Worker {
  readonly host: string;
  readonly process: number;
  /** Addresses. */
  readonly cells: readonly string[];
}

/**
 * Starts a process on each host that takes one free cell after the other, and outlives the connection.
 * Pairlab, Deno and the sweep's folder must be at the same paths everywhere, as on a shared file
 * system, and keys must let ssh in without a question.
 *
 * @throws {PairlabError} If there are no hosts, or one is no name of a host.
 *
 * @example
 * ```ts
 * import { ssh } from "./ssh.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(ssh({ hosts: ["node1", "anna@node2"], jobs: 2 }).name, "ssh");
 * assertThrows(() => ssh({ hosts: ["-oProxyCommand=x"] }), Error, "is not the name of a host");
 * ```
 */
export function ssh(options: SshOptions): DetachedLauncher {
  const { hosts, cores } = options;
  if (hosts.length === 0) throw new PairlabError("Cannot run cells on no hosts. Name one.");
  for (const host of hosts) {
    if (/^[\p{L}\p{N}_][\p{L}\p{N}_.@-]*$/u.test(host)) continue;
    throw new PairlabError(
      `Cannot run cells on "${host}": this is not the name of a host. Use one such as anna@node1.`,
    );
  }
  return {
    name: "ssh",
    cores,
    submit: (launch) => submit(launch, options),
    pending: (folder) => pending(folder, options),
  };
}

async function submit(launch: Launch, options: SshOptions): Promise<string[]> {
  const { folder, cells } = launch;
  const own = join(folder, "ssh");
  await Deno.mkdir(own, { recursive: true });
  const busy = new Set((await living(folder, options)).map(({ host }) => host));
  const hosts = options.hosts.filter((host) => !busy.has(host));
  const failures: string[] = [];
  await Promise.all(hosts.map(async (host) => {
    try {
      const process = await begin(host, launch, options);
      const worker: Worker = { host, process, cells: cells.map(({ address }) => address) };
      await writeTextDurably(join(own, `${host}.json`), `${JSON.stringify(worker)}\n`);
    } catch (error) {
      if (!(error instanceof PairlabError)) throw error;
      failures.push(error.message);
    }
  }));
  const started = hosts.length - failures.length;
  if (started === 0 && busy.size === 0) throw new PairlabError(failures.join("\n"));
  return [
    ...failures,
    `At work on ${counted(cells.length, "cell")}: ${
      counted(started + busy.size, "host")
    }. What they say is in ${own}`,
  ];
}

/** Starts the work on a host; returns the number of its process. */
async function begin(host: string, launch: Launch, options: SshOptions): Promise<number> {
  const { folder, directory, work } = launch;
  const { setup = "", jobs = 1 } = options;
  const command = work(launch.jobs ?? jobs).map(quoted).join(" ");
  const log = quoted(join(folder, "ssh", `${host}.log`));
  const printed = await call(options, host, [
    `cd ${quoted(directory)} || exit`,
    setup,
    `NO_COLOR=1 nohup ${command} >> ${log} 2>&1 < /dev/null &`,
    "echo process $!",
  ]);
  const [, process] = /^process (\d+)$/m.exec(printed) ?? [];
  if (process !== undefined) return Number(process);
  throw new PairlabError(`Cannot start on ${host}: it printed "${printed.trim()}"`);
}

async function pending(folder: string, options: SshOptions): Promise<Pending> {
  const workers = await living(folder, options);
  const cells = new Map<string, string>();
  for (const { host, cells: addresses } of workers) {
    for (const address of addresses) cells.set(address, `waiting for ${host}`);
  }
  const stops = workers.map(({ host, process }) =>
    [...commandOf(options, host), `kill ${process}`].map(quoted).join(" ")
  );
  return { cells, cancel: stops.length === 0 ? undefined : stops.join("; ") };
}

/** The processes that are at work; those of a host that cannot be reached do not count. */
async function living(folder: string, options: SshOptions): Promise<Worker[]> {
  const workers: Worker[] = [];
  try {
    for await (const { name } of Deno.readDir(join(folder, "ssh"))) {
      if (!name.endsWith(".json")) continue;
      const worker: Worker = JSON.parse(await Deno.readTextFile(join(folder, "ssh", name)));
      // A folder from elsewhere names no host to go to.
      const isKnown = options.hosts.includes(worker.host) && Number.isInteger(worker.process);
      if (isKnown) workers.push(worker);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const alive = await Promise.all(workers.map(async ({ host, process }) => {
    try {
      // Another process may have been given this number since.
      const itself = `ps -p ${process} -o args= | grep -qF ${quoted(folder)}`;
      return (await call(options, host, [`${itself} && echo alive; true`])).includes("alive");
    } catch (error) {
      if (error instanceof PairlabError) return false;
      throw error;
    }
  }));
  return workers.filter((_, index) => alive[index]);
}

function quoted(word: string): string {
  return asArgument(word, "linux");
}

function commandOf({ program = "ssh", flags = [] }: SshOptions, host: string): string[] {
  return [program, "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", ...flags, "--", host];
}

/** What a script prints on a host. @throws {PairlabError} If it cannot be reached, or fails. */
async function call(
  options: SshOptions,
  host: string,
  script: readonly string[],
): Promise<string> {
  const cannot = `Cannot use ${host} over ssh:`;
  const [program = "", ...args] = commandOf(options, host);
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      // Whichever shell the user has there.
      args: [...args, `exec sh -c ${quoted(script.join("\n"))}`],
      stdin: "null",
    }).output();
    if (success) return new TextDecoder().decode(stdout);
    throw new PairlabError(`${cannot} ${new TextDecoder().decode(stderr).trim()}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new PairlabError(`${cannot} "${program}" is not installed here`);
  }
}
