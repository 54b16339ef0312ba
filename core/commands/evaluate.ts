/** `deno task evaluate RUN`: measures a run's predictions, with confidence intervals. */
import { Option } from "@commander-js/extra-typings";
import process from "node:process";
import { isModulePath } from "../evaluate/choose_metrics.ts";
import { evaluateRun } from "../evaluate/evaluate_run.ts";
import { describeReport } from "../evaluate/table.ts";
import { isImported } from "../evaluate/imported_weights.ts";
import { figuresJson } from "../base/json.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import { say } from "../base/terminal.ts";
import { checkRunTrusted } from "../runs/reopen.ts";
import { runCommand } from "../base/program.ts";
import { command, userPath } from "./cli.ts";
import { backendOption, compileOption, modeOption, weightsOption, wholeNumber } from "./options.ts";

await runCommand(async () => {
  const program = command("evaluate", "Measure a run's predictions, with confidence intervals.")
    .argument("<run>", "the run folder")
    .addOption(
      new Option("--split <pairs>", "the pairs to measure").choices(["test", "validation", "train"])
        .default(
          "test",
        ),
    )
    .addOption(modeOption().choices([...INFERENCE_MODES, "all"]).default("all"))
    .option("--against <run>", "another run to compare with, picture by picture", userPath)
    .option("--checkpoint <name>", "last, best, or a checkpoint's name", "last")
    .option("--against-checkpoint <name>", "the other run's checkpoint (default: as --checkpoint)")
    .addOption(weightsOption())
    .addOption(weightsOption("against-weights"))
    .option(
      "--metrics <list>",
      "names, or paths of your own modules, separated by commas (default: all that apply)",
    )
    .option(
      "--out <folder>",
      "the folder for the results (default: RUN/evaluation/CHECKPOINT-SPLIT)",
      userPath,
    )
    .option("--overwrite", "write into a folder that holds other files")
    .option("--limit <pairs>", "measure the first pairs only", wholeNumber)
    .option(
      "--show <pictures>",
      "how many of the best and the worst pictures to show",
      wholeNumber,
      3,
    )
    .option("--no-pictures", "do not save the predictions")
    .option("--json", "print the figures as JSON, and everything else to standard error")
    .option("--experiment <file>", "the experiment's new place, if it has moved")
    .option("--dataset <folder>", "another data set, or the new place of the run's", userPath)
    .option("--allow-changes", "accept an experiment whose text has changed")
    .option("--trust", "run the experiments' files though you have not run them here")
    .addOption(backendOption().default("auto"))
    .addOption(compileOption().default("on"))
    .parse(Deno.args, { from: "user" });
  const options = program.opts();
  const [run = ""] = program.args;
  const tell = options.json ? (line: string) => void process.stderr.write(`${line}\n`) : say;

  const { trust } = options;
  if (options.experiment === undefined) await checkRunTrusted(userPath(run), { trust });
  if (options.against !== undefined) await checkRunTrusted(options.against, { trust });
  const metrics = options.metrics?.split(",").map((word) => word.trim());
  const { report, folder } = await evaluateRun(userPath(run), {
    ...options,
    modes: options.mode === "all" ? undefined : [options.mode],
    metrics: metrics?.map((word) => isModulePath(word) ? userPath(word) : word),
    offered: await offeredMetrics(metrics),
    say: tell,
  });
  if (options.json) process.stdout.write(figuresJson(report));
  else for (const line of describeReport(report)) say(line);
  tell(`Written to ${folder}`);
});

/**
 * The metrics known by name; this also imports all layers.
 *
 * @param asked Names and paths. Of the metrics whose networks have to be imported, those that are
 * among them or, if there are none, the distances whose networks have been.
 */
async function offeredMetrics(asked?: readonly string[]): Promise<(Metric | SetMetric)[]> {
  const pairlab = await import("../../mod.ts");
  const imported = [
    {
      name: "efficientnet-distance",
      network: "efficientnet-lite0",
      make: () => pairlab.efficientnetDistance(),
    },
    ...(["alex", "vgg", "squeeze"] as const).map((network) => ({
      name: `lpips-${network}`,
      network: `lpips-${network}` as const,
      make: () => pairlab.lpips({ network }),
    })),
    // Of hundreds of pictures these are biased, or noisy: they are for those who ask.
    { name: "fid", network: undefined, make: () => pairlab.fid(pairlab.inceptionFeatures()) },
    { name: "kid", network: undefined, make: () => pairlab.kid(pairlab.inceptionFeatures()) },
  ] as const;
  const chosen: (Metric | SetMetric)[] = [];
  for (const { name, network, make } of imported) {
    const wanted = asked?.includes(name) ?? (network !== undefined && await isImported(network));
    if (wanted) chosen.push(make());
  }
  const channels = ["L", "a", "b"] as const;
  return [
    pairlab.psnr(),
    pairlab.ssimIndex(),
    pairlab.multiScaleSsimIndex(),
    pairlab.mae(),
    pairlab.sharpness(),
    pairlab.sharpnessRatio(),
    pairlab.gradientSimilarity(),
    ...channels.map((channel) => pairlab.labHistogramIntersection({ channel })),
    ...channels.map((channel) => pairlab.labDistributionIntersection({ channel })),
    ...chosen,
  ];
}
