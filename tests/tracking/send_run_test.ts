import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { join } from "@std/path";
import { noteEnd } from "../../core/runs/ending.ts";
import { writeFakeRun } from "../core/report/fake_run.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

const SCRIPT = fileURLToPath(import.meta.resolve("../../docs/tracking/send_run.py"));

/** A module with the calls of wandb and trackio that prints what it is given. */
const TRACKER = `
import json
def init(**given): print(json.dumps(["init", given]))
def log(numbers, step): print(json.dumps(["log", numbers, step]))
def finish(): print(json.dumps(["finish"]))
`;

/** What the script tells the tracker of a run. */
async function sent(root: string, run: string): Promise<unknown[]> {
  await Deno.writeTextFile(join(root, "tracker.py"), TRACKER);
  const { stdout, stderr } = await new Deno.Command("python3", {
    args: [SCRIPT, "tracker", run],
    env: { PYTHONPATH: root, PYTHONDONTWRITEBYTECODE: "1" },
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

/** A program is there if it can be started. */
const hasPython = await new Deno.Command("python3", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

describe(
  "the recipe for wandb and trackio",
  { skip: !hasPython && "python3 does not exist" },
  () => {
    it("sends parameters, losses, recorded numbers and the end of a run", () =>
      inTemporaryFolder(async (root) => {
        const run = join(root, "runs", "one");
        const losses = [{ generator: 4, discriminator: null }, { generator: 2 }];
        await writeFakeRun(run, { experiment: "deblur", losses });
        const metrics = { kind: "metrics", epoch: 1, step: 2, values: { psnr: 20 } };
        const torn = '{"kind":"step","st';
        await Deno.writeTextFile(
          join(run, "metrics.jsonl"),
          `${JSON.stringify(metrics)}\n${torn}`,
          {
            append: true,
          },
        );
        await noteEnd(run, { end: "finished", epoch: 1, step: 2 });
        const [init, ...others] = await sent(root, run) as [[string, Record<string, unknown>]];
        const { project, name, config } = init[1] as
          & { config: Record<string, unknown> }
          & Record<
            string,
            unknown
          >;
        assertEquals([project, name], ["deblur", "one"]);
        assertEquals([config["lambda"], config["ended"]], [100, "finished"]);
        assertEquals(others, [
          ["log", { generator: 4 }, 1],
          ["log", { generator: 2 }, 2],
          ["log", { psnr: 20 }, 2],
          ["finish"],
        ]);
      }));

    it("sends the parameters of the last resume of a run that has not ended", () =>
      inTemporaryFolder(async (root) => {
        const run = join(root, "one");
        await writeFakeRun(run);
        const record = JSON.parse(await Deno.readTextFile(join(run, "run.json")));
        const resumed = [{ parameters: { epochs: 5, lambda: 1 } }, { parameters: { epochs: 9 } }];
        await Deno.writeTextFile(join(run, "run.json"), JSON.stringify({ ...record, resumed }));
        const [init] = await sent(root, run) as [[string, { config: Record<string, unknown> }]];
        const { epochs, lambda, ended } = init[1].config as Record<string, unknown>;
        assertEquals([epochs, lambda, ended], [9, 100, "not ended"]);
      }));
  },
);
