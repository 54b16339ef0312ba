import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { buildNetworks, namedVariables } from "../../../core/model/networks.ts";
import { encodePicture, PairlabError, writePicture } from "../../../core/plugin.ts";
import { describeGenerator, type GeneratorDescription } from "../../../core/predict/predict.ts";
import { predictFiles } from "../../../core/predict/predict_files.ts";
import { loadPredictor, type Predictor } from "../../../core/predict/predictor.ts";
import { writeSafetensors } from "../../../core/runs/safetensors.ts";
import { sourcesOf } from "../../../core/runs/weights.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyShape, tinyWiring } from "../train/tiny.ts";

/** The same weights at each call, described with the changes. */
async function tinyPredictor(
  folder: string,
  changes: Partial<GeneratorDescription> = {},
): Promise<Predictor> {
  const { generator } = buildNetworks(tinyWiring(), tinyShape, 5);
  const description = { shape: tinyShape, resize: "cubic", fit: "resize", step: 1 } as const;
  const about = describeGenerator(generator, { ...description, ...changes });
  const path = join(folder, "generator.safetensors");
  await writeSafetensors(path, sourcesOf(namedVariables(generator)), about);
  return await loadPredictor(path);
}

const SIZE = { width: 32, height: 32, channels: 3 };

describe("predictFiles", () => {
  before(() => tf.setBackend("cpu"));

  it("reads 12 of 16 bits by the generator's levels as the same picture in all 16", () =>
    inTemporaryFolder(async (folder) => {
      const twelve = Uint16Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 37) % 4096);
      const sixteen = twelve.map((value) => Math.round(value / 4095 * 65535));
      const usual = await tinyPredictor(folder);
      const scaled = await tinyPredictor(folder, { levels: [0, 4095] });
      assertEquals([usual.levels, scaled.levels], [undefined, [0, 4095]]);
      const predict = async (predictor: Predictor, data: Uint16Array): Promise<Uint8Array> => {
        const input = join(folder, "a.png"), out = await Deno.makeTempDir({ dir: folder });
        await writePicture(input, { ...SIZE, data });
        const options = { size: "network", folder: out, tell: () => {} } as const;
        const { failures } = await predictFiles(predictor, [input], options);
        assertEquals(failures, []);
        return await Deno.readFile(join(out, "a.png"));
      };
      const expected = await predict(usual, sixteen);
      assertEquals(await predict(scaled, twelve), expected);
      assertNotEquals(await predict(usual, twelve), expected);
    }));

  it("lists each result as soon as it is written, so that an interrupted call knows its own", () =>
    inTemporaryFolder(async (folder) => {
      const predictor = await tinyPredictor(folder);
      const names = ["a", "b", "c"], out = join(folder, "out");
      const list = join(out, "predictions.jsonl");
      await Deno.mkdir(out);
      const grey = await encodePicture({ ...SIZE, data: new Uint8Array(32 * 32 * 3) }, ".png");
      for (const name of names) await Deno.writeFile(join(folder, `${name}.png`), grey);
      const seen: string[][] = [];
      await predictFiles(predictor, names.map((name) => join(folder, `${name}.png`)), {
        size: "tiled",
        folder: out,
        // Told after each picture.
        tell: () => {
          const lines = Deno.readTextFileSync(list).trimEnd().split("\n");
          const listed = lines.map((line) => JSON.parse(line));
          for (const { file, sha256 } of listed) {
            const bytes = Deno.readFileSync(join(out, file));
            assertEquals(sha256, createHash("sha256").update(bytes).digest("hex"), file);
          }
          seen.push(listed.map(({ file }) => file));
        },
      });
      assertEquals(seen, [["a.png"], ["a.png", "b.png"], ["a.png", "b.png", "c.png"]]);

      // Cut within its second line: the first result is known, the second is not.
      const text = await Deno.readTextFile(list);
      await Deno.writeTextFile(list, text.slice(0, text.indexOf("\n") + 20));
      const again = (name: string) =>
        predictFiles(predictor, [join(folder, `${name}.png`)], {
          size: "tiled",
          folder: out,
          tell: () => {},
        });
      assertEquals((await again("a")).failures, []);
      await assertRejects(() => again("b"), PairlabError, "Pairlab did not write it");
      await Deno.remove(join(out, "b.png"));
      await again("b");
      assertEquals((await again("b")).failures, [], "a line after half a line is read");
    }));
});
