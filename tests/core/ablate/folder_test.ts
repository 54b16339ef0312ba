import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import {
  cellAddress,
  type CellDefinition,
  defaultAblationFolder,
  files,
  readAblationRecord,
  writeAblationRecord,
} from "../../../core/ablate/folder.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { definitionOf } from "./cell_results.ts";
import { recordOf } from "./records.ts";

describe("the address of a cell", () => {
  const changes: Partial<CellDefinition>[] = [
    { variant: "cGAN" },
    { seed: 2 },
    { scale: "paper" },
    { parameters: { epochs: 3, batch: 1, size: 32, seed: 1 } },
    { limit: 10 },
    { data: "sha256:other" },
    { backend: "wasm" },
    { sources: "bb".repeat(32) },
  ];
  for (const change of changes) {
    it(`changes with ${Object.keys(change)[0]}`, () => {
      assertNotEquals(cellAddress(definitionOf(change)), cellAddress(definitionOf()));
    });
  }

  it("does not change with its label or the order of its parameters", () => {
    const same = definitionOf({
      label: "another",
      parameters: { seed: 1, size: 32, batch: 1, epochs: 2 },
    });
    assertEquals(cellAddress(same), cellAddress(definitionOf()));
  });
});

describe("the folder of a sweep", () => {
  it("is the same for the same launch, and another for other settings", () => {
    const folder = defaultAblationFolder(recordOf());
    const later = recordOf({ launched: "2027-01-01T00:00:00.000Z", threads: 2 });
    assertEquals(defaultAblationFolder(later), folder);
    assertNotEquals(defaultAblationFolder(recordOf({ parameters: { epochs: "3" } })), folder);
    assertNotEquals(defaultAblationFolder(recordOf({ backend: "wasm" })), folder);
  });

  it("is refused if its record is damaged", () =>
    inTemporaryFolder(async (folder) => {
      await writeAblationRecord(folder, recordOf());
      assertEquals(await readAblationRecord(folder), recordOf());
      await Deno.writeTextFile(files.record(folder), '{"format": 1}');
      await assertRejects(
        () => readAblationRecord(folder),
        PairlabError,
        "Cannot open the ablation",
      );
      await assertRejects(
        () => readAblationRecord(join(folder, "no")),
        PairlabError,
        "does not exist",
      );
    }));
});
