import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { measureInTurn } from "./rounds.ts";
import { type Program, startStepper } from "./stepper.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

const FAKE = fileURLToPath(new URL("./fake_stepper.ts", import.meta.url));

/** Fake programs that write whose turn it is to a file, and a reader of that. */
function fakes(
  folder: string,
): { fake: (name: string, fault?: string) => Program; turns: () => Promise<string> } {
  const log = join(folder, "turns");
  return {
    fake: (name, fault = "") => ({
      name,
      command: [Deno.execPath(), "run", "-A", "--no-check", FAKE, name, log, fault],
      env: { NO_COLOR: "1" },
    }),
    turns: () => Deno.readTextFile(log),
  };
}

describe("measuring in turn", () => {
  it("warms each up, then takes blocks of steps of one after the other", () =>
    inTemporaryFolder(async (folder) => {
      const { fake, turns } = fakes(folder);
      await measureInTurn([fake("a"), fake("b")], { steps: 5, block: 2, warmUp: 3 });
      assertEquals(await turns(), "aaabbb" + "aabb" + "aabb" + "ab");
    }));

  it("counts the steps after the warm-up alone", () =>
    inTemporaryFolder(async (folder) => {
      const { fake } = fakes(folder);
      const [measured] = await measureInTurn([fake("a")], { steps: 4, block: 3, warmUp: 1 });
      // Steps 2 to 5 take 12 to 15 ms.
      assertEquals(measured?.timing, { count: 4, median: 13.5, min: 12 });
      assertEquals(measured?.peakBytes, 5);
      assertEquals(measured?.stepper.ready.flops, 2e9);
    }));

  it("ends with the words of a program that fails, unless it may", () =>
    inTemporaryFolder(async (folder) => {
      const { fake } = fakes(folder);
      const error = await assertRejects(
        () => measureInTurn([fake("a"), fake("b", "fail-at-start")], { steps: 1 }),
        PairlabError,
        "Cannot measure b",
      );
      assertStringIncludes(error.message, "status 3\nthere is no such framework");
    }));

  for (const fault of ["fail-at-start", "fail-at-step=2", "fail-at-step=4", "nan-at-step=4"]) {
    it(`goes on without one that may fail (${fault})`, () =>
      inTemporaryFolder(async (folder) => {
        const { fake } = fakes(folder);
        const failed: string[] = [];
        const measured = await measureInTurn([fake("a"), fake("b", fault), fake("c")], {
          steps: 4,
          block: 2,
          onFailure: (program) => failed.push(program.name) > 0,
        });
        assertEquals(measured.map(({ stepper }) => stepper.name), ["a", "c"]);
        assertEquals(measured.map(({ timing }) => timing.count), [4, 4]);
        assertEquals(failed, ["b"]);
      }));
  }

  it("refuses losses that are no numbers, which are computed at another speed", () =>
    inTemporaryFolder(async (folder) => {
      const { fake } = fakes(folder);
      await assertRejects(
        () => measureInTurn([fake("a", "nan-at-step=5")], { steps: 4 }),
        PairlabError,
        'its loss "generator" is NaN',
      );
    }));

  it("refuses a program that is not there, naming it", async () => {
    const program = { name: "PyTorch", command: ["/nowhere/python"] };
    await assertRejects(
      () => measureInTurn([program], { steps: 1 }),
      PairlabError,
      'Cannot measure PyTorch: "/nowhere/python" does not start',
    );
  });
});

describe("a stepper", () => {
  it("passes on files, and what is printed beside its answers is passed over", () =>
    inTemporaryFolder(async (folder) => {
      const { fake, turns } = fakes(folder);
      const stepper = await startStepper(fake("a"));
      assertEquals(stepper.ready.engine, "a");
      await stepper.transfer("save", "weights");
      await stepper.transfer("pictures", "photographs");
      await stepper.end();
      assertEquals(await turns(), "save weights\npictures photographs\n");
    }));
});
