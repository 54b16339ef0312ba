/** What a run was made with: for run.json. */
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import settings from "../../deno.json" with { type: "json" };

/** Versions of Pairlab and of what it stands on, by name. */
export function versions(): Record<string, string> {
  return {
    pairlab: settings.version,
    deno: Deno.version.deno,
    tfjs: String(tf.version["tfjs-core"]),
  };
}

/** Beside deno.json in a copy of the sources: the commit that they were copied from. */
export const COMMIT_FILE = "COMMIT";

/**
 * The git commit of Pairlab's sources, with `+` if they have been changed since; null where there
 * is no git or no repository. A copy says it in its {@link COMMIT_FILE}.
 */
export async function sourceCommit(): Promise<string | null> {
  const noted = await notedCommit();
  if (noted !== undefined) return noted === "" ? null : noted;
  const head = await git("rev-parse", "HEAD");
  if (head === null) return null;
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  return changes === "" ? head : `${head}+`;
}

async function notedCommit(): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(new URL(`../../${COMMIT_FILE}`, import.meta.url))).trim();
  } catch {
    return undefined;
  }
}

async function git(...args: string[]): Promise<string | null> {
  try {
    const cwd = fileURLToPath(new URL("../../", import.meta.url));
    const command = new Deno.Command("git", { args, cwd, stdout: "piped", stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}
