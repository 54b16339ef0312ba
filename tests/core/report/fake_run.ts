/** Run folders as a training leaves them, without the training. */
import { join } from "@std/path";
import { composePanel } from "../../../core/pictures/panel.ts";
import { writePicture } from "../../../core/pictures/encode.ts";
import type { InferenceMode, Picture } from "../../../core/plugin.ts";
import { type GivenParameters, STANDARD } from "../../../core/experiment/parameters.ts";
import { createRunFolder } from "../../../core/runs/run_folder.ts";

/** What of a run is other than usual. */
export interface FakeRunOptions {
  readonly parameters?: GivenParameters;
  readonly experiment?: string;
  readonly source?: string;
  readonly description?: string;
  readonly fingerprint?: string;
  readonly engine?: string;
  readonly mode?: InferenceMode;
  /** Losses of each step; two steps make an epoch. */
  readonly losses?: readonly Readonly<Record<string, number | null>>[];
  /** Epochs with samples of one test picture. */
  readonly epochs?: readonly number[];
}

/** A picture of one colour. */
export function flat([red, green, blue]: readonly [number, number, number], size = 16): Picture {
  const data = new Uint8Array(size * size * 3);
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i);
  return { data, width: size, height: size, channels: 3 };
}

/** Writes a run into a folder, which must be new. */
export async function writeFakeRun(folder: string, options: FakeRunOptions = {}): Promise<void> {
  const image = { height: 16, width: 16, channels: 3 };
  await createRunFolder(folder, {
    format: 1,
    experiment: {
      name: options.experiment ?? "fake",
      module: "fake",
      source: options.source ?? "one\ntwo\nthree\n",
      sha256: `hash of ${options.source}`,
      imports: [],
    },
    parameters: { ...STANDARD, epochs: 2, lambda: 100, ...options.parameters },
    limit: null,
    seed: 23,
    shape: { input: image, target: image },
    data: {
      description: options.description ?? "2 pairs",
      fingerprint: options.fingerprint ?? "sha256:0123456789abcdef",
    },
    predictions: [{ callback: "samples", mode: options.mode ?? "paper", weights: "trained" }],
    engine: {
      name: options.engine ?? "cpu",
      version: "4.22.0",
      threads: 1,
      compile: "off",
      machine: "a machine",
    },
    repeats: "bit for bit",
    notFinite: "stop",
    versions: { pairlab: "0.1.0", deno: "2.9.6" },
    commit: "abcdefabcdefabcdefabcdefabcdefabcdefabcd+",
    started: "2026-11-23T17:30:00.000Z",
  });
  const losses = options.losses ?? [{ generator: 4 }, { generator: 2 }];
  const lines = losses.flatMap((values, index) => {
    const step = index + 1, epoch = Math.ceil(step / 2);
    const of = { epoch, step, losses: values };
    const line = { kind: "step", ...of, milliseconds: 5, pairs: ["rose"] };
    return step % 2 === 0 ? [line, { kind: "epoch", ...of, seconds: 0.01 }] : [line];
  });
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  await Deno.writeTextFile(join(folder, "metrics.jsonl"), text);
  for (const epoch of options.epochs ?? []) {
    const predicted = flat([0, 0, 50 * epoch]);
    const path = join(folder, "samples", `0_${epoch}`);
    await writePicture(`${path}.jpg`, predicted);
    const panel = await composePanel([
      { title: "Input Image", picture: flat([255, 0, 0]) },
      { title: "Ground Truth", picture: flat([0, 255, 0]) },
      { title: "Predicted Image", picture: predicted },
    ]);
    await writePicture(`${path}.png`, panel);
  }
}
