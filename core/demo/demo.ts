/** A page that runs a generator in the browser: files for any static host, or one file. */
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { writeFolderDurably, writeTextDurably } from "../base/files.ts";
import type { ExportedGenerator } from "../export/generator.ts";
import { generatorGraph } from "../export/generator.ts";
import { toGraphDef } from "../export/tensorflow/graph_def.ts";
import { toGraphModel } from "../export/tensorflow/graph_model.ts";
import { hashOf, type Html, html, jsonForScript, trusted } from "../report/html.ts";

/** How the page can spoil a photograph, as the network's inputs were. */
export const SPOILS = {
  blur: "Blur",
  noise: "Noise",
  small: "Make small",
  grey: "Take the colours",
  none: "",
} as const;

/** What a page shows. */
export interface DemoOptions {
  readonly title: string;
  /** @default "none" */
  readonly spoil?: keyof typeof SPOILS | undefined;
  /** Pairlab's version. */
  readonly version: string;
  /** Weights in 16 bits, half the size. @default true */
  readonly halves?: boolean | undefined;
}

/** TensorFlow.js and its engines, as they are published for browsers. */
const LIBRARIES = [
  "@tensorflow/tfjs/dist/tf.es2017.min.js",
  "@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.es2017.min.js",
  "@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js",
];

const WASM = "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm";

const SCRIPTS = ["tiles.js", "engine.js", "demo.js"];

/** The files of a page, by name. */
async function filesOf(
  generator: ExportedGenerator,
  { title, spoil = "none", version, halves = true }: DemoOptions,
): Promise<{ readonly files: Map<string, Uint8Array>; readonly body: Html }> {
  const graph = toGraphDef(await generatorGraph(generator));
  const metadata = { mode: generator.mode, title };
  const files = new Map(toGraphModel(graph, { version, metadata, halves }));
  for (const library of LIBRARIES) {
    files.set(library.split("/").at(-1)!, await readPackage(library));
  }
  files.set("tfjs-backend-wasm-simd.wasm", await readPackage(WASM));
  for (const name of [...SCRIPTS, "demo.css"]) files.set(name, await readPage(name));
  const { input, target } = generator.description.shape;
  const about = {
    height: input.height,
    width: input.width,
    inputChannels: input.channels,
    targetChannels: target.channels,
    spoil,
  };
  const words: Readonly<Record<string, string>> = {
    title,
    summary:
      `A network of ${input.width}x${input.height} pixels, step ${generator.description.step}.`,
    spoilLabel: SPOILS[spoil],
    footer:
      `Made with Pairlab ${version}; mode ${generator.mode}. Larger pictures are translated in tiles.`,
  };
  const template = new TextDecoder().decode(await readPage("demo.html"));
  const filled = template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => html`${words[name]}`.text);
  const data = html`<script id="about" type="application/json">${jsonForScript(about)}</script>`;
  return { files, body: html`${data}\n${trusted(filled)}` };
}

/**
 * The files of a page by name, `index.html` among them, for any static host.
 *
 * @throws {PairlabError} If the network cannot be exported.
 */
export async function demoFiles(
  generator: ExportedGenerator,
  options: DemoOptions,
): Promise<Map<string, Uint8Array>> {
  const { files, body } = await filesOf(generator, options);
  const document = page({
    title: options.title,
    policy: policyOf("'self'", "'self'"),
    style: html`<link rel="stylesheet" href="demo.css">`,
    body,
    scripts: scriptNames().map((name) => html`<script src="${name}"></script>`),
  });
  return files.set("index.html", new TextEncoder().encode(document));
}

/**
 * Writes {@link demoFiles} into a folder, all of it or nothing.
 *
 * @throws {PairlabError} If the network cannot be exported.
 */
export async function writeDemo(
  folder: string,
  generator: ExportedGenerator,
  options: DemoOptions,
): Promise<void> {
  const files = await demoFiles(generator, options);
  await writeFolderDurably(folder, async (beside) => {
    for (const [name, bytes] of files) await Deno.writeFile(join(beside, name), bytes);
  });
}

/** The scripts of the page in the order in which they run. */
function scriptNames(): string[] {
  return [...LIBRARIES.map((path) => path.split("/").at(-1)!), ...SCRIPTS];
}

/**
 * Writes a page with everything in it, which can be mailed and opened without a network.
 *
 * @returns Its size in bytes.
 */
export async function writeSingleFile(
  path: string,
  generator: ExportedGenerator,
  options: DemoOptions,
): Promise<number> {
  const html = await singleFile(generator, options);
  await writeTextDurably(path, html);
  return html.length;
}

/** A page with everything in it. */
export async function singleFile(
  generator: ExportedGenerator,
  options: DemoOptions,
): Promise<string> {
  const { files, body } = await filesOf(generator, options);
  const text = (name: string): string => new TextDecoder().decode(files.get(name));
  // A script may not hold the tag that ends it.
  const scripts = scriptNames().map((name) => text(name).replaceAll("</script", "<\\/script"));
  const style = text("demo.css");
  const embedded = [...files].filter(([name]) => !/\.(js|css)$/.test(name)).map(([name, bytes]) =>
    html`<script id="file:${name}" type="text/plain">${
      trusted(new Uint8Array(bytes).toBase64())
    }</script>`
  );
  return page({
    title: options.title,
    policy: policyOf(scripts.map(hashOf).join(" "), hashOf(style)),
    style: html`<style>${trusted(style)}</style>`,
    body: html`${body}${embedded}`,
    scripts: scripts.map((script) => html`<script>${trusted(script)}</script>`),
  });
}

/** Nothing is loaded from elsewhere, and nothing is sent anywhere. */
function policyOf(scripts: string, styles: string): string {
  return [
    "default-src 'none'",
    `script-src ${scripts} 'wasm-unsafe-eval'`,
    `style-src ${styles}`,
    "img-src blob: data:",
    "media-src blob:",
    "connect-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

interface PageParts {
  readonly title: string;
  readonly policy: string;
  readonly style: Html;
  readonly body: Html;
  readonly scripts: readonly Html[];
}

function page({ title, policy, style, body, scripts }: PageParts): string {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>${title}</title>
    ${style}
      </head>
      <body>
    ${body}
    ${scripts}
      </body>
    </html>
  `.text;
}

async function readPackage(path: string): Promise<Uint8Array> {
  return await Deno.readFile(fileURLToPath(import.meta.resolve(path)));
}

async function readPage(name: string): Promise<Uint8Array> {
  return await Deno.readFile(fileURLToPath(new URL(`./page/${name}`, import.meta.url)));
}
