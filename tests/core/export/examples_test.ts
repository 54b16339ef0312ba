import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import { startEngine } from "../../../core/backends/engine.ts";
import { exportGenerator } from "../../../core/export/export.ts";
import { FORMATS } from "../../../core/export/formats.ts";
import { levelsFunction } from "../../../core/export/generator.ts";
import { levelsOf } from "../../../core/export/parity.ts";
import type { Picture } from "../../../core/interfaces/pictures.ts";
import { decodePicture } from "../../../core/pictures/decode.ts";
import { writePicture } from "../../../core/pictures/encode.ts";
import { unet } from "../../../mod.ts";
import { openExample, skip as skipBrowser } from "../demo/browser.ts";
import { build } from "./generators.ts";
import { pythonWith, runPython } from "./python.ts";

/** What the programs need besides the export itself. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  onnx: ["numpy", "onnxruntime", "PIL"],
  "saved-model": ["numpy", "tensorflow", "PIL"],
  pytorch: ["numpy", "torch", "safetensors", "PIL"],
};

const SIZE = { height: 32, width: 32, channels: 3 };

/** The Pythons that run them. */
const pythons = new Map<string, string | undefined>();
for (const [format, modules] of Object.entries(MODULES)) {
  pythons.set(format, await pythonWith(modules));
}
const anyPython = await pythonWith([]);
const checker = await pythonWith(["onnx", "onnxruntime"]);

describe("the programs beside an export", () => {
  const generator = build(unet({ filters: [4, 6, 8] }), "deterministic");
  const picture: Picture = {
    ...SIZE,
    data: Uint8Array.from({ length: 32 * 32 * 3 }, (_, index) => (index * index) % 251),
  };
  let root: string, expected: Uint8Array;
  const folderOf = (format: string): string => join(root, format);

  before(async () => {
    await startEngine("cpu");
    root = await Deno.makeTempDir({ prefix: "pairlab-test-" });
    const levels = await levelsFunction(generator)(levelsOf(picture)).data();
    expected = Uint8Array.from(levels, Math.round);
    for (const format of FORMATS) {
      const folder = folderOf(format.name);
      await exportGenerator(generator, {
        format,
        folder,
        pictures: [picture],
        run: null,
        weights: null,
        licence: "CC0",
        version: "0.0.0",
      });
      await writePicture(join(folder, "input.png"), picture);
    }
  });
  after(() => {
    tf.disposeVariables();
    return Deno.remove(root, { recursive: true });
  });

  const check = (found: Picture): void => {
    assertEquals([found.height, found.width, found.channels], [32, 32, 3]);
    const differences = expected.map((level, index) => Math.abs(level - found.data[index]!));
    assert(Math.max(...differences) <= 1, `${Math.max(...differences)} levels`);
  };
  const takeOutput = async (format: string): Promise<Picture> => {
    const path = join(folderOf(format), "output.png");
    const found = await decodePicture(path);
    await Deno.remove(path);
    return found;
  };

  for (const format of ["onnx", "tfjs"]) {
    it(`make Pairlab's picture of ${format} in Deno`, async () => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-config", "example.ts"],
        cwd: folderOf(format),
        stdout: "null",
        stderr: "piped",
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      check(await takeOutput(format));
    });

    it(`make Pairlab's picture of ${format} in a browser`, { skip: skipBrowser }, async () => {
      check(await decodePicture(await openExample(folderOf(format), "example.html")));
    });
  }

  for (const [format, python] of pythons) {
    it(
      `make Pairlab's picture of ${format} in Python`,
      { skip: python === undefined },
      async () => {
        const { code, output } = await runPython(python!, ["example.py"], folderOf(format));
        assertEquals(code, 0, output);
        check(await takeOutput(format));
      },
    );
  }

  const noPython = { skip: anyPython === undefined };
  it("read in Python what a graph model says of itself", noPython, async () => {
    const { code, output } = await runPython(anyPython!, ["example.py"], folderOf("tfjs"));
    assertEquals(code, 0, output);
    assertStringIncludes(output, "'mode': 'deterministic'");
  });

  it("are there for Python, Deno and browsers, or the card names a format where they are", () => {
    const named = new Map(FORMATS.map((format) => [format.name, format]));
    const has = (format: string, file: string): boolean =>
      // A graph model's only tells what Python reads of it.
      file in named.get(format)!.examples(SIZE) && !(format === "tfjs" && file === "example.py");
    for (const { name, usage } of FORMATS) {
      const others = [...usage.matchAll(/--format=([\w-]+)/g)].map(([, other]) => other!);
      for (const file of ["example.py", "example.ts", "example.html"]) {
        assert(has(name, file) || others.some((other) => has(other, file)), `${name}: ${file}`);
      }
    }
  });

  it("load a U-Net into PyTorch in thirty lines", async () => {
    const loader = await Deno.readTextFile(join(folderOf("pytorch"), "unet.py"));
    const lines = loader.split("\n").filter((line) => line.trim() !== "");
    assert(lines.length <= 30, `${lines.length}`);
  });

  const noChecker = { skip: checker === undefined };
  it(
    "have a network that onnx.checker finds whole, and ONNX Runtime reads its difference",
    noChecker,
    async () => {
      const program = `import onnx, onnxruntime
onnx.checker.check_model("model.onnx", full_check=True)
about = onnxruntime.InferenceSession("model.onnx").get_modelmeta().custom_metadata_map
print(about["difference"], about["mode"], about["licence"], sep="|")`;
      const { code, output } = await runPython(checker!, ["-c", program], folderOf("onnx"));
      assertEquals(code, 0, output);
      const mark = JSON.parse(
        await Deno.readTextFile(join(folderOf("onnx"), "pairlab-export.json")),
      );
      assertEquals(output.trim().split("\n").at(-1), `${mark.difference}|deterministic|CC0`);
    },
  );

  it("stand beside a record of the largest difference, which every file that can hold it holds", async () => {
    const holders = { onnx: "model.onnx", tfjs: "model.json", pytorch: "latest_net_G.safetensors" };
    for (const [format, file] of Object.entries(holders)) {
      const folder = folderOf(format);
      const mark = JSON.parse(await Deno.readTextFile(join(folder, "pairlab-export.json")));
      assertEquals([mark.format, mark.parity.pictures], [format, 1]);
      assert(mark.parity.largest < 0.01, `${mark.parity.largest}`);
      const bytes = await Deno.readFile(join(folder, file));
      assertStringIncludes(new TextDecoder().decode(bytes), mark.difference);
      assertStringIncludes(await Deno.readTextFile(join(folder, "README.md")), "levels of 255");
    }
  });
});
