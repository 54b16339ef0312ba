/** `deno task demo RUN`: a page that runs a generator in the browser. */
import { basename, extname, join } from "@std/path";
import { Option } from "@commander-js/extra-typings";
import { startEngine } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { runCommand } from "../base/program.ts";
import { say } from "../base/terminal.ts";
import { SPOILS, writeDemo, writeSingleFile } from "../demo/demo.ts";
import { loadGenerator } from "../predict/predictor.ts";
import { findGenerator } from "../runs/generator_file.ts";
import { versions } from "../runs/provenance.ts";
import { readRunRecord } from "../runs/run_folder.ts";
import { command, userPath } from "./cli.ts";
import { backendOption, modeOption, weightsOption } from "./options.ts";

await runCommand(async () => {
  const program = command("demo", "Write a page that runs a trained generator in the browser.")
    .argument("<run>", "a run folder, one of its checkpoints, or a generator.safetensors")
    .option("--out <path>", "where the page goes (default: RUN/demo, or RUN/demo.html)", userPath)
    .option("--single-file", "all of it in one HTML file, which can be mailed and opened offline")
    .option("--title <text>", "of the page (default: the experiment's name)")
    .addOption(
      new Option("--spoil <kind>", "how a slider spoils photographs, as training did").choices(
        Object.keys(SPOILS) as (keyof typeof SPOILS)[],
      ).default("blur"),
    )
    .option("--full", "store weights in 32 bits instead of 16")
    .addOption(modeOption().default("running"))
    .addOption(weightsOption())
    .option("--overwrite", "replace what is there")
    .addOption(backendOption().default("auto"))
    .parse(Deno.args, { from: "user" });
  const options = program.opts();
  const given = userPath(program.args[0]!); // commander has checked that it is there
  const isFile = extname(given) === ".safetensors";
  if (isFile && options.out === undefined) {
    throw new PairlabError(
      `Cannot write a page beside "${given}": it is a file, not a run. Name a place with --out.`,
    );
  }
  const single = options.singleFile === true;
  const out = options.out === undefined ? join(given, single ? "demo.html" : "demo") : options.out;
  if (await exists(out) && options.overwrite !== true) {
    throw new PairlabError(
      `Cannot write the page to "${out}": it exists. Choose another place with --out, or pass --overwrite.`,
    );
  }

  const engine = await startEngine(options.backend, { fetch: false });
  say(`Engine: ${engine.reason}`);
  await import("../../mod.ts");
  const { path, identity } = await findGenerator(given, options.weights, say);
  const { model, description } = await loadGenerator(path, identity);
  const { input, target } = description.shape;
  for (const { channels } of [input, target]) {
    if (channels === 1 || channels === 3) continue;
    throw new PairlabError(
      `Cannot show this network in a page: it has pictures of ${channels} channels. Browsers show 1 or 3.`,
    );
  }
  const record = isFile ? null : await readRunRecord(given).catch(() => null);
  const title = options.title ?? record?.experiment.name ?? basename(given);
  const settings = {
    title,
    spoil: options.spoil,
    version: versions()["pairlab"]!,
    halves: options.full !== true,
  };
  const generator = { model, description, mode: options.mode };
  if (single) {
    const bytes = await writeSingleFile(out, generator, settings);
    say(`Page: ${out} (${(bytes / 2 ** 20).toFixed(1)} MiB). Open it in a browser.`);
  } else {
    await writeDemo(out, generator, settings);
    say(
      `Page: ${out}. Put the folder on any static host, or use --single-file to open it as a file.`,
    );
  }
});
