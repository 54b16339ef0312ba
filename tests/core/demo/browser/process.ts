/**
 * Drives headless Chromium for {@link file://../browser.ts}, in a process of its own: playwright reads
 * files that Deno opens with all permissions only.
 *
 * Arguments: the browser's path, then `demo PAGE PICTURE ENGINE`, `example FOLDER NAME` or
 * `text FOLDER NAME`. Prints what a canvas shows, a PNG, or the page's text, in base64.
 */
import { join } from "node:path";
import process from "node:process";

const [executablePath, kind, ...args] = Deno.args as [string, string, ...string[]];

/** What is used of Playwright, which deno.json beside this file names. */
interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> };
}

interface Browser {
  newPage(): Promise<Tab>;
  close(): Promise<void>;
}

interface Tab {
  on(event: "pageerror", listener: (error: Error) => void): void;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  goto(address: string): Promise<unknown>;
  waitForSelector(selector: string): Promise<unknown>;
  waitForFunction(expression: string, arg?: undefined, options?: object): Promise<unknown>;
  setInputFiles(selector: string, path: string): Promise<void>;
  evaluate<T>(expression: string): Promise<T>;
  route(pattern: string, handler: (route: Route) => Promise<void>): Promise<unknown>;
}

interface Route {
  request(): { url(): string };
  fulfill(response: { path: string } | { status: number }): Promise<void>;
}

/** Not a literal: the project's own configuration, which checks types, does not know the package. */
const PLAYWRIGHT: string = "playwright-core";

async function launch(): Promise<Browser> {
  const { chromium } = await import(PLAYWRIGHT) as Playwright;
  return await chromium.launch({
    executablePath,
    args: [
      ...["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
      // WebGPU without a GPU.
      ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
    ],
  });
}

/**
 * Gives a test a tab of a browser of its own.
 *
 * @throws {Error} What scripts of the page threw.
 */
async function inBrowser<T>(body: (tab: Tab) => Promise<T>): Promise<T> {
  const browser = await launch();
  try {
    const tab = await browser.newPage();
    const failures: string[] = [];
    tab.on("pageerror", (error) => failures.push(error.message));
    const result = await body(tab);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return result;
  } finally {
    await browser.close();
  }
}

/** What a canvas shows, a PNG. */
async function pngOf(tab: Tab, selector: string): Promise<Uint8Array> {
  const address = await tab.evaluate<string>(
    `document.querySelector("${selector}").toDataURL("image/png")`,
  );
  return Uint8Array.fromBase64(address.slice(address.indexOf(",") + 1));
}

/** CSS pixels of a telephone, on which a page must not be wider than the screen. */
const PHONE = { width: 390, height: 844 };

/** Opens a demo page on a telephone, gives it a picture, and waits for its result, a PNG. */
async function openDemo(
  page: string,
  picture: string,
  engine: string,
): Promise<Uint8Array> {
  return await inBrowser(async (tab) => {
    await tab.setViewportSize(PHONE);
    await tab.goto(`file://${page}?engine=${engine}`);
    await tab.waitForSelector('body[data-state="ready"]');
    await tab.setInputFiles("#file", picture);
    await tab.waitForSelector('body[data-state="done"], body[data-state="failed"]');
    const width = await tab.evaluate<number>("document.documentElement.scrollWidth");
    if (width > PHONE.width) throw new Error(`the page is ${width} pixels wide`);
    return await pngOf(tab, "#output");
  });
}

/** Opens a page of a folder as a static host serves it; its canvas, a PNG, or its text. */
async function openExample(
  folder: string,
  name: string,
  show: (tab: Tab) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  return await inBrowser(async (tab) => {
    await tab.route("**/*", async (route) => {
      const { hostname, pathname } = new URL(route.request().url());
      const path = hostname === "cdn.jsdelivr.net" ? await packageFile(pathname) : join(
        folder,
        pathname,
      );
      await route.fulfill({ path }).catch(() => route.fulfill({ status: 404 }));
    });
    await tab.goto(`http://localhost/${name}`);
    await tab.waitForFunction('document.title === "done"', undefined, { timeout: 120_000 });
    return await show(tab);
  });
}

/** The file of an npm package that a path of the CDN names, e.g. `/npm/sharp@0.35.5/lib/sharp.js`. */
async function packageFile(path: string): Promise<string> {
  const [, name, version, file] = /^\/npm\/(@?[^@]+)@([^/]+)\/?(.*)$/.exec(path)!;
  await denoOutput("cache", "--no-config", `npm:${name}@${version}`);
  const { npmCache } = JSON.parse(await denoOutput("info", "--no-config", "--json"));
  // A folder for each registry.
  for await (const registry of Deno.readDir(npmCache)) {
    const folder = join(npmCache, registry.name, name!, version!);
    const text = await Deno.readTextFile(join(folder, "package.json")).catch(() => null);
    if (text !== null) return join(folder, file === "" ? JSON.parse(text).jsdelivr : file!);
  }
  throw new Error(`no file of ${path}`);
}

async function denoOutput(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function textOf(tab: Tab): Promise<Uint8Array> {
  return new TextEncoder().encode(await tab.evaluate<string>("document.body.textContent"));
}

const shown = kind === "demo" ? await openDemo(args[0]!, args[1]!, args[2]!) : await openExample(
  args[0]!,
  args[1]!,
  kind === "text" ? textOf : (tab) => pngOf(tab, "canvas"),
);
process.stdout.write(shown.toBase64());
Deno.exit(0);
