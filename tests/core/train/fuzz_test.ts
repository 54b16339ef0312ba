import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import fc from "fast-check";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { parseOverrides } from "../../../core/commands/cli.ts";
import { parseInterval } from "../../../core/train/autosave.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { experiment } from "../../../core/experiment/experiment.ts";
import { choice, override } from "../../../core/experiment/parameters.ts";
import { readRunRecord, recordPath } from "../../../core/runs/run_folder.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyWiring } from "./tiny.ts";

const sample = experiment(
  { rate: 2e-4, dataset: "dataset", mirror: true, order: choice("first", "second") },
  () => tinyWiring(),
);

/** Runs what may refuse, but only with a PairlabError. */
function mayRefuse<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    assert(error instanceof PairlabError, error instanceof Error ? error.stack : String(error));
    return undefined;
  }
}

describe("whatever is typed", () => {
  it("as arguments becomes parameters or is refused", () => {
    fc.assert(fc.property(fc.array(fc.string()), (words) => {
      mayRefuse(() => parseOverrides(words));
    }));
  });

  it("as parameters gives values of the defaults' types, or is refused", () => {
    const keys = fc.oneof(
      fc.constantFrom(...Object.keys(sample.defaults), "__proto__"),
      fc.string(),
    );
    const texts = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom("true", "first"));
    fc.assert(fc.property(fc.array(fc.tuple(keys, texts)), (entries) => {
      const values = mayRefuse(() => override(sample, Object.fromEntries(entries)));
      if (values === undefined) return;
      for (const [key, value] of Object.entries(values)) {
        assert(typeof value === typeof sample.defaults[key], `${key} became ${typeof value}`);
        assert(typeof value !== "number" || Number.isFinite(value), `${key} became ${value}`);
      }
    }));
  });

  it("as an interval is a positive one, or is refused", () => {
    fc.assert(fc.property(fc.string(), (text) => {
      const interval = mayRefuse(() => parseInterval(text));
      if (interval !== undefined) assert(Object.values(interval).every((amount) => amount > 0));
    }));
  });
});

describe("whatever stands in a file", () => {
  const json = fc.oneof(fc.json(), fc.string(), fc.object().map((value) => JSON.stringify(value)));

  it("run.json is read, or refused by name", () =>
    inTemporaryFolder((folder) =>
      fc.assert(fc.asyncProperty(json, async (text) => {
        await Deno.writeTextFile(recordPath(folder), text);
        try {
          await readRunRecord(folder);
        } catch (error) {
          assert(error instanceof PairlabError, String(error));
          assert(error.message.includes(folder), error.message);
        }
      }))
    ));

  it("state.json makes a checkpoint, or a damaged one that is named", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.mkdir(join(folder, "epoch-0001"));
      await fc.assert(fc.asyncProperty(json, async (text) => {
        await Deno.writeTextFile(join(folder, "epoch-0001", "state.json"), text);
        const { whole, damaged } = await listCheckpoints(folder);
        assert(whole.length + damaged.length === 1);
        for (const { reason } of damaged) assert(reason.includes("epoch-0001"), reason);
      }));
    }));
});
