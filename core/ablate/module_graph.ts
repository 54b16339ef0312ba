/** Which files a module imports, as Deno itself finds them. */
import { fileURLToPath } from "node:url";
import { join } from "@std/path";
import { z } from "zod";
import { PairlabError } from "../errors.ts";

const Module = z.object({
  kind: z.string().optional(),
  specifier: z.string(),
  error: z.string().optional(),
  dependencies: z.array(z.object({ specifier: z.string() })).optional(),
});

const Graph = z.object({ modules: z.array(Module) });

/**
 * The local files that modules import, themselves included; packages and what comes from the web
 * are left out, as others pin them.
 *
 * @param modules Paths.
 * @param root The folder of the deno.json that names packages. @default the project's
 * @throws {PairlabError} If a module does not parse, one that it imports is missing, or it imports
 * another by an absolute path, which a copy of it would import, too.
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
    for (const found of Graph.parse(JSON.parse(text.decode(stdout))).modules) {
      if (found.error !== undefined) {
        throw new PairlabError(`Cannot use "${module}": ${found.error.split("\n")[0]}`);
      }
      if (found.kind === "external" || !found.specifier.startsWith("file:")) continue;
      checkRelative(found);
      files.add(fileURLToPath(found.specifier));
    }
  }
  return [...files].sort();
}

function checkRelative({ specifier: module, dependencies = [] }: z.infer<typeof Module>): void {
  const absolute = dependencies.find(({ specifier }) =>
    /^(file:|[\\/]|[a-z]:[\\/])/i.test(specifier)
  );
  if (absolute === undefined) return;
  throw new PairlabError(
    `Cannot copy "${
      fileURLToPath(module)
    }": it imports "${absolute.specifier}", a path from its own folder ("./…", "../…") would work`,
  );
}
