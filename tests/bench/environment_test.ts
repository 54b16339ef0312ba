import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { environmentFolder, findPython, GIVEN } from "./peers/environment.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

/** Runs a body with the environment variable set, or not. */
async function withGiven(value: string | null, body: () => Promise<void>): Promise<void> {
  const before = Deno.env.get(GIVEN);
  const set = (value: string | null | undefined): void =>
    value ? Deno.env.set(GIVEN, value) : Deno.env.delete(GIVEN);
  set(value);
  try {
    await body();
  } finally {
    set(before);
  }
}

describe("the Python that has the peers", () => {
  it("is the one that the user names", () =>
    withGiven(Deno.execPath(), async () => {
      assertEquals(await findPython("/nowhere"), Deno.execPath());
    }));

  it("is refused if it is not there, naming the variable", () =>
    withGiven("/nowhere/python", async () => {
      await assertRejects(() => findPython("/nowhere"), PairlabError, "PAIRLAB_BENCH_PYTHON");
    }));

  it("is asked for with the command that installs it, where it would lie, and how large it is", () =>
    withGiven(null, () =>
      inTemporaryFolder(async (cache) => {
        const error = await assertRejects(() => findPython(cache), PairlabError, "--install");
        for (const words of [environmentFolder(cache), "7 GB", "PAIRLAB_BENCH_PYTHON"]) {
          assertEquals(error.message.includes(words), true, error.message);
        }
      })));

  it("is not taken from an environment that was not finished, or made for other versions", () =>
    withGiven(null, () =>
      inTemporaryFolder(async (cache) => {
        const folder = environmentFolder(cache);
        const bin = join(folder, Deno.build.os === "windows" ? "Scripts" : "bin");
        await Deno.mkdir(bin, { recursive: true });
        await assertRejects(() => findPython(cache), PairlabError, "--install");
        const finished = join(folder, "pairlab-requirements.txt");
        await Deno.writeTextFile(finished, "torch==1.0\n");
        await assertRejects(() => findPython(cache), PairlabError, "--install");
        const requirements = new URL(
          "./peers/requirements.txt",
          import.meta.url,
        );
        await Deno.copyFile(requirements, finished);
        assertEquals((await findPython(cache)).startsWith(bin), true);
      })));
});
