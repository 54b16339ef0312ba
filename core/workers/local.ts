/** Workers on this machine: processes of the same command, which end with this one. */
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Roster } from "./roster.ts";

/** What workers may do, as `deno task train`. */
const PERMISSIONS = ["read", "write", "env", "sys", "ffi", "run"].map((name) => `--allow-${name}`);

/**
 * Starts the others of `count` workers, of which this process is the first.
 *
 * @param program The module of the command.
 * @param args Its arguments; each worker is given its place and the addresses after them.
 * @throws {PairlabError} If they cannot be started.
 */
export async function startLocalWorkers(
  count: number,
  program: string,
  args: readonly string[],
): Promise<Roster> {
  const addresses = (await freePorts(count)).map((port) => `127.0.0.1:${port}`);
  const given = [...args, `--workers=${addresses}`];
  const children = new Map(
    addresses.slice(1).map((
      _,
      at,
    ) => [at + 1, startChild(program, [...given, `--worker=${at + 1}`])]),
  );
  return {
    membership: { addresses, index: 0 },
    ended: async (index, patience) => {
      const child = children.get(index);
      if (child === undefined) return null;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const waited = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), patience);
      });
      return await Promise.race([child, waited]).finally(() => clearTimeout(timer));
    },
  };
}

/** Starts a worker. @returns What it said last, once it has ended. */
function startChild(program: string, args: readonly string[]): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", ...PERMISSIONS, program, ...args, "--attached"],
    env: { NO_COLOR: "1" },
    // It ends when this pipe does, with this process.
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  child.unref();
  return lastWords(child).catch(messageOf);
}

async function lastWords(child: Deno.ChildProcess): Promise<string> {
  const said = (await new Response(child.stderr).text()).trim();
  const { code, signal } = await child.status;
  if (said !== "") return said;
  return signal === null ? `its exit status is ${code}` : `it was ended by ${signal}`;
}

async function freePorts(count: number): Promise<number[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-prompt", "--allow-net=127.0.0.1"],
      ...[import.meta.resolve("./free_ports.ts"), `${count}`],
    ],
  }).output();
  const [said, wrong] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (code === 0) return said!.split("\n").map(Number);
  throw new PairlabError(`Cannot find ${count} free ports for the workers: ${wrong!.trim()}`);
}
