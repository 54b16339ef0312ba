import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { type Launch, PairlabError } from "../../../mod.ts";
import { conformance } from "../../../tests/conformance/mod.ts";
import { myLauncher } from "./launcher.ts";

conformance.launcher("myLauncher", () => myLauncher());

/** Prints how far its process steps back. */
const CELL = ["sh", "-c", "ps -o nice= -p $$"];

describe("myLauncher", { skip: Deno.build.os === "windows" }, () => {
  it("has cells step back behind this process", async () => {
    const folder = await Deno.makeTempDir();
    const log = join(folder, "cell.log");
    const launch: Launch = {
      folder,
      cells: [{ address: "a0", label: "the only cell" }],
      directory: folder,
      cores: 1,
      memory: 0,
      log: () => log,
      cell: () => CELL,
      work: () => [],
      table: [],
    };
    const queue = [...launch.cells];
    const never = new AbortController().signal;
    await myLauncher({ niceness: 7 }).run(launch, {
      next: () => Promise.resolve(queue.shift()),
      started: () => {},
      ended: () => Promise.resolve(),
      stop: never,
      kill: never,
    });
    const [program = "", ...args] = CELL;
    const { stdout } = await new Deno.Command(program, { args }).output();
    const own = Number(new TextDecoder().decode(stdout));
    assertEquals(Number(await Deno.readTextFile(log)), Math.min(19, own + 7));
    await Deno.remove(folder, { recursive: true });
  });

  it("refuses a niceness below 0", () => {
    assertThrows(() => myLauncher({ niceness: -1 }), PairlabError, "a niceness of -1");
  });
});
