import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { readMetrics } from "../../core/runs/metrics_log.ts";
import { mlflow } from "../../docs/tracking/mlflow.ts";
import type { Callback, TrainingRun } from "../../core/plugin.ts";
import { trainIn } from "../core/train/outcome.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

/** The address of a server of MLflow, e.g. of `mlflow server`; the test is skipped without one. */
const SERVER = Deno.env.get("PAIRLAB_MLFLOW");

/** Puts into run.json what a test's training leaves out. */
const record: Callback = {
  name: "record",
  onTrainBegin: ({ folder }) =>
    Deno.writeTextFile(join(folder, "run.json"), '{"parameters":{"epochs":2,"rate":0.002}}'),
};

describe("the MLflow recipe", () => {
  const where = SERVER === undefined ? " (skipped: set PAIRLAB_MLFLOW to one's address)" : "";
  it(`sends parameters, losses and the end of a run to a real server${where}`, {
    skip: SERVER === undefined,
  }, () =>
    inTemporaryFolder(async (root) => {
      await tf.setBackend("cpu");
      const folder = join(root, `run-${crypto.randomUUID().slice(0, 8)}`);
      await trainIn(folder, { callbacks: [record, mlflow({ server: SERVER!, every: 3 })] });
      const ask = async (path: string, body?: unknown) => {
        const answer = await fetch(`${SERVER}/api/2.0/mlflow/${path}`, {
          ...body !== undefined && {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          },
        });
        return await answer.json();
      };
      const { experiments } = await ask("experiments/search", {
        filter: "name = 'tiny'",
        max_results: 1,
      });
      const filter = `attributes.run_name = '${folder.split("/").at(-1)}'`;
      const experiment_ids = [experiments[0].experiment_id];
      const { runs: [{ info, data }] } = await ask("runs/search", { experiment_ids, filter });
      assertEquals(info.status, "FINISHED");
      assertEquals(
        data.params.map(({ key, value }: { key: string; value: string }) => [key, value]).sort(),
        [["epochs", "2"], ["rate", "0.002"]],
      );
      const { metrics } = await ask(
        `metrics/get-history?run_id=${info.run_id}&metric_key=generator.l1`,
      );
      const logged = (await readMetrics(folder)).flatMap((line) =>
        line.kind === "step" ? [line.losses["generator.l1"]] : []
      );
      assertEquals(metrics.map(({ value }: { value: number }) => value), logged);
    }));

  it("says that a server does not answer, and lets the training continue", async () => {
    const said: string[] = [];
    const run = {
      say: (line: string) => said.push(line),
      folder: "none",
    } as unknown as TrainingRun;
    await mlflow({ server: "http://127.0.0.1:9" }).onTrainBegin?.(run);
    assert(said[0]?.startsWith("Warning: MLflow at http://127.0.0.1:9: "), said[0] ?? "");
  });
});
