import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { setTimeout as pause } from "node:timers/promises";
import { exists } from "../../../core/base/files.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import type { Launch } from "../../../core/plugin.ts";
import { slurm, type SlurmOptions } from "../../../plugins/launchers/slurm.ts";
import { fakeSlurm } from "./fakes/mod.ts";

/** Asked to save, it ends as the second argument says; when it is run again, it finishes. */
const CELL = `
trap 'exit $2' TERM
echo x >> "$1"
[ "$(wc -l < "$1")" = 1 ] || exit 0
for i in $(seq 200); do sleep 0.05; done`;

describe("the Slurm launcher", { skip: Deno.build.os === "windows" }, () => {
  let programs = "", folder = "";
  beforeEach(async () => {
    programs = await fakeSlurm();
    folder = join(programs, "sweep");
    await Deno.mkdir(folder);
  });
  afterEach(() => Deno.remove(programs, { recursive: true }));

  const launchOf = (status: number, changes: Partial<Launch> = {}): Launch => ({
    folder,
    cells: [{ address: "a0", label: "L1, seed 1" }],
    directory: programs,
    cores: 3,
    memory: 0,
    log: (address) => join(folder, `${address}.log`),
    cell: (address) => ["sh", "-c", CELL, "cell", join(folder, address), `${status}`],
    work: () => [],
    table: ["touch", join(folder, "table")],
    ...changes,
  });
  const launcher = (options: SlurmOptions = {}) => slurm({ programs, ...options });
  const optionsOf = async (job: number): Promise<string[]> =>
    (await Deno.readTextFile(join(programs, "state", `${job}`, "options"))).trim().split("\n");
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!await isSo()) await pause(20);
  };
  const pending = async (): Promise<ReadonlyMap<string, string>> =>
    (await launcher().pending(folder)).cells;
  /** Warns the only task of the first job of its time limit. */
  const warn = async (): Promise<void> => {
    await until(() => exists(join(folder, "a0")));
    const id = await Deno.readTextFile(join(programs, "state", "1", "0.pid"));
    Deno.kill(Number(id), "SIGUSR1");
  };

  it("tells sbatch what each cell gets, and has the table written with one core and no GPU", async () => {
    const said = await launcher({
      partition: "gpu",
      account: "vision",
      time: "1-00:00:00",
      memory: "8G",
      gpus: 1,
      throttle: 9,
      warning: 60,
      flags: ["--qos=long"],
    }).submit(
      launchOf(0, { jobs: 4, cells: [1, 2].map((n) => ({ address: `a${n}`, label: "" })) }),
    );
    const [array, table] = [await optionsOf(1), await optionsOf(2)];
    for (
      const option of [
        ...["--partition=gpu", "--account=vision", "--time=1-00:00:00", "--mem=8G"],
        ...["--gres=gpu:1", "--cpus-per-task=3", "--array=0-1%4", "--signal=B:USR1@60"],
        ...["--requeue", "--qos=long", `--chdir=${programs}`],
      ]
    ) assert(array.includes(option), `${option} is missing in ${array}`);
    assert(table.includes("--dependency=afterany:1") && table.includes("--cpus-per-task=1"));
    assertEquals(table.filter((option) => /gres|array|signal/.test(option)), []);
    assertEquals(said[0], "Submitted 2 cells as Slurm's job 1, at most 4 at once");
  });

  it("has a cell that is warned save and queued again, and the table written after its end", async () => {
    await launcher().submit(launchOf(130));
    await warn();
    await until(async () => (await pending()).size === 0);
    assertEquals(await Deno.readTextFile(join(folder, "a0")), "x\nx\n");
    await until(() => exists(join(folder, "table")));
    assertEquals(await exists(join(programs, "state", "1", "0.state")), true);
  });

  for (const [status, words] of [[1, "fails"], [5, "has done nothing"]] as const) {
    it(`does not queue a cell again that ${words} when it is warned`, async () => {
      await launcher().submit(launchOf(status));
      await warn();
      await until(async () => (await pending()).size === 0);
      assertEquals(await Deno.readTextFile(join(folder, "a0")), "x\n");
      const { ended } = await launcher().pending(folder);
      assertEquals([...ended ?? []], [["a0", "FAILED in Slurm's job 1_0"]]);
    });
  }

  it("knows its cells by the job's name, should it end right after the submission", async () => {
    await launcher().submit(launchOf(0));
    const note = join(folder, "slurm", "1.json");
    const { job, ...record } = JSON.parse(await Deno.readTextFile(note));
    assertEquals(job, "1");
    await Deno.writeTextFile(note, JSON.stringify(record));
    const { cells, cancel } = await launcher().pending(folder);
    assertMatch(cells.get("a0") ?? "", /^(pending|running) in Slurm's job 1_0/);
    assertStringIncludes(cancel ?? "", "scancel 1");
    await warn();
    await until(async () => (await pending()).size === 0);
  });

  it("learns from the accounting how cells ended that squeue has forgotten, where there is one", async () => {
    await launcher().submit(launchOf(1));
    await warn();
    await until(async () => (await pending()).size === 0);
    const { name } = JSON.parse(await Deno.readTextFile(join(folder, "slurm", "1.json")));
    for (const  of of["name", "0.state"]) await Deno.remove(join(programs, "state", "1", of));
    await Deno.writeTextFile(join(programs, "state", "1", "name"), "forgotten");
    const accounts = [`${name}|1_0|TIMEOUT`, `${name}|1_1|RUNNING`, "other|1_0|FAILED"];
    await Deno.writeTextFile(join(programs, "accounting"), accounts.join("\n"));
    const { cells, ended } = await launcher().pending(folder);
    assertEquals([[...cells], [...ended ?? []]], [[], [["a0", "TIMEOUT in Slurm's job 1_0"]]]);
  });

  const many = (count: number): Launch["cells"] =>
    Array.from({ length: count }, (_, index) => ({ address: `a${index}`, label: "" }));
  /** Cells that note when they begin and end, in the order in which they do. */
  const noted: Launch["cell"] = (address) => [
    ...["sh", "-c", 'echo "$1" >> "$2"; sleep 0.05; echo ends >> "$2"', "cell"],
    ...[address, join(folder, "noted")],
  ];

  it("makes several arrays of more cells than Slurm allows in one, and one table behind them", async () => {
    const said = await launcher().submit(
      launchOf(0, { cells: many(1001), cell: () => ["true"], jobs: 1 }),
    );
    const arrays = await Promise.all([1, 2].map(optionsOf));
    const valuesOf = (key: string) =>
      arrays.map((all) => all.find((option) => option.startsWith(`--${key}=`))?.split("=")[1]);
    assertEquals(valuesOf("array"), ["0-999%1", "0-0%1"]);
    assertEquals(new Set(valuesOf("job-name")).size, 2);
    assert((await optionsOf(3)).includes("--dependency=afterany:1:2"));
    assertEquals(said[0], "Submitted 1001 cells as Slurm's jobs 1, 2, at most 1 at once");
    const { cells, cancel } = await launcher().pending(folder);
    assertMatch(cells.get("a999") ?? "", /^pending in Slurm's job 1_999/);
    assertMatch(cells.get("a1000") ?? "", /^pending in Slurm's job 2_0/);
    await new Deno.Command("sh", { args: ["-c", cancel ?? "exit 1"] }).output();
    await until(async () => (await pending()).size === 0);
  });

  it("runs each cell once over several arrays, and keeps to the throttle over all of them", async () => {
    await launcher({ array: 2, throttle: 2 }).submit(
      launchOf(0, { cells: many(5), cell: noted }),
    );
    await until(() => exists(join(folder, "table")));
    const lines = (await Deno.readTextFile(join(folder, "noted"))).trim().split("\n");
    assertEquals(
      lines.filter((line) => line !== "ends").sort(),
      many(5).map(({ address }) => address),
    );
    let now = 0;
    for (const line of lines) assert((now += line === "ends" ? -1 : 1) <= 2, lines.join());
    assertEquals((await optionsOf(1)).filter((option) => option.startsWith("--dependency")), []);
    assert((await optionsOf(3)).includes("--dependency=afterany:2"));
  });

  it("lets all arrays run at once where there is no throttle", async () => {
    await launcher({ array: 2 }).submit(launchOf(0, { cells: many(3), cell: noted }));
    await until(() => exists(join(folder, "table")));
    assertEquals((await optionsOf(2)).filter((option) => option.startsWith("--dependency")), []);
  });

  it("leaves cells that are more than Slurm takes for the next time, and says so", async () => {
    await Deno.writeTextFile(join(programs, "most"), "2");
    const launch = launchOf(0, { cells: many(5), cell: noted });
    const said = await launcher({ array: 2 }).submit(launch);
    assertEquals(said.slice(0, 2), [
      "Submitted 4 cells as Slurm's jobs 1, 2",
      "1 cell not submitted: Cannot use sbatch of Slurm: sbatch: error: QOSMaxSubmitJobPerUserLimit. Submit them with the same command, later.",
    ]);
    assertEquals([...(await pending()).keys()].includes("a4"), false);
    await until(async () => (await pending()).size === 0);
    await Deno.remove(join(programs, "most"));
    await launcher({ array: 2 }).submit({ ...launch, cells: launch.cells.slice(4) });
    await until(() => exists(join(folder, "table")));
    const lines = (await Deno.readTextFile(join(folder, "noted"))).trim().split("\n");
    assertEquals(
      lines.filter((line) => line !== "ends").sort(),
      many(5).map(({ address }) => address),
    );
  });

  it("refuses arrays of no cells", () => {
    for (const array of [0, 1.5]) {
      assertThrows(() => slurm({ array }), PairlabError, `arrays of ${array} cells`);
    }
  });

  it("says what sbatch says when it refuses, and has nothing in hand", async () => {
    const words = "invalid partition specified: none";
    await assertRejects(() => launcher({ partition: "none" }).submit(launchOf(0)), Error, words);
    assertEquals([...await pending()], []);
  });

  it("rejects while the controller is away, so that nothing is submitted twice", async () => {
    await launcher().submit(launchOf(130));
    await Deno.writeTextFile(join(programs, "away"), "");
    await assertRejects(pending, Error, "Unable to contact slurm controller");
    await Deno.remove(join(programs, "away"));
    await warn();
    await until(async () => (await pending()).size === 0);
  });

  it("says where it works if this machine has no Slurm", async () => {
    const none = slurm({ programs: join(programs, "none") });
    await assertRejects(() => none.submit(launchOf(0)), Error, "such as the login node");
  });
});
