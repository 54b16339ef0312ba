/** Which files a module imports, as Deno itself finds them. */
import { fileURLToPath } from "node:url";
import { join } from "@std/path";
import { z } from "zod";
import { PairlabError } from "../errors.ts";

const Graph = z.object({
  modules: z.array(z.object({
    kind: z.string().optional(),
    specifier: z.string(),
    error: z.string().optional(),
  })),
});

/**
 * The local files that modules import, themselves included; packages and what comes from the web
 * are left out, as others pin them.
 *
 * @param modules Paths.
 * @param root The folder of the deno.json that names packages. @default the project's
 * @throws {PairlabError} If a module does not parse, or one that it imports is missing.
 */
export async function moduleFiles(modules: readonly string[], root?: string): Promise<string[]> {
  const config = root === undefined
    ? fileURLToPath(new URL("../../deno.json", import.meta.url))
    : join(root, "deno.json");
  const files = new Set<string>();
  for (const module of modules) {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--node-modules-dir=manual", "--config", config, module],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder();
    if (!success) {
      throw new PairlabError(`Cannot read the imports of "${module}": ${text.decode(stderr)}`);
    }
    for (const { kind, specifier, error } of Graph.parse(JSON.parse(text.decode(stdout))).modules) {
      if (error !== undefined) {
        throw new PairlabError(`Cannot use "${module}": ${error.split("\n")[0]}`);
      }
      const isSource = kind !== "external" && specifier.startsWith("file:");
      if (isSource) files.add(fileURLToPath(specifier));
    }
  }
  return [...files].sort();
}
