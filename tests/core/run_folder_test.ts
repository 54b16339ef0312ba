import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { PairlabError } from "../../core/errors.ts";
import {
  createRunFolder,
  defaultRunFolder,
  readRunRecord,
  type RunRecord,
} from "../../core/run_folder.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { tinyShape } from "./tiny.ts";

const record: RunRecord = {
  format: 1,
  experiment: { name: "tiny", module: "tiny", source: "", sha256: "" },
  parameters: { epochs: 1, dataset: "dataset", mirror: true },
  limit: null,
  seed: 23,
  shape: tinyShape,
  data: { description: "noise", fingerprint: "noise" },
  predictions: [{ callback: "samples", mode: "paper" }],
  engine: { name: "cpu", version: "4.22.0", threads: 1, compile: "off" },
  versions: { pairlab: "0.1.0" },
  commit: null,
  started: "2026-11-23T17:30:00.000Z",
};

describe("a run folder", () => {
  it("is named by the experiment and the time", () => {
    assertEquals(
      defaultRunFolder("flowers", new Date("2026-11-23T17:30:05Z")),
      join("runs", "flowers-20261123-173005"),
    );
  });

  it("gives its record back", () =>
    inTemporaryFolder(async (folder) => {
      await createRunFolder(join(folder, "deep", "run"), record);
      assertEquals(await readRunRecord(join(folder, "deep", "run")), record);
    }));

  it("is not begun where there is something already", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "thesis.tex"), "");
      await assertRejects(() => createRunFolder(folder, record), PairlabError, '"thesis.tex"');
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["thesis.tex"]);
    }));

  it("says so when a folder is none", () =>
    inTemporaryFolder(async (folder) => {
      await assertRejects(() => readRunRecord(folder), PairlabError, "it has no run.json");
    }));

  it("names the field of a record that is off", () =>
    inTemporaryFolder(async (folder) => {
      const wrong = { ...record, seed: "twenty-three" };
      await Deno.writeTextFile(join(folder, "run.json"), JSON.stringify(wrong));
      await assertRejects(() => readRunRecord(folder), PairlabError, "seed");
    }));
});
