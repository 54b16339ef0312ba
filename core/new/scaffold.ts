/** Writes a plug-in and its test. */
import { isAbsolute, join, relative } from "@std/path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { messageOf, PairlabError } from "../base/errors.ts";
import { ifThere } from "../base/files.ts";
import { ROOT } from "../base/module_graph.ts";
import type { KindName } from "./kinds.ts";
import type { Name } from "./name.ts";
import { renderTemplate } from "./render.ts";

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
  const path = (suffix: string): string => join(folder, `${name.snake}${suffix}.ts`);
  const written = { plugin: path(""), test: path("_test") };
  for (const path of Object.values(written)) await refuseExisting(path);
  const render = async (suffix: string): Promise<string> => {
    const template = await Deno.readTextFile(join(TEMPLATES, `${kind}${suffix}.ts`));
    return renderTemplate(template, { kind, name, root });
  };
  const plugin = await render(""), test = await render("_test");
  try {
    await Deno.mkdir(folder, { recursive: true });
    // `createNew`: a file that appeared since the check is not overwritten either.
    await Deno.writeTextFile(written.plugin, plugin, { createNew: true });
    await Deno.writeTextFile(written.test, test, { createNew: true });
  } catch (error) {
    throw new PairlabError(
      `Cannot write into "${folder}": ${messageOf(error)}. Use another --folder.`,
      { cause: error },
    );
  }
  return written;
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
    if (await ifThere(Deno.lstat(path)) === undefined) return;
  } catch (error) {
    throw new PairlabError(`Cannot write "${path}": ${messageOf(error)}. Use another --folder.`, {
      cause: error,
    });
  }
  throw new PairlabError(
    `Cannot write "${path}": the file exists. Use another name, or --folder.`,
  );
}
