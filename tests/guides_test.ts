/** The files that the guides in docs/ have their readers write, as a reader would: all of them. */
import { assert, assertEquals } from "@std/assert";
import { basename, join, relative } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { loadMatrix } from "../core/ablate/matrix.ts";
import { loadExperiment, planExperiment } from "../core/experiment/plan.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** A file of a guide. */
interface Snippet {
  readonly guide: string;
  /** `mine/tint.ts`. */
  readonly path: string;
  readonly text: string;
}

/** The names of the guides, e.g. `writing_loss.md`. */
function guides(): string[] {
  return [...Deno.readDirSync(join(ROOT, "docs"))].map(({ name }) => name)
    .filter((name) => name.endsWith(".md")).sort();
}

/** What the guides have in blocks that begin with the name of a file. */
function snippets(): Snippet[] {
  return guides().flatMap((guide) => {
    const text = Deno.readTextFileSync(join(ROOT, "docs", guide));
    const blocks = text.matchAll(/^```ts.*\n\/\/ (mine\/\w+\.ts)\n([\s\S]*?)^```$/gm);
    return [...blocks].map(([, path, text]) => ({ guide, path: path!, text: text! }));
  });
}

async function deno(...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  assert(success, `deno ${args[0]}: ${text.decode(stdout)}${text.decode(stderr)}`);
}

/** Writes the files into a folder as into `mine/`. */
async function writeAll(folder: string, all: readonly Snippet[]): Promise<void> {
  const root = relative(folder, ROOT).replaceAll("\\", "/");
  for (const { path, text } of all) {
    const own = text.replace(/(?<=from ")\.\.(?=\/)/g, root);
    await Deno.writeTextFile(join(folder, basename(path)), own, { createNew: true });
  }
}

describe("the guides", () => {
  it("have the reader write a plug-in, its test and an experiment of each kind", () => {
    const written = snippets();
    const pages = guides().filter((name) => name.startsWith("writing_"));
    assertEquals(pages.length, 10);
    for (const page of pages) {
      const paths = written.filter(({ guide }) => guide === page).map(({ path }) => path);
      const tests = paths.filter((path) => path.endsWith("_test.ts"));
      assert(tests.length >= 1, page);
      for (const test of tests) assert(paths.includes(test.replace("_test.ts", ".ts")), test);
      assert(paths.length >= 2 * tests.length + 1, page);
    }
  });

  it("are all listed in docs/README.md, by links that lead somewhere", async () => {
    const list = await Deno.readTextFile(join(ROOT, "docs", "README.md"));
    const listed = [...list.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!);
    const missing = guides().filter((name) => name !== "README.md" && !listed.includes(name));
    assertEquals(missing, []);
    for (const path of listed) assert((await Deno.stat(join(ROOT, "docs", path))).isFile, path);
  });

  it("write what the compiler, the linter and the tests in them accept", () =>
    inTemporaryFolder(async (folder) => {
      await writeAll(folder, snippets());
      const config = ["--config", join(ROOT, "deno.json")];
      await Promise.all([
        deno("lint", ...config, folder),
        deno("check", ...config, folder),
        // The compiler has its say beside.
        deno("test", ...config, "--no-check", "--allow-all", folder),
      ]);
    }));

  it("write experiments that fit together", () =>
    inTemporaryFolder(async (folder) => {
      const all = snippets();
      await writeAll(folder, all);
      let experiments = 0;
      for (const { path, text } of all) {
        const file = join(folder, basename(path));
        if (/export default (experiment|vary)\(/.test(text)) {
          planExperiment(await loadExperiment(file), {});
          experiments++;
        } else if (text.includes("export default ablation(")) await loadMatrix(file);
      }
      assert(experiments >= 10, `${experiments}`);
    }));
});

/** The files that a page names in backticks, e.g. `core/train/step.ts`; placeholders are left out. */
function filesNamedIn(page: string): string[] {
  return [...page.matchAll(/`([\w./]+\.(?:ts|json))`/g)].map(([, path]) => path!)
    .filter((path) => !path.includes("NAME") && path !== "plugin.ts" && path !== "run.json");
}

describe("the README", () => {
  it("has at most 150 lines", async () => {
    const lines = (await Deno.readTextFile(join(ROOT, "README.md"))).trimEnd().split("\n");
    assert(lines.length <= 150, `${lines.length}`);
  });
});

describe("the pages on the architecture", () => {
  it("name files that exist", async () => {
    const page = await Deno.readTextFile(join(ROOT, "docs", "architecture.md"));
    const named = filesNamedIn(page);
    assert(named.length >= 20, `${named.length}`);
    for (const path of named) assert((await Deno.stat(join(ROOT, path))).isFile, path);
  });

  it("answer what happens in one training step by at most six files", async () => {
    const page = await Deno.readTextFile(join(ROOT, "docs", "architecture.md"));
    const answer = /^### What happens in one training step\?\n([\s\S]*?)^###/m.exec(page)![1]!;
    const files = new Set(filesNamedIn(answer));
    assert(files.size >= 3 && files.size <= 6, [...files].join());
  });

  it("list the rooms of the core in the order that the test of the architecture holds", async () => {
    const rules = await Deno.readTextFile(join(ROOT, "tests", "architecture_test.ts"));
    const rooms = /const ROOMS[^=]*= \[([\s\S]*?)^\];/m.exec(rules)![1]!;
    const inOrder = [...rooms.matchAll(/"([\w.]+)"/g)].map(([, room]) => room!);
    const readme = await Deno.readTextFile(join(ROOT, "README.md"));
    const table = /^\| room of `core\/`[\s\S]*?\n\n/m.exec(readme)![0];
    const listed = table.split("\n").slice(2).flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`([\w.]+)`/g)].map(([, room]) => room!)
    );
    assertEquals(listed, inOrder);
  });
});
