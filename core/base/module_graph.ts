/** The files that a module imports, as Deno finds them. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "@std/path";
import { z } from "zod";
import { PairlabError } from "./errors.ts";

/** Pairlab's own folder. */
export const ROOT: string = Deno.realPathSync(fileURLToPath(new URL("../../", import.meta.url)));

const Module = z.object({
  kind: z.string().optional(),
  specifier: z.string(),
  error: z.string().optional(),
});

const Graph = z.object({ modules: z.array(Module) });

/**
 * The local files that modules import, directly or not, themselves included. Packages and remote
 * modules are left out: deno.lock pins them.
 *
 * @param modules Paths.
 * @throws {PairlabError} If a module does not parse, or one that it imports does not exist.
 */
export async function moduleFiles(modules: readonly string[]): Promise<string[]> {
  const config = join(ROOT, "deno.json");
  const files = new Set<string>();
  for (const module of modules) {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["info", "--json", "--node-modules-dir=manual", "--config", config],
        pathToFileURL(module).href,
      ],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder();
    if (!success) {
      throw new PairlabError(`Cannot read the imports of "${module}": ${text.decode(stderr)}`);
    }
    for (const found of Graph.parse(JSON.parse(text.decode(stdout))).modules) {
      if (found.error !== undefined) {
        throw new PairlabError(`Cannot use "${module}": ${found.error.split("\n")[0]}`);
      }
      if (found.kind === "external" || !found.specifier.startsWith("file:")) continue;
      files.add(fileURLToPath(found.specifier));
    }
  }
  return [...files].sort();
}
