/** What happens to run folders that were spoilt, for `tests/faults_test.ts`. */
import { STANDARD } from "../core/experiment/parameters.ts";
import { join } from "@std/path";
import { type CheckpointContents, saveCheckpoint } from "../core/runs/checkpoint.ts";
import { stopAt } from "../core/train/not_finite.ts";
import { metricsPath, openMetricsLog, readMetrics } from "../core/runs/metrics_log.ts";
import { buildNetworks, trainableVariables } from "../core/model/networks.ts";
import { loadNewestCheckpoint } from "../core/runs/checkpoints.ts";
import { NotFiniteError } from "../core/ops/require_finite.ts";
import {
  readRunRecord,
  recordPath,
  type RunRecord,
  writeRunRecord,
} from "../core/runs/run_folder.ts";
import { lockRun } from "../core/base/lock.ts";
import { START } from "../core/train/position.ts";
import { openSaves } from "../core/train/saves.ts";
import { checkpointContents, restore } from "../core/train/state.ts";
import { patchGan } from "../plugins/discriminators/patch_gan.ts";
import { adam } from "../plugins/optimizers/adam.ts";
import { tinyShape, tinyWiring } from "./core/train/tiny.ts";

type Scenario = (folder: string) => Promise<string>;

const record: RunRecord = {
  format: 1,
  experiment: { name: "tiny", module: "tiny", source: "", sha256: "", imports: [] },
  parameters: { ...STANDARD, epochs: 1 },
  limit: null,
  seed: 23,
  shape: tinyShape,
  data: { description: "plain", fingerprint: "plain" },
  predictions: [],
  engine: { name: "cpu", version: "4.22.0", threads: 1, compile: "off", machine: "a machine" },
  repeats: "bit for bit",
  notFinite: "stop",
  versions: { pairlab: "0.1.0" },
  commit: null,
  started: "2026-11-23T17:30:00.000Z",
};

/** The state of a tiny training after an epoch of one step. */
function stateAfter(epoch: number): Parameters<typeof restore>[0] {
  const networks = buildNetworks(tinyWiring(), tinyShape, 1);
  return {
    networks,
    updates: { generator: adam().start(trainableVariables(networks.generator)) },
    replay: undefined,
    callbacks: [],
    position: { ...START, epoch, step: epoch },
    stopped: null,
  };
}

/** What it leaves in a checkpoint. */
export function contentsAfter(epoch: number): CheckpointContents {
  return checkpointContents(stateAfter(epoch), {
    shape: tinyShape,
    resize: "cubic",
    fit: "resize",
  });
}

/** Two checkpoints, the newer one spoilt. @returns The warnings of whoever takes the older one. */
export const spoilt =
  (spoil: (newer: string, older: string) => Promise<void>): Scenario => async (folder) => {
    for (const epoch of [1, 2]) await saveCheckpoint(folder, contentsAfter(epoch), { run: "this" });
    await spoil(join(folder, "epoch-0002"), join(folder, "epoch-0001"));
    const warnings: string[] = [];
    const loaded = await loadNewestCheckpoint(folder, (line) => void warnings.push(line), "this");
    if (loaded?.state.epoch !== 1) throw new Error("the older checkpoint should have been taken");
    return warnings.join();
  };

const exchange = async (a: string, b: string): Promise<void> => {
  await Deno.rename(a, `${a}.aside`);
  await Deno.rename(b, a);
  await Deno.rename(`${a}.aside`, b);
};

/** A log of three lines, spoilt. @returns What is told when the run goes on, and how many remain. */
const spoiltLog = (spoil: (lines: string[]) => string[]): Scenario => async (folder) => {
  const log = await openMetricsLog(folder, { epoch: 0, step: 0 });
  for (const psnr of [20, 21, 22]) await log.metrics({ epoch: 0, step: 1, values: { psnr } });
  const mark = await log.mark();
  const path = metricsPath(folder);
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  await Deno.writeTextFile(path, `${spoil(lines).join("\n")}\n`);
  const warnings: string[] = [];
  await openMetricsLog(folder, { epoch: 0, step: 1, mark }, (line) => void warnings.push(line));
  return `${warnings.join()} ${(await readMetrics(folder)).length} lines`;
};

