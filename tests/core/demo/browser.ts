/** A page in headless Chromium, where this machine has it. */
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
export async function openInBrowser(
  page: string,
  picture: string,
  engine: string,
): Promise<Uint8Array> {
  // Only tests need it, and only where there is a browser.
  // deno-lint-ignore no-import-prefix
  const { chromium } = await import("npm:playwright-core@1.64.1");
  const browser = await chromium.launch({
    executablePath: executablePath!,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
  });
  try {
    const tab = await browser.newPage();
    const failures: string[] = [];
    tab.on("pageerror", (error) => failures.push(error.message));
    await tab.goto(`file://${page}?engine=${engine}`);
    await tab.waitForSelector('body[data-state="ready"]');
    await tab.setInputFiles("#file", picture);
    await tab.waitForSelector('body[data-state="done"], body[data-state="failed"]');
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const address = await tab.evaluate<string>(
      'document.getElementById("output").toDataURL("image/png")',
    );
    return Uint8Array.fromBase64(address.slice(address.indexOf(",") + 1));
  } finally {
    await browser.close();
  }
}
