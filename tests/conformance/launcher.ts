/**
 * The suite for launchers, your own included:
 *
 *     conformsAsLauncher("local", () => local());
 *
 * in a test file runs it. Cells are small shell scripts; a launcher that calls programs which this
 * machine lacks needs stand-ins of them, in a folder that the test puts into PATH.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, it } from "@std/testing/bdd";
import { exists } from "../../core/base/files.ts";
import { CELL_STATUS, type Launch, type Launcher } from "../../core/plugin.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

/** What a launcher needs to be tested. */
export interface LauncherNeeds {
  /** Runs the cells that were submitted, where that is another program's or a person's work. */
  readonly carryOut?: (folder: string) => { readonly ended: Promise<void>; cancel(): void };
}

/**
 * The cell of the suite: `cell.sh KIND ADDRESS FOLDER`. An endless one saves when it is asked to stop:
 * by a signal, or, where its input is a pipe, by its end.
 */
const CELL = `
kind=$1 address=$2 ran=$3
echo x >> "$ran/$address"
case $kind in
  simple) echo "printed by $address" ;;
  failing) echo "no luck" >&2; exit 1 ;;
  slow)
    echo begins >> "$ran/times"
    sleep 0.3
    echo ends >> "$ran/times" ;;
  endless)
    trap 'echo saved > "$ran/saved-$address"; exit ${CELL_STATUS.stopped}' TERM
    touch "$ran/begun-$address"
    exec 3<&0
    if [ -p /dev/stdin ]; then { cat > /dev/null; kill -TERM $$; } <&3 & fi
    for i in $(seq 200); do sleep 0.05; done ;;
esac
`;

/** `work.sh JOBS CELL.SH RAN LOGS KIND:ADDRESS…` runs the cells that nobody else runs, some at once. */
const WORK = `
jobs=$1 cell=$2 ran=$3 logs=$4 stop=
shift 4
trap 'stop=1; kill -TERM $(jobs -rp) 2> /dev/null' TERM
for it; do
  kind=\${it%:*} address=\${it#*:}
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do sleep 0.02; done
  [ -z "$stop" ] || break
  mkdir "$ran/claim-$address" 2> /dev/null || continue
  sh "$cell" "$kind" "$address" "$ran" >> "$logs/$address.log" 2>&1 < /dev/null &
done
while [ -n "$(jobs -rp)" ]; do wait; done
`;

/** Cells of these kinds, in a folder whose name a shell must not take for a command. */
async function launchOf(
  root: string,
  kinds: readonly string[],
  changes: Partial<Launch> = {},
): Promise<Launch> {
  const folder = join(await Deno.realPath(root), `a b'$(touch executed)%a"`);
  const ran = join(folder, "ran"), logs = join(folder, "cells");
  await Deno.mkdir(ran, { recursive: true });
  await Deno.mkdir(logs);
  const cell = join(folder, "cell.sh"), work = join(folder, "work.sh");
  await Deno.writeTextFile(cell, CELL);
  await Deno.writeTextFile(work, WORK);
  const kindOf = (address: string): string => kinds[Number(address.slice(1))]!;
  const cells = kinds.map((_, index) => ({
    address: `a${index}`,
    label: `cell ${index} '$(touch executed)'`,
  }));
  const all = cells.map(({ address }) => `${kindOf(address)}:${address}`);
  return {
    folder,
    cells,
    directory: root,
    cores: 1,
    memory: 2 ** 30,
    jobs: 2,
    log: (address) => join(logs, `${address}.log`),
    cell: (address) => ["sh", cell, kindOf(address), address, ran],
    work: (jobs) => ["bash", work, `${jobs}`, cell, ran, logs, ...all],
    table: ["touch", join(ran, "table")],
    ...changes,
  };
}

/** How a launch went. */
interface Launched {
  /** Exit statuses by address, of launchers that tell. */
  readonly ended: ReadonlyMap<string, number>;
  /** Lines for people. */
  readonly said: readonly string[];
}

