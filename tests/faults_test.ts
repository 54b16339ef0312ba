import * as tf from "@tensorflow/tfjs";
import { assert, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { dirname, join } from "@std/path";
import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { type CheckpointState, saveCheckpoint } from "../core/runs/checkpoint.ts";
import { listCheckpoints } from "../core/runs/checkpoints.ts";
import { GENERATOR_FILE } from "../core/runs/weights.ts";
import { messageOf, PairlabError } from "../core/base/errors.ts";
import { generatorFile } from "../core/runs/generator_file.ts";
import { experiment } from "../core/experiment/experiment.ts";
import { override } from "../core/experiment/parameters.ts";
import { metricsPath, readMetrics } from "../core/runs/metrics_log.ts";
import { decodePicture } from "../core/pictures/decode.ts";
import { loadPredictor } from "../core/predict/predictor.ts";
import { readRunRecord, recordPath } from "../core/runs/run_folder.ts";
import { writeSafetensors } from "../core/runs/safetensors.ts";
import { describeShape } from "../core/pictures/shape.ts";
import { folderPairs } from "../plugins/data/folder_pairs.ts";
import { manifest } from "../plugins/data/manifest.ts";
import { tinyWiring } from "./core/train/tiny.ts";
import { contentsAfter, RUN_SCENARIOS, spoilt } from "./fault_scenarios_of_runs.ts";

/** What comes of an input: the words of an error or a warning, or of what was made of it. */
type Scenario = (folder: string) => Promise<string>;

const raw = (width: number, height: number, channels: 1 | 3 | 4) => ({
  raw: { width, height, channels },
});
const flat = (width = 4, height = 4): Promise<Uint8Array> =>
  sharp(new Uint8Array(width * height * 3).fill(90), raw(width, height, 3)).png().toBuffer();

/** A photograph-like picture of some kilobytes. */
const noisy = (): Sharp =>
  sharp(Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i) % 251), raw(64, 64, 3));

/** Decodes bytes and tells the shape, or what is wrong with them. */
const decoded = (make: () => Promise<Uint8Array> | Uint8Array): Scenario => async () =>
  describeShape(await decodePicture(await make(), { name: "picture" }));

/** A small PNG whose header claims 40000x40000 pixels. */
async function bomb(): Promise<Uint8Array> {
  const bytes = Uint8Array.from(await flat());
  const view = new DataView(bytes.buffer);
  for (const offset of [16, 20]) view.setUint32(offset, 40000);
  // The checksum of the header's name and its 13 bytes.
  view.setUint32(29, crc32(bytes.subarray(12, 29)));
  return bytes;
}

function animation(): Promise<Uint8Array> {
  const frames = new Uint8Array(2 * 4 * 3).fill(255, 12);
  return sharp(frames, { raw: { width: 2, height: 4, channels: 3, pageHeight: 2 } }).gif()
    .toBuffer();
}

/** Files of a data set by path; null for an empty folder. */
type Files = Readonly<Record<string, Uint8Array | null>>;

/** Opens the data set and tells its description, or what is wrong with it. */
const opened = (
  files: () => Promise<Files>,
  more: (root: string) => Promise<void> = async () => {},
): Scenario =>
async (root) => {
  for (const [path, content] of Object.entries(await files())) {
    const full = join(root, ...path.split("/"));
    await Deno.mkdir(content === null ? full : dirname(full), { recursive: true });
    if (content !== null) await Deno.writeFile(full, content);
  }
  await more(root);
  return (await folderPairs({ root }).open()).description;
};

const bothSides = async (...names: string[]): Promise<Files> => {
  const picture = await flat();
  return Object.fromEntries(
    names.flatMap((name) => [[`input/${name}`, picture], [`output/${name}`, picture]]),
  );
};

/** Opens a manifest of one line. */
async function listed(folder: string, name: string): Promise<string> {
  const file = join(folder, "list.csv");
  await Deno.writeTextFile(file, `input,target\n${name},${name}\n`);
  return (await manifest({ file }).open()).description;
}

