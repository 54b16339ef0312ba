/** From a template to a file of the user's. */
import { PairlabError } from "../base/errors.ts";
import type { KindName } from "./kinds.ts";
import type { Name } from "./name.ts";

/** Where the file will lie, and what it is about. */
export interface Rendering {
  readonly kind: KindName;
  readonly name: Name;
  /** From the file's folder to the project's, e.g. `..` or `../..`, or a URL. */
  readonly root: string;
}

/** What deno.json says of lines. */
const WIDTH = 100;

/**
 * The text of a template in `core/new/templates/`, with names and imports as they are in
 * another place, and formatted as `deno fmt` would.
 *
 * @throws {PairlabError} If the name means something else in the template.
 *
 * @example
 * ```ts
 * import { renderTemplate } from "./render.ts";
 * import { parseName } from "./name.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const template =
 *   'import type { Loss } from "../../../../mod.ts";\n\nexport function myLoss(): Loss {\n';
 * const text = renderTemplate(template, { kind: "loss", name: parseName("soft"), root: "../.." });
 * assertEquals(text, 'import type { Loss } from "../../mod.ts";\n\nexport function soft(): Loss {\n');
 * ```
 */
export function renderTemplate(template: string, { kind, name, root }: Rendering): string {
  const pascal = `My${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  const own = new RegExp(`\\b(?:m|M)${pascal.slice(1)}`, "g");
  const words = new Set(codeOf(template.replace(own, "")).match(/\w+/g));
  for (const taken of [name.camel, `${name.pascal}Options`]) {
    if (!words.has(taken)) continue;
    throw new PairlabError(
      `Cannot name a plug-in "${name.snake}": the template uses "${taken}" for something else. Use for example "my_${name.snake}".`,
    );
  }
  return template
    .replace(own, (found) => found[0] === "M" ? name.pascal : name.camel)
    .replaceAll(`"my_${kind}"`, `"${name.snake}"`)
    .replaceAll(`"./${kind}.ts"`, `"./${name.snake}.ts"`)
    .replace(/(?<=from ")\.\.(\/\.\.)*(?=\/)/g, () => root)
    .replace(/^import (type )?\{([^}]*)\} from ("[^"]+");$/gm, formatImport);
}

/** Code without comments and texts. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|"[^"\n]*"/gm, " ");
}

function formatImport(_: string, type: string = "", list: string, from: string): string {
  const names = list.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const line = `import ${type}{ ${names.join(", ")} } from ${from};`;
  if (line.length <= WIDTH || names.length === 1) return line;
  return `import ${type}{\n${names.map((name) => `  ${name},\n`).join("")}} from ${from};`;
}
