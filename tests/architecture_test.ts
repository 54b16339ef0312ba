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
  const specifiers = [...text.matchAll(/^[^`"]*(?:from|import)\s*\(?\s*"([^"]+)"/gm)].map((match) =>
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

/**
 * The rooms of the core in their order: each imports only rooms before it. Those in one line stand
 * beside each other, and do not know each other.
 */
const ROOMS: readonly (readonly string[])[] = [
  ["base"],
  ["random"],
  ["interfaces"],
  ["health"],
  ["pictures"],
  ["ops"],
  ["backends"],
  ["data"],
  ["model"],
  ["experiment"],
  ["runs"],
  ["predict"],
  ["workers"],
  ["train"],
  ["evaluate"],
  ["ablate", "dataset", "doctor", "export", "new"],
  ["report"],
  ["http"],
  ["watch"],
  ["demo", "serve"],
  ["plugin.ts"],
  ["commands"],
];

/** `core/train/step.ts` is in the room `train`; `core/plugin.ts` is a room of its own. */
const roomOf = (file: string): string => file.split("/")[1] ?? file;

const placeOf = (room: string): number => ROOMS.findIndex((rooms) => rooms.includes(room));

/** The circles among files: each a list of files that all import each other, directly or not. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  // Tarjan (1972): a file is the first of a circle if nothing that it reaches goes back before it.
  const numbers = new Map<string, number>(), lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    numbers.set(file, numbers.size);
    lowest.set(file, numbers.get(file)!);
    open.push(file);
    for (const imported of imports.get(file) ?? []) {
      if (!imports.has(imported)) continue;
      if (!numbers.has(imported)) visit(imported);
      if (open.includes(imported)) {
        lowest.set(file, Math.min(lowest.get(file)!, lowest.get(imported)!));
      }
    }
    if (lowest.get(file) !== numbers.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const file of imports.keys()) if (!numbers.has(file)) visit(file);
  return circles;
}

describe("the architecture", () => {
  it("lets each room of the core import only rooms before it", () => {
    const allowed = (file: string, imported: string): boolean =>
      !imported.startsWith("core/") || roomOf(file) === roomOf(imported) ||
      placeOf(roomOf(imported)) < placeOf(roomOf(file));
    const core = sourcesIn("core").filter((file) => !file.startsWith(TEMPLATES));
    assertEquals(breaking(core, allowed), []);
  });

  it("has a room for every file of the core, and no room for none", () => {
    const rooms = new Set(sourcesIn("core").map(roomOf));
    assertEquals([...rooms].sort(), ROOMS.flat().sort());
  });

  it("has no circle of files, imports of types included", () => {
    const files = [...sourcesIn("core"), ...sourcesIn("plugins"), "mod.ts"];
    assertEquals(circlesIn(new Map(files.map((file) => [file, importsOf(file)]))), []);
  });

  it("finds a circle where there is one", () => {
    const imports = new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", ["a"]], ["d", []]]);
    assertEquals(circlesIn(imports), [["a", "b", "c"]]);
  });

  it("lets a plug-in import the interfaces, layers, tfjs, protobufjs, paths and its own folder, nothing else", () => {
    const allowed = (file: string, imported: string): boolean =>
      imported === "core/plugin.ts" ||
      imported === "@tensorflow/tfjs" || imported === "@std/path" || imported === "protobufjs" ||
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
    const core = sourcesIn("core").filter((file) => !file.startsWith(TEMPLATES));
    assertEquals(breaking(core, allowed), []);
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