const record = (text: string): Scenario => async (folder) => {
  await Deno.writeTextFile(recordPath(folder), text);
  return JSON.stringify(await readRunRecord(folder));
};

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "a damaged JPEG": decoded(async () => {
    const bytes = await noisy().jpeg().toBuffer();
    return bytes.fill(0x55, bytes.length / 2, bytes.length / 2 + 400);
  }),
  "a truncated PNG": decoded(async () => {
    const bytes = await noisy().png().toBuffer();
    return bytes.subarray(0, bytes.length / 2);
  }),
  "an empty file": decoded(() => new Uint8Array()),
  "a web page named .jpg": decoded(() => new TextEncoder().encode("<html><body>404</body></html>")),
  "a small PNG that claims 40000x40000 pixels": decoded(bomb),
  "an animation": decoded(animation),
  "a CMYK JPEG": decoded(() =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .toColourspace("cmyk").jpeg().toBuffer()
  ),
  "16 bits per channel": decoded(() =>
    sharp(new Uint16Array(6).fill(30000), raw(2, 1, 3)).toColourspace("rgb16").png().toBuffer()
  ),
  "a grey picture": decoded(() =>
    sharp(Uint8Array.of(7, 200), raw(2, 1, 1)).toColourspace("b-w").png().toBuffer()
  ),
  "transparency": decoded(() => sharp(new Uint8Array(8), raw(2, 1, 4)).png().toBuffer()),
  "a photograph with an EXIF rotation": decoded(() =>
    sharp(new Uint8Array(6), raw(2, 1, 3)).withMetadata({ orientation: 6 }).png().toBuffer()
  ),
  "a PNG named .jpg": async (folder) => {
    const path = join(folder, "picture.jpg");
    await Deno.writeFile(path, await flat());
    return describeShape(await decodePicture(path));
  },
  "a HEIC or SVG file": decoded(() =>
    new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>')
  ),

  "one side missing": opened(async () => ({ "input/a.png": await flat() })),
  "both sides empty": opened(() => Promise.resolve({ input: null, output: null })),
  "a picture without its partner": opened(async () => ({
    ...await bothSides("tulip.png"),
    "input/rose1.png": await flat(),
    "output/rose2.png": await flat(),
  })),
  "sizes that differ within a pair": opened(async () => ({
    "input/a.png": await flat(4, 4),
    "output/a.png": await flat(4, 5),
  })),
  "two pictures with one stem": opened(() => bothSides("rose.png", "rose.jpg")),
  "spaces, unicode and newlines in names": opened(() =>
    bothSides("a rose.png", "Blüte 花.png", "two\nlines.png")
  ),
  "a link that leaves the folder": opened(() => bothSides("a.png"), async (root) => {
    const outside = await Deno.makeTempFile({ suffix: ".png" });
    await Deno.writeFile(outside, await flat());
    for (const side of ["input", "output"]) await Deno.symlink(outside, join(root, side, "b.png"));
  }),
  "names with `..` in them": opened(() => bothSides("a..b.png", "b..c.png", "c...png")),
  "a manifest that names `../a.png`": async (root) => {
    await Deno.mkdir(join(root, "below"));
    await Deno.writeFile(join(root, "a.png"), await flat());
    return await listed(join(root, "below"), "../a.png");
  },
  "a manifest that names a link out of its folder": async (root) => {
    await Deno.mkdir(join(root, "below"));
    await Deno.writeFile(join(root, "a.png"), await flat());
    await Deno.symlink(join(root, "a.png"), join(root, "below", "b.png"));
    return await listed(join(root, "below"), "b.png");
  },
  "a manifest that names `/etc/passwd`": (root) => listed(root, "/etc/passwd"),
  "a link from one side to the other": opened(() => bothSides("a.png"), async (root) => {
    for (const side of ["input", "output"]) {
      await Deno.symlink(join(root, "input", "a.png"), join(root, side, "b.png"));
    }
  }),
  "3000 files": opened(async () =>
    await bothSides(...Array.from({ length: 1500 }, (_, index) => `${index}.png`))
  ),

  "a parameter of the wrong type": () => {
    const sample = experiment({ lambda: 100 }, () => tinyWiring());
    return Promise.resolve(JSON.stringify(override(sample, { lambda: "much" })));
  },
  "run.json with wrong types": record('{"format":1,"seed":"twenty-three"}'),
  "run.json of a later version": record('{"format":2}'),
  "truncated run.json": record('{"format":1,"exper'),
  "a truncated checkpoint file": spoilt((folder) => Deno.truncate(join(folder, GENERATOR_FILE), 9)),
  "a checkpoint with a changed bit": spoilt(async (folder) => {
    const path = join(folder, "discriminator.safetensors");
    const bytes = await Deno.readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await Deno.writeFile(path, bytes);
  }),
  "a checkpoint that names a file outside its folder": async (folder) => {
    const { folder: checkpoint, state } = await saveCheckpoint(folder, contentsAfter(1));
    const files: CheckpointState["files"] = {
      "../../secret.safetensors": state.files[GENERATOR_FILE]!,
    };
    await Deno.writeTextFile(join(checkpoint, "state.json"), JSON.stringify({ ...state, files }));
    const { whole, damaged } = await listCheckpoints(folder);
    assert(whole.length === 0, "it should not count as a checkpoint");
    return damaged.map(({ reason }) => reason).join();
  },
  "a foreign safetensors file for predict": async (folder) => {
    const path = join(folder, "foreign.safetensors");
    const read = (): Promise<Float32Array> => Promise.resolve(Float32Array.of(1));
    await writeSafetensors(path, [{ name: "w", shape: [1], dtype: "float32", read }], {});
    await loadPredictor(path);
    return "loaded";
  },
  "averaged weights of a run without them": async (folder) => {
    return generatorFile(await saveCheckpoint(folder, contentsAfter(1)), "averaged").path;
  },
  "metrics.jsonl with a torn last line": async (folder) => {
    const line = (step: number): string =>
      `${JSON.stringify({ kind: "epoch", epoch: step, step, losses: {}, seconds: 1 })}\n`;
    await Deno.writeTextFile(metricsPath(folder), `${line(1)}${line(2)}{"kind":"st`);
    return `${(await readMetrics(folder)).length} lines`;
  },
  ...RUN_SCENARIOS,
};

