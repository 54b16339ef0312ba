/** `deno task list`: the experiments and the launchers, with what can be set. */
import { PairlabError } from "../base/errors.ts";
import { listExperiments, loadExperiment } from "../experiment/plan.ts";
import { say } from "../base/terminal.ts";
import { runCommand } from "../base/program.ts";
import { command } from "./cli.ts";
import { LAUNCHER_NAMES, launcherOptions } from "./launchers.ts";

await runCommand(async () => {
  const words = "List the experiments and the launchers, with what can be set.";
  command("list", words).parse(Deno.args, { from: "user" });
  for (const name of await listExperiments()) {
    try {
      await describe(name);
    } catch (error) {
      // Not an experiment, perhaps a plug-in: list the others.
      if (!(error instanceof PairlabError)) throw error;
      say(`${name}: ${error.message}`);
    }
  }
  say("\nLaunchers of deno task ablate, --launcher=NAME:option=value,…");
  for (const name of LAUNCHER_NAMES) await describeLauncher(name);
});

async function describe(name: string): Promise<void> {
  const { experiment, source } = await loadExperiment(name);
  say(`${name}: ${firstSentence(source)}`);
  const parameters = Object.entries(experiment.defaults).map(([key, value]) => `--${key}=${value}`);
  say(`  ${parameters.join(" ")}`);
}

async function describeLauncher(name: string): Promise<void> {
  const source = new URL(`../../plugins/launchers/${name}.ts`, import.meta.url);
  say(`${name}: ${firstSentence(await Deno.readTextFile(source))}`);
  const options = launcherOptions(name);
  if (options.length > 0) say(`  ${options.join(" ")}`);
}

/** The first sentence of a module's leading comment. */
function firstSentence(source: string): string {
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const text = comment.replace(/^\s*\* ?/gm, "").trim().replace(/\s+/g, " ");
  return text.match(/^.*?(?<!\bet al)\.(?=\s|$)/)?.[0] ?? text;
}
