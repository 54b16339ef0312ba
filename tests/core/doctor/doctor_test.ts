import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Check, checked, format } from "../../../core/doctor/check.ts";
import { checkDataset, checkRuns } from "../../../core/doctor/folders.ts";
import {
  checkCache,
  checkMachine,
  checkPictures,
  checkPython,
} from "../../../core/doctor/machine.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const COMMAND = fileURLToPath(new URL("../../../core/commands/doctor.ts", import.meta.url));

describe("checked", () => {
  it("makes a problem of what is thrown, with the remedy", async () => {
    assertEquals(await checked("disk", "a larger one", () => "large"), {
      name: "disk",
      state: "ok",
      found: "large",
    });
    const fail = (): never => {
      throw new Error("it is full");
    };
    assertEquals(await checked("disk", "a larger one", fail), {
      name: "disk",
      state: "problem",
      found: "it is full",
      remedy: "a larger one",
    });
  });
});

describe("format", () => {
  it("gives a mark, the name, what was found, and the remedy below", () => {
    const check: Check = { name: "disk", state: "missing", found: "none\nat all", remedy: "one" };
    assertEquals(format(check), "missing  disk: none\n         at all\n         fix: one");
    assertEquals(format({ name: "disk", state: "ok", found: "large" }), "ok       disk: large");
  });
});

describe("the checks of the machine", () => {
  it("tell Deno's version, and that sharp works", async () => {
    assertStringIncludes((await checkMachine()).found, Deno.version.deno);
    assertEquals((await checkPictures()).state, "ok");
  });

  it("find no Python where none of the names is one", async () => {
    const { state, found, remedy } = await checkPython(["no-such-python"]);
    assertEquals(state, "missing");
    assertEquals(found, "none (looked for no-such-python)");
    assertStringIncludes(remedy ?? "", "install Python 3 with pip");
  });

  it("find a Python without pip", async () => {
    // Deno has a version, too, and is no Python with pip.
    const { state, found } = await checkPython([Deno.execPath()]);
    assertEquals(state, "missing");
    assertMatch(found, /^deno .* without pip$/s);
  });

  it("tell what the cache holds, also before there is one", async () => {
    await inTemporaryFolder(async (folder) => {
      const cache = join(folder, "not", "yet");
      const before = await checkCache(cache);
      assertEquals(before.state, "ok");
      assertStringIncludes(before.found, `${cache} (empty, `);
      await Deno.mkdir(join(cache, "build"), { recursive: true });
      await Deno.writeFile(join(cache, "build", "library"), new Uint8Array(3_000_000));
      assertStringIncludes((await checkCache(cache)).found, `${cache} (3 MB, `);
    });
  });
});

describe("checkDataset", () => {
  it("tells how to put the pairs where there are none", async () => {
    await inTemporaryFolder(async (folder) => {
      const { state, found, remedy } = await checkDataset(folder, () => Promise.resolve("all"));
      assertEquals(state, "missing");
      assertStringIncludes(found, join(folder, "input"));
      assertStringIncludes(remedy ?? "", "the same file names");
    });
  });

  it("gives the description of the pairs, or what is wrong with them", async () => {
    await inTemporaryFolder(async (folder) => {
      await Deno.mkdir(join(folder, "input"));
      const good = await checkDataset(folder, () => Promise.resolve("500 pairs"));
      assertEquals([good.state, good.found], ["ok", "500 pairs"]);
      const bad = await checkDataset(folder, () => Promise.reject(new Error("3 are damaged")));
      assertEquals([bad.state, bad.found], ["problem", "3 are damaged"]);
    });
  });
});

describe("checkRuns", () => {
  it("leaves nothing behind where it may write", async () => {
    await inTemporaryFolder(async (folder) => {
      assertEquals((await checkRuns(folder)).state, "ok");
      assertEquals([...Deno.readDirSync(folder)], []);
    });
  });
});

describe("deno task doctor", () => {
  const run = async (...args: string[]): Promise<Deno.CommandOutput> =>
    await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", COMMAND, ...args],
    }).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

  it("prints its checks as JSON for programs, and succeeds where an engine works", async () => {
    await inTemporaryFolder(async (folder) => {
      const { code, stdout } = await run("--json", `--dataset=${folder}`);
      const checks = JSON.parse(decode(stdout)) as Check[];
      assert(checks.every(({ state }) => ["ok", "missing", "problem"].includes(state)));
      assertEquals(checks.find(({ name }) => name === "engine wasm")?.state, "ok");
      assertEquals(checks.find(({ name }) => name === "data set")?.state, "missing");
      assertEquals(code, 0);
    });
  });

  it("refuses an option that it does not know", async () => {
    const { code, stderr } = await run("--jsn");
    assertEquals(code, 1);
    assertStringIncludes(decode(stderr), "unknown option '--jsn'");
  });
});
