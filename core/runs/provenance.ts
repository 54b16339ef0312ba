/** What a run was made with, and how that is written below figures. */
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import settings from "../../deno.json" with { type: "json" };

/** The versions of Pairlab and its engine's library, by name. */
export function versions(): Record<string, string> {
  return {
    pairlab: settings.version,
    deno: Deno.version.deno,
    tfjs: String(tf.version["tfjs-core"]),
  };
}

/**
 * The git commit of Pairlab's sources, with `+` if they have changed since; null without git or a
 * repository.
 */
export async function sourceCommit(): Promise<string | null> {
  const head = await git("rev-parse", "HEAD");
  if (head === null) return null;
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  return changes === "" ? head : `${head}+`;
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

/** The first 12 digits of a hash, without its prefix: `9e581cb137bf`. */
export function shortHash(hash: string): string {
  return hash.slice(hash.indexOf(":") + 1).slice(0, 12);
}

/** `5e222d7f64+`, where `+` marks changed sources; `unknown` outside git. */
export function shortCommit(commit: string | null): string {
  return commit === null ? "unknown" : commit.replace(/^([0-9a-f]{10})[0-9a-f]*/, "$1");
}

/** `tensorflow 2.21.0, 2 threads`. */
export function describeEngine(
  { name, version, threads }: {
    readonly name: string;
    readonly version: string;
    readonly threads: number;
  },
): string {
  return `${name} ${version}, ${threads} thread${threads === 1 ? "" : "s"}`;
}
