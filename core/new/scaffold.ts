/** Writes a plug-in and its test. */
import { isAbsolute, join, relative } from "@std/path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { KindName } from "./kinds.ts";
import type { Name } from "./name.ts";
import { renderTemplate } from "./render.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TEMPLATES = fileURLToPath(new URL("./templates/", import.meta.url));

/** What is written, and where. */
export interface Scaffold {
  readonly kind: KindName;
  readonly name: Name;
  /** An absolute path; created if it does not exist. */
  readonly folder: string;
}

/** The paths of what was written. */
export interface Written {
  readonly plugin: string;
  readonly test: string;
}

/**
 * Writes a plug-in of a kind and its test into a folder; both pass as they are.
 *
 * @throws {PairlabError} If a file of either name exists, or the folder cannot be written.
 */
export async function scaffold({ kind, name, folder }: Scaffold): Promise<Written> {
  const root = rootSeenFrom(folder);
  const render = async (suffix: string): Promise<string> =>
    renderTemplate(
      await Deno.readTextFile(join(TEMPLATES, `${kind}${suffix}.ts`)),
      { kind, name, root },
    );
  const [plugin, test] = ["", "_test"].map((suffix) => ({
    path: join(folder, `${name.snake}${suffix}.ts`),
    suffix,
  })) as [Planned, Planned];
  for (const { path } of [plugin, test]) await refuseExisting(path);
  const texts = [await render(plugin.suffix), await render(test.suffix)] as const;
  try {
    await Deno.mkdir(folder, { recursive: true });
    // `createNew`: a file that appeared since the check is not overwritten either.
    await Deno.writeTextFile(plugin.path, texts[0], { createNew: true });
    await Deno.writeTextFile(test.path, texts[1], { createNew: true });
  } catch (error) {
    throw new PairlabError(
      `Cannot write into "${folder}": ${messageOf(error)}. Use another --folder.`,
      { cause: error },
    );
  }
  return { plugin: plugin.path, test: test.path };
}

interface Planned {
  readonly path: string;
  readonly suffix: string;
}

/** As imports name it: with slashes, and as a URL where no relative path leads there. */
function rootSeenFrom(folder: string): string {
  const path = relative(folder, ROOT);
  // Another drive of Windows.
  if (isAbsolute(path)) return pathToFileURL(path).href.replace(/\/$/, "");
  return path === "" ? "." : path.replaceAll("\\", "/");
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new PairlabError(`Cannot write "${path}": ${messageOf(error)}. Use another --folder.`, {
      cause: error,
    });
  }
  throw new PairlabError(
    `Cannot write "${path}": the file exists. Use another name, or --folder.`,
  );
}
