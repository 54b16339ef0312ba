/** The sources of a sweep, copied when it is launched, so that later edits reach none of its cells. */
import { createHash } from "node:crypto";
import { dirname, extname, isAbsolute, join, relative, sep } from "@std/path";
import { writeTextDurably } from "../base/files.ts";
import { PairlabError } from "../base/errors.ts";
import { moduleFiles, ROOT } from "../base/module_graph.ts";
import { COMMIT_FILE, sourceCommit } from "../runs/versions.ts";

/** What is copied as a whole, so that files which modules read are there too. */
const COPIED = ["core", "plugins", "experiments", "mod.ts", "deno.json", "deno.lock"];

/** The program of a cell: what it imports, together with the matrix, defines what is computed. */
const CELL = join("core", "ablate", "cell.ts");

/** Where things lie in a copy, relative to its folder, with `/`. */
export interface SourcesLayout {
  /** Pairlab's own folder; "" if it is the copy's. */
  readonly root: string;
  /** The matrix file. */
  readonly matrix: string;
}

/** A copy of all that a sweep runs. */
export interface Sources extends SourcesLayout {
  /** Of all files that a cell imports. */
  readonly sha256: string;
  readonly commit: string | null;
}

/**
 * Copies Pairlab and a matrix file with all that it imports into a folder. Packages are linked, not
 * copied: deno.lock pins them.
 *
 * @param matrix The path of the matrix file, anywhere.
 * @throws {PairlabError} If a module is missing or lies on another drive.
 */
export async function copySources(matrix: string, folder: string): Promise<Sources> {
  const files = await moduleFiles([matrix], { relative: true });
  const base = commonFolder([ROOT, ...files]);
  const within = (path: string): string => relative(base, path).split(sep).join("/");
  const layout = { root: within(ROOT), matrix: within(matrix) };
  const root = join(folder, layout.root);
  await Deno.mkdir(root, { recursive: true });
  for (const name of COPIED) await copyTree(join(ROOT, name), join(root, name));
  for (const file of files) await copyFile(file, join(folder, within(file)));
  await linkPackages(join(ROOT, "node_modules"), join(root, "node_modules"));
  const commit = await sourceCommit();
  await writeTextDurably(join(root, COMMIT_FILE), `${commit ?? ""}\n`);
  return { ...layout, commit, sha256: await hashSources(folder, layout) };
}

/**
 * The hash of all that a cell runs: every module of Pairlab and of the matrix that it imports, and
 * the packages by their versions. Tasks, experiments and commands that no cell runs do not count.
 */
export async function hashSources(
  folder: string,
  { root, matrix }: SourcesLayout,
): Promise<string> {
  const pairlab = join(folder, root);
  const modules = [join(folder, matrix), join(pairlab, CELL)];
  const files = await moduleFiles(modules, { root: pairlab, relative: true });
  const settings = join(pairlab, "deno.json"), lock = join(pairlab, "deno.lock");
  const hash = createHash("sha256");
  for (const file of [...new Set([...files, settings, lock])].sort()) {
    const text = await Deno.readTextFile(file);
    const name = relative(folder, file).split(sep).join("/");
    hash.update(JSON.stringify([name, file === settings ? packagesOf(text) : text]));
  }
  return hash.digest("hex");
}

/** Of deno.json what decides on results. */
function packagesOf(text: string): unknown {
  const { imports, version } = JSON.parse(text);
  return { imports, version };
}

/** The innermost folder that holds all the paths, which are absolute. */
function commonFolder(paths: readonly string[]): string {
  let folder = paths[0]!;
  for (const path of paths) {
    while (!isWithin(folder, path)) {
      if (dirname(folder) === folder) {
        throw new PairlabError(
          `Cannot copy "${path}" with "${paths[0]}": they are on different drives, one would work`,
        );
      }
      folder = dirname(folder);
    }
  }
  return folder;
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}

async function copyTree(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isSymlink } of Deno.readDir(from)) {
    if (isSymlink || name.startsWith(".")) continue;
    await copyTree(join(from, name), join(to, name));
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

async function linkPackages(from: string, to: string): Promise<void> {
  // Only junctions need no particular right on Windows.
  await Deno.symlink(await Deno.realPath(from), to, { type: "junction" });
}

/** A file name that says what a text says: `L1+cGAN` becomes `l1_cgan`. */
export function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "") || "unnamed";
}

/** The name of a matrix: `losses` of `experiments/ablations/losses.ts`. */
export function matrixName(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? path;
  return slug(file.slice(0, file.length - extname(file).length));
}
