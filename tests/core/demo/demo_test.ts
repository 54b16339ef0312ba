import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { createHash } from "node:crypto";
import { startEngine } from "../../../core/backends/engine.ts";
import { singleFile, writeDemo } from "../../../core/demo/demo.ts";
import { decodePicture } from "../../../core/pictures/decode.ts";
import { writePicture } from "../../../core/pictures/encode.ts";
import { createPredict } from "../../../core/predict/predict.ts";
import { predictInTiles } from "../../../core/predict/tiles/predict_tiled.ts";
import { unet } from "../../../mod.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { build } from "../export/generators.ts";
import { openInBrowser, skip } from "./browser.ts";

const OPTIONS = { title: "Roses & <thorns>", spoil: "blur", version: "0.0.0" } as const;

describe("a page that runs a generator", () => {
  before(async () => void await startEngine("cpu"));

  it("shows texts as texts, wherever they come from", async () => {
    const page = await singleFile(build(unet({ filters: [4, 6] }), "running"), OPTIONS);
    assertStringIncludes(page, "<h1>Roses &amp; &lt;thorns&gt;</h1>");
    assert(!page.includes("<thorns>"));
    assert(!/\{\{/.test(page.slice(page.indexOf("<body>"), page.indexOf("<canvas"))));
  });

  it("runs only its own scripts, known by their hashes, and asks nobody for anything", async () => {
    const page = await singleFile(build(unet({ filters: [4, 6] }), "running"), OPTIONS);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!
      .replaceAll("&#39;", "'");
    assertStringIncludes(policy, "default-src 'none'");
    assert(!policy.includes("unsafe-inline") && !policy.includes("'unsafe-eval'"));
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)];
    assertEquals(scripts.length, 6);
    for (const [, script] of scripts) {
      const hash = createHash("sha256").update(script!).digest("base64");
      assertStringIncludes(policy, `'sha256-${hash}'`);
    }
    assert(!/<(script|link|img)[^>]+(src|href)="https?:/.test(page));
  });

  it("is a folder for any static host, too", () =>
    inTemporaryFolder(async (folder) => {
      const place = join(folder, "demo");
      await writeDemo(place, build(unet({ filters: [4, 6] }), "running"), OPTIONS);
      const page = await Deno.readTextFile(join(place, "index.html"));
      for (const [, name] of page.matchAll(/(?:src|href)="([^":]+)"/g)) {
        assert((await Deno.stat(join(place, name!))).isFile, name);
      }
    }));

  it(
    "makes the picture that predict --tiled makes, in a browser of a telephone's width, from one file",
    { skip },
    () =>
      inTemporaryFolder(async (folder) => {
        const generator = build(unet({ filters: [8, 8] }), "running");
        const path = join(folder, "page.html");
        await Deno.writeTextFile(path, await singleFile(generator, { ...OPTIONS, halves: false }));
        const data = new Uint8Array(75 * 50 * 3).map((_, index) => (index * index) % 251);
        const picture = { height: 50, width: 75, channels: 3, data };
        await writePicture(join(folder, "picture.png"), picture);
        const predict = createPredict(generator.model, "off");
        const expected = (await predictInTiles(predict, picture, generator.description)).picture;
        const png = await openInBrowser(path, join(folder, "picture.png"), "wasm");
        const found = await decodePicture(png);
        assertEquals([found.width, found.height], [75, 50]);
        const differences = found.data.map((level, i) => Math.abs(level - expected.data[i]!));
        assert(Math.max(...differences) <= 1, `${Math.max(...differences)} levels`);
      }),
  );
});
