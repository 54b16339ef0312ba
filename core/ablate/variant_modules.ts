/** The variants of a sweep as experiments of their own, each a file: what its cells train. */
import { join } from "@std/path";
import { writeTextDurably } from "../base/files.ts";
import { PairlabError } from "../base/errors.ts";
import { type AblationRecord, files } from "./folder.ts";
import { slug } from "./sources.ts";

/** Where the experiment that a variant is lies; a run can be resumed from it by itself. */
export function variantModule(folder: string, { name }: AblationRecord, variant: string): string {
  return join(files.variants(folder), `${name}_${slug(variant)}.ts`);
}

/**
 * Writes the variants as experiments that import the matrix from the sources as they were.
 *
 * @throws {PairlabError} If two of them would have one name.
 */
export async function writeVariantModules(
  folder: string,
  record: AblationRecord,
  variants: readonly string[],
): Promise<void> {
  await Deno.mkdir(files.variants(folder), { recursive: true });
  const { root, matrix } = record.sources;
  const core = root === "" ? "core" : `${root}/core`;
  const written = new Map<string, string>();
  for (const variant of variants) {
    const path = variantModule(folder, record, variant);
    const other = written.get(path);
    if (other !== undefined) {
      throw new PairlabError(
        `Cannot tell the variants "${other}" and "${variant}" apart: names that differ in letters or digits would work`,
      );
    }
    written.set(path, variant);
    await writeTextDurably(
      path,
      [
        `/** ${JSON.stringify(variant)} of the ablation ${record.name}, as it was launched. */`,
        `import ablation from ${JSON.stringify(`../sources/${matrix}`)};`,
        `import { variantExperiment } from "../sources/${core}/ablate/variant.ts";`,
        "",
        `const cell = ${JSON.stringify({ variant, scale: record.scale })};`,
        "export default variantExperiment(ablation, cell);",
        "",
      ].join("\n"),
    );
  }
}
