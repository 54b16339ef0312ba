import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { decodePicture } from "../../../core/pictures/decode.ts";
import { writePicture } from "../../../core/pictures/encode.ts";
import { readSafetensors } from "../../../core/runs/safetensors.ts";
import { skip as skipTensorflow } from "../backends/tensorflow/installed.ts";
import { kerasPicture } from "../export/generators.ts";
import { run, TINY } from "./process.ts";

const NETG = fileURLToPath(new URL("../export/fixtures/netg.safetensors", import.meta.url));

/** Made by make_keras.py there. */
const FIXTURES = fileURLToPath(new URL("../model/fixtures/", import.meta.url));
const KERAS = join(FIXTURES, "unet.keras");

const CPU = "--backend=cpu";

/** Names of what is in a folder. */
const namesIn = (folder: string): string[] =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

describe("taking a generator elsewhere", () => {
  let folder: string, path: string;
  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
    path = join(folder, "run");
    const { code, output } = await run(
      ...["train", TINY, CPU, "--no-check", "--epochs=2", `--run=${path}`] as const,
    );
    assertEquals(code, 0, output);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  describe("export", () => {
    it("writes every format with its card, its programs and its mark, and tells the difference", async () => {
      const { code, output } = await run(
        ...["export", path, "--format=onnx,tfjs,pytorch,saved-model", CPU] as const,
        "--licence=CC BY 4.0",
      );
      assertEquals(code, 0, output);
      const files: Record<string, string[]> = {
        onnx: ["example.html", "example.py", "example.ts", "model.onnx"],
        pytorch: ["example.py", "latest_net_G.safetensors", "unet.py"],
        "saved-model": ["example.py", "saved_model.pb"],
        tfjs: ["example.html", "example.py", "example.ts", "model.json", "weights-1-of-1.bin"],
      };
      assertEquals(namesIn(join(path, "export")), Object.keys(files));
      for (const [format, own] of Object.entries(files)) {
        const place = join(path, "export", format);
        assertEquals(namesIn(place), ["README.md", ...own, "pairlab-export.json"].sort(), format);
        const card = await Deno.readTextFile(join(place, "README.md"));
        for (const words of ["CC BY 4.0", "deterministic", "plain", "| steps | 8 |"]) {
          assertStringIncludes(card, words);
        }
        const mark = JSON.parse(await Deno.readTextFile(join(place, "pairlab-export.json")));
        assertEquals([mark.format, mark.step], [format, "8"]);
        assertStringIncludes(output, `differs from the network by ${mark.difference}`);
        if (format === "saved-model") {
          assertEquals(mark.parity, null);
          assertStringIncludes(mark.difference, "only the engine tensorflow runs SavedModels");
        } else assertEquals(mark.parity.pictures, 10);
      }
    });

    it("stores weights in 16 bits where the format can, and says where it cannot", async () => {
      const place = join(folder, "half");
      const { code, output } = await run(
        ...["export", path, "--half", "--format=onnx,pytorch", `--out=${place}`, CPU] as const,
      );
      assertEquals(code, 0, output);
      assertStringIncludes(output, "Note: pytorch stores weights in 32 bits");
      for (const format of ["onnx", "pytorch"]) {
        const text = await Deno.readTextFile(join(place, format, "pairlab-export.json"));
        assertEquals(JSON.parse(text).halves, format === "onnx");
      }
    });

    const noTensorflow = { skip: skipTensorflow };
    it("compares a SavedModel by TensorFlow's own library", noTensorflow, async () => {
      const { code, output } = await run(
        ...["export", path, "--format=saved-model", `--out=${join(folder, "saved")}`] as const,
      );
      assertEquals(code, 0, output);
      assertStringIncludes(output, "run by TensorFlow's library");
    });

    it("replaces an export only when told to", async () => {
      const place = join(folder, "twice");
      const again = (...args: string[]) => run("export", path, `--out=${place}`, CPU, ...args);
      assertEquals((await again()).code, 0);
      const refused = await again();
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.output, "there is an export already. Pass --overwrite");
      assertEquals((await again("--overwrite", "--format=tfjs")).code, 0);
      assert(!namesIn(place).includes("model.onnx"));
    });

    it("leaves a folder alone that no export wrote", async () => {
      const place = join(folder, "theirs");
      await Deno.mkdir(place);
      await Deno.writeTextFile(join(place, "thesis.txt"), "years of work");
      const { code, output } = await run("export", path, `--out=${place}`, CPU, "--overwrite");
      assertEquals(code, 1);
      assertStringIncludes(output, 'it holds "thesis.txt", which no export wrote');
      assertEquals(namesIn(place), ["thesis.txt"]);
    });

    it("takes a checkpoint by its name", async () => {
      const place = join(folder, "named");
      const { code, output } = await run(
        ...["export", path, "--checkpoint=epoch-0002", `--out=${place}`, CPU] as const,
      );
      assertEquals(code, 0, output);
      const mark = JSON.parse(await Deno.readTextFile(join(place, "pairlab-export.json")));
      assertEquals(mark.step, "8");
    });

    const refusals: [what: string, words: string, args: () => string[]][] = [
      ["a format that does not exist", 'Cannot export as "keras"', () => [path, "--format=keras"]],
      ["the noise of the mode paper", 'Cannot export the mode "paper"', () => [
        path,
        "--mode=paper",
        `--out=${join(folder, "paper")}`,
      ]],
      ["a checkpoint that does not exist", "it holds no checkpoint", () => [
        path,
        "--checkpoint=epoch-0009",
        `--out=${join(folder, "none")}`,
      ]],
      ["a file without a place for it", "Name a folder with --out", () => ["g.safetensors"]],
    ];
    for (const [what, words, args] of refusals) {
      it(`rejects ${what}, and leaves nothing behind`, async () => {
        const names = namesIn(folder);
        const { code, output } = await run("export", ...args(), CPU);
        assertEquals(code, 1);
        assertStringIncludes(output, words);
        assert(!/^\s+at .*core\/.*:\d+:\d+/m.test(output), output);
        assertEquals(namesIn(folder), names);
      });
    }
  });

  describe("import", () => {
    it("takes a U-Net of PyTorch, and replaces a file only when told to", async () => {
      const out = join(folder, "generator.safetensors");
      const take = (...args: string[]) =>
        run("import", NETG, `--out=${out}`, "--size=16", CPU, ...args);
      const { code, output } = await take();
      assertEquals(code, 0, output);
      assertStringIncludes(output, "U-Net of 4-6-8 filters, 3 to 2 channels");
      assertStringIncludes((await take()).output, "it exists. Choose another file with --out");
      assertEquals((await take("--overwrite")).code, 0);
    });

    it("gives a file that is exported to PyTorch again", async () => {
      const file = join(folder, "generator.safetensors"), out = join(folder, "back");
      const { code, output } = await run(
        ...["export", file, "--format=pytorch", `--out=${out}`, CPU] as const,
      );
      assertEquals(code, 0, output);
      assertStringIncludes(output, "run by Pairlab, which reads the file back");
    });

    it("takes the generator of TensorFlow's tutorial, and predict gives Keras' picture", async () => {
      const out = join(folder, "keras.safetensors"), picture = join(folder, "noise.png");
      const { code, output } = await run("import", KERAS, `--out=${out}`, CPU);
      assertEquals(code, 0, output);
      assertMatch(
        output,
        /10\/conv2d_transpose_4\/kernel +up5_transposed_convolution\/kernel +4x4x2x6/,
      );
      assertStringIncludes(output, "U-Net of 2-3-4-4-4-4 filters, 3 to 3 channels");
      await writePicture(picture, { data: kerasPicture(), height: 64, width: 128, channels: 3 });
      const { tensors } = await readSafetensors(join(FIXTURES, "unet_outputs.safetensors"));
      for (const mode of ["deterministic", "running"]) {
        const predictions = join(folder, mode);
        const predicted = await run(
          ...["predict", out, picture, `--out=${predictions}`, `--mode=${mode}`, CPU] as const,
        );
        assertEquals(predicted.code, 0, predicted.output);
        const { data } = await decodePicture(await Deno.readFile(join(predictions, "noise.png")), {
          channels: 3,
        });
        // Keras' is every fourth pixel of every fourth row.
        const largest = Math.max(...tensors.get(mode)!.values.map((value, index) => {
          const channel = index % 3, column = Math.floor(index / 3) % 32;
          const row = Math.floor(index / 96);
          const ours = data[(4 * row * 128 + 4 * column) * 3 + channel]!;
          return Math.abs((value + 1) * 127.5 - ours);
        }));
        assert(largest < 0.51, `${mode}: ${largest}`);
      }
    });

    it("says of a file of another network what it lacks", async () => {
      const { code, output } = await run(
        ...["import", join(folder, "generator.safetensors"), `--out=${join(folder, "x")}`] as const,
        CPU,
      );
      assertEquals(code, 1);
      assertStringIncludes(output, 'it has no "model.model.0.weight"');
    });
  });

  describe("demo", () => {
    it("writes a folder for a static host, or one file", async () => {
      const many = await run("demo", path, CPU);
      assertEquals(many.code, 0, many.output);
      assert(namesIn(join(path, "demo")).includes("index.html"));
      const one = await run("demo", path, "--single-file", "--title=Plain & simple", CPU);
      assertEquals(one.code, 0, one.output);
      const page = await Deno.readTextFile(join(path, "demo.html"));
      assertStringIncludes(page, "<title>Plain &amp; simple</title>");
      const again = await run("demo", path, "--single-file", CPU);
      assertEquals(again.code, 1);
      assertStringIncludes(again.output, "it exists. Choose another place with --out");
    });
  });
});
