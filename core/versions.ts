/** What a run was made with: for run.json. */
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import settings from "../deno.json" with { type: "json" };

/** Versions of Pairlab and of what it stands on, by name. */
export function versions(): Record<string, string> {
  return {
    pairlab: settings.version,
    deno: Deno.version.deno,
    tfjs: String(tf.version["tfjs-core"]),
  };
}

/**
 * The git commit of Pairlab's sources, with `+` if they have been changed since; null where there
 * is no git or no repository.
 */
export async function sourceCommit(): Promise<string | null> {
  const head = await git("rev-parse", "HEAD");
  if (head === null) return null;
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  return changes === "" ? head : `${head}+`;
}

async function git(...args: string[]): Promise<string | null> {
  try {
    const cwd = fileURLToPath(new URL("../", import.meta.url));
    const command = new Deno.Command("git", { args, cwd, stdout: "piped", stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}
