/** The exported plug-ins, so that suites leave none out. */

/** Names of the functions that mod.ts exports from a folder, e.g. `plugins/losses`, sorted. */
export function exportedFrom(folder: string): string[] {
  const text = Deno.readTextFileSync(new URL("../../mod.ts", import.meta.url));
  const names: string[] = [];
  for (const [, list, path] of text.matchAll(/export\s*\{([^}]*)\}\s*from\s*"([^"]+)"/g)) {
    if (!path!.startsWith(`./${folder}/`)) continue;
    const exported = list!.split(",").map((name) => name.trim());
    names.push(...exported.filter((name) => name !== "" && !name.startsWith("type ")));
  }
  return names.sort();
}
