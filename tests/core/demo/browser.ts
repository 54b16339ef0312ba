/** A page in headless Chromium, where this machine has it. */
import { fileURLToPath } from "node:url";
import process from "node:process";

/** Where Chromium usually is. */
const PLACES = [
  Deno.env.get("CHROMIUM") ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

const executablePath = PLACES.find((path) => {
  try {
    return path !== "" && Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** Why tests in a browser are skipped, or false. */
export const skip: string | false = executablePath === undefined
  ? "Chromium is not here; CHROMIUM=PATH names it"
  : false;

if (skip) process.stdout.write(`Skipping: ${skip}\n`);

/** Opens a demo page, gives it a picture, and waits for its result, a PNG. */
export function openInBrowser(page: string, picture: string, engine: string): Promise<Uint8Array> {
  return drive("demo", page, picture, engine);
}

/** Opens a page of a folder as a static host serves it; what it shows in its canvas, a PNG. */
export function openExample(folder: string, name: string): Promise<Uint8Array> {
  return drive("example", folder, name);
}

/** Opens a page of a folder as a static host serves it; its text once its title is "done". */
export async function readPage(folder: string, name: string): Promise<string> {
  return new TextDecoder().decode(await drive("text", folder, name));
}

/** @throws {Error} What scripts of the page threw. */
async function drive(...args: string[]): Promise<Uint8Array> {
  const [config, script] = ["browser/deno.json", "browser/process.ts"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url))) as [string, string];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, script, executablePath!, ...args],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return Uint8Array.fromBase64(new TextDecoder().decode(stdout));
}
