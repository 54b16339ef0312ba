/** The links of the documentation: in Markdown, and on the site that is built from it. */
import { assert, assertEquals } from "@std/assert";
import { basename, dirname, join, relative } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { inTemporaryFolder } from "./temporary_folder.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** A page: where its links lead, and which anchors it has. */
interface Page {
  readonly links: readonly string[];
  readonly anchors: readonly string[];
}

/** GitHub's anchor of a heading: lower case, no punctuation, hyphens for spaces. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-");
}

function readMarkdown(text: string): Page {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "").replace(
    /`[^`]*`/g,
    (code) => code.replace(/[[\]()]/g, ""),
  );
  return {
    links: [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!),
    anchors: [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!)),
  };
}

function readHtml(text: string): Page {
  return {
    links: [...text.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, link]) => link!),
    anchors: [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!),
  };
}

/** The links of pages that lead to a missing file or anchor, as `page -> link`. */
function broken(
  folder: string,
  files: readonly string[],
  read: (text: string) => Page,
): string[] {
  const pages = new Map<string, Page>();
  const pageAt = (path: string): Page => {
    if (!pages.has(path)) pages.set(path, read(Deno.readTextFileSync(path)));
    return pages.get(path)!;
  };
  const leadsSomewhere = (file: string, link: string): boolean => {
    const [path = "", anchor] = link.split("#");
    const named = path.endsWith("/") ? `${path}index.html` : path;
    const target = named === "" ? file : join(dirname(file), decodeURIComponent(named));
    if (!exists(target)) return false;
    return anchor === undefined || anchor === "" ||
      pageAt(target).anchors.includes(decodeURIComponent(anchor));
  };
  return files.flatMap((file) =>
    pageAt(file).links
      .filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(file, link))
      .map((link) => `${relative(folder, file).replaceAll("\\", "/")} -> ${link}`)
  );
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** All files below a folder with an extension. */
function filesIn(folder: string, extension: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return filesIn(path, extension);
    return name.endsWith(extension) ? [path] : [];
  }).sort();
}

describe("the documentation", () => {
  it("has Markdown whose links lead to files and headings that exist", () => {
    const pages = [
      join(ROOT, "README.md"),
      join(ROOT, "dataset", "README.md"),
      ...filesIn(join(ROOT, "docs"), ".md"),
    ];
    assertEquals(broken(ROOT, pages, readMarkdown), []);
  });

  it("finds a link to a missing file, and one to a missing heading", () =>
    inTemporaryFolder(async (folder) => {
      const page = join(folder, "page.md");
      const text = "# Its title, and `code`\n\n[a](#its-title-and-code) [b](#other) [c](none.md)\n";
      await Deno.writeTextFile(page, text);
      assertEquals(broken(folder, [page], readMarkdown), [
        "page.md -> #other",
        "page.md -> none.md",
      ]);
    }));

  it("becomes a site that has every guide, every symbol, and no broken link", () =>
    inTemporaryFolder(async (folder) => {
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--check",
          "--no-prompt",
          "--config",
          join(ROOT, "docs", "site", "deno.json"),
          "--frozen",
          "--allow-read",
          `--allow-write=${folder}`,
          "--allow-env",
          "--allow-sys",
          join(ROOT, "docs", "site", "build.ts"),
          folder,
        ],
        env: { NO_COLOR: "1" },
        stdout: "null",
        stderr: "piped",
      }).output();
      assert(success, new TextDecoder().decode(stderr));

      const pages = filesIn(folder, ".html");
      assertEquals(broken(folder, pages, readHtml), []);
      const guides = filesIn(join(ROOT, "docs"), ".md").length + 1; // dataset/README.md
      assertEquals(filesIn(join(folder, "documents"), ".html").length, guides);
      const module = await Deno.readTextFile(join(ROOT, "mod.ts"));
      const lists = [...module.matchAll(/^export (?:type )?\{([^}]+)\}/gm)];
      const symbols = lists.flatMap(([, list]) => list!.match(/\w+(?=,|\s*$)/g)!);
      assert(symbols.length > 200, `${symbols.length}`);
      const documented = new Set(pages.map((path) => basename(path, ".html")));
      assertEquals(symbols.filter((symbol) => !documented.has(symbol)), []);
    }));
});
