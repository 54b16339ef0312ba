import { assertRejects } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { ROOT } from "../../../core/base/module_graph.ts";
import { checkTrusted, rememberTrusted } from "../../../core/experiment/trust.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

describe("a module that a folder names", () => {
  it("by an address of another machine is trusted if it was run from there before", () =>
    inTemporaryFolder(async (folder) => {
      const cache = join(folder, "cache"), address = "https://example.com/own.ts";
      await assertRejects(() => checkTrusted(address, folder, { cache }), PairlabError, "--trust");
      await rememberTrusted(address, { cache });
      await checkTrusted(address, folder, { cache });
      const other = `${address}?other`;
      await assertRejects(() => checkTrusted(other, folder, { cache }), PairlabError, "--trust");
    }));

  it("outside of the folder is trusted after an edit if it was run before", () =>
    inTemporaryFolder(async (folder) => {
      const cache = join(folder, "cache"), path = join(folder, "own.ts"), run = join(folder, "run");
      await Deno.mkdir(run);
      await Deno.writeTextFile(path, "export default 1;\n");
      await assertRejects(() => checkTrusted(path, run, { cache }), PairlabError, "--trust");
      await rememberTrusted(path, { cache });
      await Deno.writeTextFile(path, "export default 2;\n");
      await checkTrusted(path, run, { cache });
    }));

  it("is trusted if it is Pairlab's own, or was run as it is", () =>
    inTemporaryFolder(async (folder) => {
      const cache = join(folder, "cache"), path = join(folder, "own.ts");
      const loss = join(folder, "loss.ts");
      await Deno.writeTextFile(path, 'import "./loss.ts";\n');
      await Deno.writeTextFile(loss, "export const weight = 1;\n");
      const refused = (words: string) =>
        assertRejects(() => checkTrusted(path, folder, { cache }), PairlabError, words);
      await checkTrusted(join(ROOT, "experiments", "quickstart.ts"), folder, { cache });
      await refused("comes with that folder");
      await rememberTrusted(path, { cache });
      await checkTrusted(path, folder, { cache });
      // Another text of it, or of what it imports, is another module.
      await Deno.writeTextFile(loss, "export const weight = 2;\n");
      await refused("pass --trust");
      await checkTrusted(path, folder, { cache, trust: true });
      await checkTrusted(path, folder, { cache });
      await Deno.writeTextFile(path, 'import "./loss.ts";\n// edited\n');
      await refused("SHA-256");
    }));
});
