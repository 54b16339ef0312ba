import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { after, before, describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { PairlabError } from "../../../core/base/errors.ts";
import { KIND_NAMES, KINDS } from "../../../core/new/kinds.ts";
import { parseName } from "../../../core/new/name.ts";
import { scaffold } from "../../../core/new/scaffold.ts";
import { listExperiments } from "../../../core/experiment/plan.ts";
import { run } from "../commands/process.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const TEMPLATES = "core/new/templates/";

/** Runs `deno NAME` with the project's deno.json, as its tasks do. */
async function deno(name: string, ...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [name, "--config", join(ROOT, "deno.json"), ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  assert(success, `deno ${name}: ${text.decode(stdout)}${text.decode(stderr)}`);
}

describe("a scaffold", () => {
  let folder = "";
  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "pairlab-new-" });
    for (const kind of KIND_NAMES) {
      await scaffold({ kind, name: parseName(`own-${kind}`), folder: join(folder, "own") });
      // As short and as long as names can be, near and far away: lines break elsewhere.
      await scaffold({ kind, name: parseName(`q${kind[0]}`), folder: join(folder, kind) });
      const long = `${kind}_`.padEnd(24, "x");
      const far = join(folder, ...Array.from("12345678901234567890"));
      await scaffold({ kind, name: parseName(long), folder: far });
    }
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("is formatted and free of lint, whatever the name, wherever it lies", async () => {
    await Promise.all([deno("fmt", "--check", folder), deno("lint", folder)]);
  });

  it("passes the compiler, and its own tests, of every kind", async () => {
    await deno("test", "--allow-all", join(folder, "own"));
  });

  it("says its name and nothing of the template's", async () => {
    for (const kind of KIND_NAMES) {
      for (const suffix of ["", "_test"]) {
        const path = join(folder, "own", `own_${kind}${suffix}.ts`);
        const text = await Deno.readTextFile(path);
        assertEquals(/\bmy_?(?=[A-Z]|_)/i.test(text), false, path);
      }
    }
  });

  it("never takes the place of a file, not even of a test", async () => {
    const own = join(folder, "own");
    const paths = [join(own, "own_loss.ts"), join(own, "own_loss_test.ts")] as const;
    const before = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
    const again = { kind: "metric", name: parseName("own_loss"), folder: own } as const;
    await assertRejects(() => scaffold(again), PairlabError, "the file exists");
    await Deno.rename(paths[0], join(own, "moved.ts"));
    await assertRejects(() => scaffold(again), PairlabError, "own_loss_test.ts");
    await Deno.rename(join(own, "moved.ts"), paths[0]);
    assertEquals(await Promise.all(paths.map((path) => Deno.readTextFile(path))), before);
  });

  it("refuses a folder that is a file", async () => {
    const file = join(folder, "own", "own_loss.ts");
    const there = { kind: "loss", name: parseName("other"), folder: file } as const;
    await assertRejects(() => scaffold(there), PairlabError, "Cannot write");
  });

  it("refuses a name that the template needs for something else", async () => {
    const there = { kind: "loss", name: parseName("scalar"), folder } as const;
    assertEquals((await scaffold(there)).plugin, join(folder, "scalar.ts"));
    for (
      const [kind, name] of [["loss", "tf"], ["experiment", "adam"], [
        "metric",
        "describe",
      ]] as const
    ) {
      await assertRejects(
        () => scaffold({ kind, name: parseName(name), folder }),
        PairlabError,
        `Use for example "my_${name}".`,
      );
    }
  });
});

describe("a name", () => {
  it("is understood in each of the usual spellings", () => {
    const forms = { camel: "ssimLoss2", pascal: "SsimLoss2", snake: "ssim_loss2" };
    for (const given of ["ssim_loss2", "ssim-loss2", "ssimLoss2", "SsimLoss2", "SSIMLoss2"]) {
      assertEquals(parseName(given), forms, given);
    }
    assertEquals(parseName("l2"), { camel: "l2", pascal: "L2", snake: "l2" });
  });

  it("is refused where no function, type or file can be called so", () => {
    for (
      const given of ["", "2d", "a b", "a__b", "_a", "a.ts", "../a", "ä", "$a", "a".repeat(25)]
    ) {
      assertThrows(() => parseName(given), PairlabError, "Cannot name a plug-in");
    }
    for (const given of ["class", "default", "Await", "new", "con", "com1", "arguments"]) {
      assertThrows(() => parseName(given), PairlabError, "the word is reserved");
    }
  });
});

describe("deno task new", () => {
  it("writes into a folder of one's choice, and says how to go on", async () => {
    const folder = await Deno.makeTempDir({ prefix: "pairlab-new-" });
    const { code, output } = await run("new", "callback", "slack-post", `--folder=${folder}`);
    assertEquals(code, 0, output);
    for (
      const words of ["slack_post.ts", "deno task try", "callbacks: [progress(), slackPost()]"]
    ) {
      assert(output.includes(words), output);
    }
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals(names, ["slack_post.ts", "slack_post_test.ts"]);

    const again = await run("new", "callback", "slack-post", `--folder=${folder}`);
    assertEquals(again.code, 1);
    assert(again.output.startsWith("Cannot write"), again.output);
    await Deno.remove(folder, { recursive: true });
  });

  it("may write among experiments: their tests are not taken for some", async () => {
    const folder = await Deno.makeTempDir({ prefix: "pairlab-new-" });
    await scaffold({ kind: "experiment", name: parseName("doors"), folder });
    assertEquals(await listExperiments(folder), ["doors"]);
    await Deno.remove(folder, { recursive: true });
  });

  it("names the nearest kind", async () => {
    const { code, output } = await run("new", "optimiser", "lion");
    assertEquals(code, 1);
    assert(output.includes('Did you mean "optimizer"?'), output);
  });

  it("has a template with a test, and a guide, for each kind", async () => {
    for (const kind of KIND_NAMES) {
      const guide = `docs/writing_${KINDS[kind].guide}.md`;
      for (const file of [`${TEMPLATES}${kind}.ts`, `${TEMPLATES}${kind}_test.ts`, guide]) {
        assert((await Deno.stat(join(ROOT, file))).isFile, file);
      }
    }
  });
});