/** By the words of the row in docs/faults.md. */
export const RUN_SCENARIOS: Readonly<Record<string, Scenario>> = {
  "run.json with an altered field": async (folder) => {
    await writeRunRecord(folder, record);
    const text = await Deno.readTextFile(recordPath(folder));
    await Deno.writeTextFile(recordPath(folder), text.replace('"seed": 23', '"seed": 24'));
    return JSON.stringify(await readRunRecord(folder));
  },
  "run.json without its hash": async (folder) => {
    await Deno.writeTextFile(recordPath(folder), JSON.stringify(record));
    return JSON.stringify(await readRunRecord(folder));
  },
  "a link in a run folder": async (folder) => {
    await writeRunRecord(folder, record);
    await Deno.symlink("/", join(folder, "samples"));
    return JSON.stringify(await readRunRecord(folder));
  },
  "a checkpoint's state with a changed digit": spoilt(async (newer) => {
    const path = join(newer, "state.json");
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"step": 2', '"step": 3'));
  }),
  "generator and discriminator swapped": spoilt((newer) =>
    exchange(join(newer, "generator.safetensors"), join(newer, "discriminator.safetensors"))
  ),
  "a file of another checkpoint in its place": spoilt((newer, older) =>
    Deno.copyFile(join(older, "state.json"), join(newer, "state.json"))
  ),
  "a checkpoint of another run": spoilt(async (newer) => {
    await Deno.remove(newer, { recursive: true });
    await saveCheckpoint(join(newer, ".."), contentsAfter(2), { run: "another" });
  }),
  "a checkpoint of another architecture": async (folder) => {
    await saveCheckpoint(folder, contentsAfter(1));
    const loaded = await loadNewestCheckpoint(folder, () => {});
    const other = tinyWiring({ discriminator: patchGan({ receptiveField: 34, filters: 4 }) });
    restore({ ...stateAfter(1), networks: buildNetworks(other, tinyShape, 2) }, loaded!);
    return "restored";
  },
  "every checkpoint damaged": async (folder) => {
    const { folder: only } = await saveCheckpoint(folder, contentsAfter(1));
    await Deno.truncate(join(only, "optimizer.safetensors"), 9);
    await loadNewestCheckpoint(folder, () => {});
    return "loaded";
  },
  "metrics.jsonl with a repeated line": spoiltLog((lines) => [lines[0]!, ...lines]),
  "metrics.jsonl with a missing line": spoiltLog((lines) => lines.slice(1)),
  "metrics.jsonl with a damaged line": spoiltLog(([, ...lines]) => ["\u0000", ...lines]),
  "a second training in the same run folder": async (folder) => {
    using _first = await lockRun(folder);
    await lockRun(folder);
    return "locked";
  },
  "a run folder that is removed during training": async (folder) => {
    const run = join(folder, "run");
    await Deno.mkdir(run);
    await Deno.writeTextFile(recordPath(run), "{}");
    const log = await openMetricsLog(run, { epoch: 0, step: 0 });
    const parts = { folder: run, shape: tinyShape, wiring: tinyWiring() };
    const saves = await openSaves(parts, { ...stateAfter(1), log });
    await Deno.remove(run, { recursive: true });
    const saved = await saves.final();
    await Deno.remove(saved, { recursive: true });
    return saved;
  },
  "a NaN or infinite loss or gradient": (folder) => {
    const error = new NotFiniteError('the loss "generator.l1"');
    throw stopAt({ step: 3, epoch: 1, pairs: [], error }, `its pictures are in "${folder}"`);
  },
};
