/** The variants of a sweep as experiment files: what its cells train, and what resumes their runs. */
import { dirname, isAbsolute, join, relative, resolve, sep } from "@std/path";
import { pathToFileURL } from "node:url";
import { rememberTrusted } from "../experiment/trust.ts";
import { writeTextDurably } from "../base/files.ts";
import { PairlabError } from "../base/errors.ts";
import { ROOT } from "../base/module_graph.ts";
import { type AblationRecord, files } from "./folder.ts";

/** The experiment file of a variant. */
export function variantModule(folder: string, { name }: AblationRecord, variant: string): string {
  return join(files.variants(folder), `${name}_${slug(variant)}.ts`);
}

/**
 * Checks that the variants have different file names.
 *
 * @throws {PairlabError} Naming two that do not.
 */
export function checkVariantNames(variants: readonly string[]): void {
  const known = new Map<string, string>();
  for (const variant of variants) {
    const other = known.get(slug(variant));
    if (other !== undefined) {
      throw new PairlabError(
        `Cannot tell the variants "${other}" and "${variant}" apart: their files would have one name. Use names that differ in letters or digits.`,
      );
    }
    known.set(slug(variant), variant);
  }
}

/** Writes an experiment file for each variant, which imports the matrix from where it is. */
export async function writeVariantModules(
  folder: string,
  record: AblationRecord,
  variants: readonly string[],
): Promise<void> {
  await Deno.mkdir(files.variants(folder), { recursive: true });
  for (const variant of variants) {
    const path = variantModule(folder, record, variant);
    const factory = join(ROOT, "core", "ablate", "variant.ts");
    await writeTextDurably(
      path,
      [
        `/** ${JSON.stringify(variant)} of the ablation ${record.name}. */`,
        `import ablation from ${JSON.stringify(specifier(path, record.file))};`,
        `import { variantExperiment } from ${JSON.stringify(specifier(path, factory))};`,
        "",
        `const cell = ${JSON.stringify({ variant, scale: record.scale })};`,
        "export default variantExperiment(ablation, cell);",
        "",
      ].join("\n"),
    );
    // Written here, so that its runs can be resumed by themselves.
    await rememberTrusted(path);
  }
}

/** How one file imports another: relative, so that a project can move as a whole. */
function specifier(from: string, to: string): string {
  const path = relative(dirname(resolve(from)), to);
  // On another drive.
  if (isAbsolute(path)) return pathToFileURL(path).href;
  const url = path.split(sep).map(encodeURIComponent).join("/");
  return url.startsWith("../") ? url : `./${url}`;
}

/** A file name for a text: `L1+cGAN` becomes `l1_cgan`. */
export function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "") || "unnamed";
}
