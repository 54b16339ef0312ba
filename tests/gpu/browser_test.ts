import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { startWasm } from "../../core/backends/wasm/backend.ts";
import { readPage, skip } from "../core/demo/browser.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";
import { createTrainer, lossesOf, SMALL } from "./trainer.ts";

/** What the page shows. */
interface Shown {
  readonly adapter: string;
  readonly losses: readonly Readonly<Record<string, number>>[];
}

/** What a step does not use, of Node, Deno and pictures, is a stub. */
const PAGE = `<!doctype html><title>steps</title><body>
<script type="importmap">{ "imports": { "dejavu-fonts-ttf/": "./", "sharp": "./stub.js" } }</script>
<script>
const get = (_, key) => typeof key === "symbol" ? undefined : stub;
var stub = new Proxy(function () {}, { get, apply: () => stub, construct: () => stub });
Object.assign(globalThis, {
  Deno: { build: { os: "browser" } },
  process: { env: {}, versions: {}, argv: [] },
  Buffer: stub,
  require: () => stub,
});
const fail = (event) => {
  document.body.textContent = event.message ?? event.reason?.stack;
  document.title = "done";
};
addEventListener("error", fail);
addEventListener("unhandledrejection", fail);
</script>
<script type="module" src="steps.js"></script>`;

function withoutNode(code: string): string {
  return code.replace(
    /^import (?:\* as )?([^;]+?) from ["']node:[^"']+["'];$/gm,
    (_, names: string) => `const ${names.replaceAll(" as ", ": ")} = stub;`,
  );
}

/** Bundles browser_steps.ts as check.sh bundles its program. */
async function bundle(script: string): Promise<void> {
  const program = fileURLToPath(new URL("browser_steps.ts", import.meta.url));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "-q", "--no-config", "npm:esbuild@0.25.12", program, "--bundle"],
      ...["--platform=node", "--main-fields=main", "--format=esm", `--outfile=${script}`],
      ...["--external:sharp", "--alias:@std/path=node:path", "--log-level=error"],
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  await Deno.writeTextFile(script, withoutNode(await Deno.readTextFile(script)));
}

it(
  "a browser's WebGPU takes the steps that the CPU takes here",
  { skip },
  () =>
    inTemporaryFolder(async (folder) => {
      await bundle(join(folder, "steps.js"));
      await Deno.writeTextFile(join(folder, "stub.js"), "export default stub;");
      await Deno.writeTextFile(join(folder, "steps.html"), PAGE);
      const { losses: actual }: Shown = JSON.parse(await readPage(folder, "steps.html"));

      const engine = await startWasm();
      const expected = await lossesOf(createTrainer(32, SMALL, "off"), 1, 4);
      engine.close();
      assertEquals(actual.length, 4);
      expected.forEach((losses, index) => {
        for (const [name, value] of Object.entries(losses)) {
          const off = Math.abs(actual[index]![name]! - value) / value;
          assert(off < 1e-5, `step ${index + 1}: ${name} is off by ${off}`);
        }
      });
    }),
);