/** Launches cells, calls `meanwhile`, and waits until all of them have ended. */
async function carryThrough(
  launcher: Launcher,
  launch: Launch,
  { carryOut }: LauncherNeeds,
  meanwhile: (cancel: () => Promise<void>) => Promise<void> = () => Promise.resolve(),
): Promise<Launched> {
  if ("run" in launcher) {
    const queue = [...launch.cells], ended = new Map<string, number>();
    const stop = new AbortController(), kill = new AbortController();
    const run = launcher.run(launch, {
      next: () => Promise.resolve(queue.shift()),
      started: () => {},
      ended: ({ address }, { code }) => {
        ended.set(address, code);
        return Promise.resolve();
      },
      stop: stop.signal,
      kill: kill.signal,
    });
    await meanwhile(() => {
      stop.abort();
      queue.length = 0;
      return Promise.resolve();
    });
    await run;
    return { ended, said: [] };
  }
  const said = await launcher.submit(launch);
  const carried = carryOut?.(launch.folder);
  await meanwhile(async () => {
    if (carried !== undefined) return carried.cancel();
    const { cancel } = await launcher.pending(launch.folder);
    assert(cancel !== undefined, "it does not say how to cancel its cells");
    const { success } = await new Deno.Command("sh", { args: ["-c", cancel] }).output();
    assert(success, `its way to cancel fails: ${cancel}`);
  });
  await carried?.ended;
  while ((await launcher.pending(launch.folder)).cells.size > 0) await pause(50);
  return { ended: new Map(), said };
}

/** Runs the suite for what `makeLauncher` makes. */
export function conformsAsLauncher(
  name: string,
  makeLauncher: () => Launcher,
  needs: LauncherNeeds = {},
): void {
  describe(`${name} as a launcher`, { skip: Deno.build.os === "windows" }, () => {
    it("runs each cell once, and appends what it prints to its log", () =>
      inTemporaryFolder(async (root) => {
        const launch = await launchOf(root, ["simple", "failing", "simple"]);
        await Deno.writeTextFile(launch.log("a0"), "from before\n");
        const { ended } = await carryThrough(makeLauncher(), launch, needs);
        for (const { address } of launch.cells) {
          const runs = await Deno.readTextFile(join(launch.folder, "ran", address));
          assertEquals(runs, "x\n", `${address} was not run once`);
        }
        assertEquals(await Deno.readTextFile(launch.log("a0")), "from before\nprinted by a0\n");
        assertStringIncludes(await Deno.readTextFile(launch.log("a1")), "no luck");
        if ("run" in makeLauncher()) assertEquals([...ended.values()].sort(), [0, 0, 1]);
      }));

    it("takes names of folders and cells as they are: nothing in them is executed", () =>
      inTemporaryFolder(async (root) => {
        const launch = await launchOf(root, ["simple"]);
        await carryThrough(makeLauncher(), launch, needs);
        assertEquals(await exists(join(root, "executed")), false);
      }));

    it("runs as many cells at once as it is told, and no more", () =>
      inTemporaryFolder(async (root) => {
        const launch = await launchOf(root, Array(4).fill("slow"), { jobs: 2 });
        await carryThrough(makeLauncher(), launch, needs);
        let now = 0, most = 0;
        const times = await Deno.readTextFile(join(launch.folder, "ran", "times"));
        for (const line of times.trim().split("\n")) {
          now += line === "begins" ? 1 : -1;
          most = Math.max(most, now);
        }
        assert(most <= 2, `${most} cells ran at once`);
        assertEquals(times.match(/ends/g)?.length, 4);
      }));

    it("asks cells to save when it is stopped or its cells are cancelled, and starts no more", () =>
      inTemporaryFolder(async (root) => {
        const launch = await launchOf(root, ["endless", "endless"], { jobs: 1 });
        const ran = join(launch.folder, "ran");
        const { ended } = await carryThrough(makeLauncher(), launch, needs, async (cancel) => {
          while (!await exists(join(ran, "begun-a0"))) await pause(20);
          await cancel();
        });
        assertEquals(await Deno.readTextFile(join(ran, "saved-a0")), "saved\n");
        assertEquals(await exists(join(ran, "begun-a1")), false);
        if ("run" in makeLauncher()) assertEquals([...ended], [["a0", CELL_STATUS.stopped]]);
      }));

    const launcher = makeLauncher();
    if (!("submit" in launcher)) return;

    it("returns at once, and tells another process of the cells in hand until they have ended", () =>
      inTemporaryFolder(async (root) => {
        const launch = await launchOf(root, ["endless", "endless"]);
        assertEquals([...(await launcher.pending(launch.folder)).cells], []);
        const { said } = await carryThrough(makeLauncher(), launch, needs, async (cancel) => {
          const { cells } = await launcher.pending(launch.folder);
          if (needs.carryOut === undefined) assertEquals([...cells.keys()].sort(), ["a0", "a1"]);
          while (!await exists(join(launch.folder, "ran", "begun-a0"))) await pause(20);
          await cancel();
        });
        assert(said.length > 0, "it says nothing of what it has done");
      }));
  });
}
