/** Which files a module imports, as Deno itself finds them. */
import { fileURLToPath } from "node:url";
import { join } from "@std/path";
import { z } from "zod";
import { PairlabError } from "./errors.ts";

/** Pairlab's own folder: of the project, or of a copy. */
export const ROOT: string = Deno.realPathSync(fileURLToPath(new URL("../../", import.meta.url)));

const Module = z.object({
  kind: z.string().optional(),
  specifier: z.string(),
  error: z.string().optional(),
  dependencies: z.array(z.object({ specifier: z.string() })).optional(),
});

const Graph = z.object({ modules: z.array(Module) });

/** What {@link moduleFiles} reads, and what it refuses. */
export interface ModuleGraphOptions {
  /** The folder of the deno.json that names packages. @default the project's */
  readonly root?: string;
  /**
   * Refuses modules that import another by an absolute path, which a copy would import, too.
   * @default false
   */
  readonly relative?: boolean;
}

/**
 * The local files that modules import, themselves included; packages and what comes from the web
 * are left out, as others pin them.
 *
 * @param modules Paths.
 * @throws {PairlabError} If a module does not parse, one that it imports is missing, or it imports
 * another by an absolute path where only relative ones are allowed.
 */
export async function moduleFiles(
  modules: readonly string[],
  { root = ROOT, relative = false }: ModuleGraphOptions = {},
): Promise<string[]> {
  const config = join(root, "deno.json");
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
      if (relative) checkRelative(found);
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
