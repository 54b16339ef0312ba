/** `deno task doctor`: what works on this machine, and how to fix the rest. */
import { type Check, format } from "../doctor/check.ts";
import { checkEngines } from "../doctor/engines.ts";
import { checkDataset, checkRuns } from "../doctor/folders.ts";
import {
  checkCache,
  checkMachine,
  checkNvidia,
  checkPictures,
  checkPython,
} from "../doctor/machine.ts";
import { PairlabError } from "../base/errors.ts";
import { say } from "../base/terminal.ts";
import { runCommand } from "../base/program.ts";
import { command, userPath } from "./cli.ts";

async function openPairs(root: string): Promise<string> {
  // Imported late, so that a plug-in that does not load is reported as a check.
  const { folderPairs } = await import("../../mod.ts");
  return (await folderPairs({ root }).open()).description;
}

async function doctor(): Promise<void> {
  const parsed = command(
    "doctor",
    "Check what works on this machine, and how to fix what does not.",
  )
    .option("--json", "print an array of checks: name, state, found, remedy")
    .option("--dataset <folder>", "the data set to check", "dataset")
    .addHelpText("after", "\nThe exit status is 0 if at least one engine works.")
    .parse(Deno.args, { from: "user" });
  const options = parsed.opts();

  const checks: Check[] = [];
  const report = (...found: readonly Check[]): void => {
    checks.push(...found);
    if (!options.json) found.forEach((check) => say(format(check)));
  };
  report(await checkMachine());
  report(...await checkNvidia());
  const engines = await checkEngines();
  report(...engines);
  report(await checkPython());
  report(await checkCache());
  report(await checkPictures());
  report(await checkDataset(userPath(options.dataset), openPairs));
  report(await checkRuns("runs"));
  if (options.json) say(JSON.stringify(checks, null, 2));

  if (engines.every(({ state }) => state !== "ok")) {
    throw new PairlabError(
      'Cannot train here: no engine works. Follow the lines marked "fix" above.',
    );
  }
}

if (import.meta.main) await runCommand(doctor);