/** The rows of the guide's tables: the input, and the words in backticks. */
function rowsOf(guide: string): [input: string, words: string[]][] {
  return guide.split("\n")
    .filter((line) => line.startsWith("|") && !/^\| (input|-)/.test(line))
    .map((line) => {
      const [, input = "", outcome = ""] = line.split("|").map((cell) => cell.trim());
      return [input, [...outcome.matchAll(/`([^`]+)`/g)].map((match) => match[1]!)];
    });
}

describe("docs/faults.md", () => {
  const rows = rowsOf(Deno.readTextFileSync(new URL("../docs/faults.md", import.meta.url)));
  let folder = "";
  before(async () => {
    await tf.setBackend("cpu");
    folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("has a row for each scenario, and a scenario for each row", () => {
    const inputs = rows.map(([input]) => input).sort();
    const scenarios = Object.keys(SCENARIOS).sort();
    assert(inputs.join("\n") === scenarios.join("\n"), `${inputs}\n\n${scenarios}`);
  });

  rows.forEach(([input, words], index) => {
    it(`says what happens to ${input}`, async () => {
      const own = join(folder, String(index));
      await Deno.mkdir(own);
      let outcome: string;
      try {
        outcome = await SCENARIOS[input]!(own);
      } catch (error) {
        assert(error instanceof PairlabError, error instanceof Error ? error.stack : String(error));
        outcome = messageOf(error);
      }
      assert(words.length > 0, "the row says nothing that could be compared");
      for (const word of words) assertStringIncludes(outcome, word);
    });
  });
});
