import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { dirname, join, relative } from "@std/path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** What `deno task new` begins from. To the core these are texts: a user's plug-ins and tests. */
const TEMPLATES = "core/new/templates/";

/** Every source file below a folder of the project, `/` between names. */
function sourcesIn(folder: string): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...sourcesIn(path));
    else if (name.endsWith(".ts")) found.push(path);
  }
  return found;
}

/** What a file imports, as paths from the root, or as they are for packages. */
function importsOf(file: string): string[] {
  const text = Deno.readTextFileSync(join(ROOT, file)).replace(/\/\*[\s\S]*?\*\//g, "");
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) =>
    match[1]!
  );
  return specifiers.map((specifier) =>
    specifier.startsWith(".")
      ? relative(ROOT, join(ROOT, dirname(file), specifier)).replaceAll("\\", "/")
      : specifier
  );
}

/** The imports that break a rule, as `file -> import`. */
function breaking(files: string[], allowed: (file: string, imported: string) => boolean): string[] {
  return files.flatMap((file) =>
    importsOf(file).filter((imported) => !allowed(file, imported)).map((imported) =>
      `${file} -> ${imported}`
    )
  );
}

const isPackage = (imported: string): boolean => !imported.endsWith(".ts");

describe("the architecture", () => {
  it("lets a plug-in import the interfaces, layers, tfjs, paths and its own folder, nothing else", () => {
    const allowed = (file: string, imported: string): boolean =>
      imported === "core/plugin.ts" ||
      imported === "@tensorflow/tfjs" || imported === "@std/path" ||
      imported.startsWith("plugins/layers/") ||
      // A plug-in of several files has a folder of its own name.
      imported.startsWith(`${file.replace(/\.ts$/, "")}/`) ||
      (file.split("/").length > 3 && imported.startsWith(`${dirname(file)}/`));
    assertEquals(breaking(sourcesIn("plugins"), allowed), []);
  });

  it("keeps the core from importing plug-ins, experiments and tests", () => {
    // `predict` and `resume` learn the layers of all plug-ins through mod.ts, when they run.
    const allowed = (_: string, imported: string): boolean =>
      isPackage(imported) || imported === "mod.ts" ||
      (imported.startsWith("core/") && !imported.startsWith(TEMPLATES));
    const core = sourcesIn("core").filter((file) => !file.startsWith(TEMPLATES));
    assertEquals(breaking(core, allowed), []);
  });

  it("lets only commands reach for mod.ts", () => {
    const allowed = (file: string, imported: string): boolean =>
      imported !== "mod.ts" || file.startsWith("core/commands/");
    assertEquals(breaking(sourcesIn("core"), allowed), []);
  });

  it("has no file that is a bag of things", () => {
    const names = [...sourcesIn("core"), ...sourcesIn("plugins")];
    assertEquals(names.filter((name) => /(^|\/)(utils?|helpers?|misc|common)\.ts$/.test(name)), []);
  });

  it("gives each plug-in a test at the same place", () => {
    const tested = new Set(sourcesIn("tests"));
    const untested = sourcesIn("plugins").filter((file) =>
      file.split("/").length === 3 && !tested.has(`tests/${file.replace(/\.ts$/, "_test.ts")}`)
    );
    assertEquals(untested, []);
  });
});
