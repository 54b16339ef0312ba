import { join } from "@std/path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodePicture, writePicture } from "../../../../core/plugin.ts";
import { run, TINY } from "../../commands/process.ts";
import { plainPairs } from "../../train/tiny.ts";
import { skip } from "./adapter.ts";

/** Levels of 255 by which a prediction may be off, where a value lies between two of them. */
const ONE_LEVEL = 1;

describe("with --backend=webgpu", { skip }, () => {
  let folder: string, path: string;
  const command = async (name: string, ...args: string[]): Promise<string> => {
    const { code, output } = await run(name, ...args);
    assertEquals(code, 0, output);
    return output;
  };

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
    path = join(folder, "run");
    await command("train", TINY, "--backend=webgpu", "--no-check", "--epochs=1", `--run=${path}`);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("resume goes on with the engine of the run", async () => {
    const output = await command("resume", path, "--epochs=2");
    assertStringIncludes(output, "Engine: webgpu");
    assertStringIncludes(output, "Finished after epoch 2, step 8");
    assert(!output.includes("Warning"), output);
  });

  for (const options of [["--mode=paper"], ["--mode=deterministic"], ["--tiled"]]) {
    it(`predict ${options} gives the pictures that the CPU gives`, async () => {
      const { input } = await plainPairs(1, 40).load(0);
      await Deno.mkdir(join(folder, "in"), { recursive: true });
      await writePicture(join(folder, "in", "a.png"), input);
      const [gpu, cpu] = await Promise.all(["webgpu", "cpu"].map(async (engine) => {
        const out = join(folder, `${engine}${options}`);
        const given = [path, join(folder, "in"), `--backend=${engine}`, `--out=${out}`];
        await command("predict", ...given, ...options);
        return await decodePicture(join(out, "a.png"));
      }));
      assertEquals([gpu!.width, gpu!.height], [cpu!.width, cpu!.height]);
      const off = gpu!.data.map((value, i) => Math.abs(value - cpu!.data[i]!));
      assert(Math.max(...off) <= ONE_LEVEL, `${Math.max(...off)} levels`);
    });
  }

  it("evaluate measures the test pictures", async () => {
    const output = await command("evaluate", path, "--backend=webgpu", "--metrics=mae,psnr,ssim");
    assertStringIncludes(output, "ssim");
  });

  for (const format of ["tfjs", "pytorch", "saved-model"]) {
    it(`export writes ${format}`, async () => {
      const out = join(folder, format);
      const given = [path, "--backend=webgpu", `--format=${format}`, `--out=${out}`];
      assertStringIncludes(await command("export", ...given), `${format}: ${out}`);
    });
  }
});
