import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dirname, join } from "@std/path";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { setTimeout as pause } from "node:timers/promises";
import type { Launch } from "../../../core/plugin.ts";
import { ssh } from "../../../plugins/launchers/ssh.ts";
import { fakeSsh } from "./fakes/mod.ts";

describe("the ssh launcher", { skip: Deno.build.os === "windows" }, () => {
  let program = "", folder = "";
  beforeEach(async () => {
    program = await fakeSsh();
    folder = join(dirname(program), "sweep");
    await Deno.mkdir(folder);
  });
  afterEach(() => Deno.remove(dirname(program), { recursive: true }));

  const launch = (): Launch => ({
    folder,
    cells: [{ address: "a0", label: "L1, seed 1" }],
    directory: dirname(folder),
    cores: 1,
    memory: 0,
    log: (address) => join(folder, `${address}.log`),
    cell: () => [],
    work: (
      jobs,
    ) => [
      "sh",
      "-c",
      'echo "$2 $SETUP" >> "$1/begun"; for i in $(seq 600); do sleep 0.1; done',
      folder,
      folder,
      `${jobs}`,
    ],
    table: [],
  });
  const begun = async (): Promise<string> => {
    while (true) {
      try {
        return await Deno.readTextFile(join(folder, "begun"));
      } catch {
        await pause(20);
      }
    }
  };
  const stop = async (cancel: string | undefined): Promise<void> => {
    await new Deno.Command("sh", { args: ["-c", cancel ?? "false"] }).output();
  };

  it("starts one process on each host, and none where one is at work", async () => {
    const launcher = ssh({
      hosts: ["node1", "node2"],
      jobs: 3,
      setup: "export SETUP=set",
      program,
    });
    assertEquals(
      (await launcher.submit(launch()))[0]?.startsWith("At work on 1 cell: 2 hosts."),
      true,
    );
    while ((await begun()).length < 12) await pause(20);
    await launcher.submit(launch());
    assertEquals(await begun(), "3 set\n3 set\n");
    const { cells, cancel } = await launcher.pending(folder);
    assert(/^waiting for node[12]$/.test(cells.get("a0") ?? ""));
    await stop(cancel);
    while ((await launcher.pending(folder)).cells.size > 0) await pause(20);
  });

  it("goes on without a host that cannot be reached, and rejects without any", async () => {
    const launcher = ssh({ hosts: ["away", "node1"], program });
    const [failure, done] = await launcher.submit(launch());
    assert(failure?.includes("No route to host"), failure);
    assert(done?.includes(": 1 host."), done);
    await stop((await launcher.pending(folder)).cancel);
    await Deno.remove(join(folder, "ssh"), { recursive: true });
    const none = ssh({ hosts: ["away"], program });
    await assertRejects(() => none.submit(launch()), Error, "No route to host");
  });

  it("goes to no host that only the sweep's folder names", async () => {
    const launcher = ssh({ hosts: ["node1"], program });
    await Deno.mkdir(join(folder, "ssh"));
    const worker = { host: "elsewhere", process: Deno.pid, cells: ["a0"] };
    await Deno.writeTextFile(join(folder, "ssh", "elsewhere.json"), JSON.stringify(worker));
    assertEquals(await launcher.pending(folder), { cells: new Map(), cancel: undefined });
  });

  it("takes no option of ssh for a host", () => {
    for (const host of ["-oProxyCommand=touch x", "a b", "$(x)", ""]) {
      assertThrows(() => ssh({ hosts: [host] }), Error, "is not the name of a host");
    }
    assertThrows(() => ssh({ hosts: [] }), Error, "on no hosts");
  });
});
