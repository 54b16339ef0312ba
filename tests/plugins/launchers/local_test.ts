import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import type { CellEnd, Launch } from "../../../core/plugin.ts";
import { local } from "../../../plugins/launchers/local.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

describe("the local launcher", { skip: Deno.build.os === "windows" }, () => {
  it("ends a cell at once when it is killed, and gives the last lines that it printed", () =>
    inTemporaryFolder(async (folder) => {
      const kill = new AbortController(), ends: CellEnd[] = [];
      const cells = [{ address: "a0", label: "L1, seed 1" }];
      const lines = 'trap "" TERM; for i in $(seq 20); do echo line $i; done; exec sleep 60';
      const launch: Launch = {
        folder,
        cells,
        directory: folder,
        cores: 1,
        memory: 0,
        log: () => join(folder, "log"),
        cell: () => ["sh", "-c", lines],
        work: () => [],
        table: [],
      };
      const queue = [...cells];
      await local().run(launch, {
        next: () => Promise.resolve(queue.shift()),
        started: async () => {
          while (!(await Deno.readTextFile(join(folder, "log"))).includes("line 20"));
          kill.abort();
        },
        ended: (_, end) => {
          ends.push(end);
          return Promise.resolve();
        },
        stop: new AbortController().signal,
        kill: kill.signal,
      });
      assertEquals(ends, [{
        code: 137,
        tail: [13, 14, 15, 16, 17, 18, 19, 20].map((n) => `line ${n}`),
      }]);
    }));
});
