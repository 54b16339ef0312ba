/** `deno task serve RUN…`: pictures in, pictures out, over HTTP. */
import { basename } from "@std/path";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { startEngine } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import { runCommand } from "../base/program.ts";
import { SAME_SIGNAL_MS } from "../base/signals.ts";
import { say } from "../base/terminal.ts";
import { demoFiles } from "../demo/demo.ts";
import type { ExportedGenerator } from "../export/generator.ts";
import { loadGenerator } from "../predict/predictor.ts";
import { findGenerator } from "../runs/generator_file.ts";
import { versions } from "../runs/provenance.ts";
import { createApp } from "../serve/app.ts";
import { type ServedModel, serveModel } from "../serve/model.ts";
import { startServer } from "../serve/serve.ts";
import { isLoopback, makeToken } from "../http/access.ts";
import { command, userPath } from "./cli.ts";
import { backendOption, modeOption, weightsOption, wholeNumber } from "./options.ts";

const VERSION = versions()["pairlab"]!;

/** Pictures of one JSON request. */
const INSTANCES = 16;

await runCommand(async () => {
  const program = command("serve", "Serve trained generators over HTTP.")
    .argument("<runs...>", "run folders, checkpoints or generator.safetensors; NAME=PATH names one")
    .option(
      "--host <address>",
      "who can reach it; others than this machine need a token",
      "127.0.0.1",
    )
    .option("--port <port>", "the port to listen on", portOf, 8077)
    .option("--token <text>", "the bearer token (default: a new one if the host needs it)")
    .addOption(modeOption().default("running"))
    .addOption(weightsOption())
    .option("--queue <requests>", "how many may wait for each model; more get 503", wholeNumber, 64)
    .option("--max-bytes <bytes>", "the most bytes of a request", wholeNumber, 20 * 2 ** 20)
    .option("--max-pixels <pixels>", "the most pixels of a picture", wholeNumber, 50_000_000)
    .option("--timeout <seconds>", "the most time that a request may take", wholeNumber, 30)
    .addOption(backendOption().default("auto"))
    .parse(Deno.args, { from: "user" });
  const options = program.opts();
  const named = (program.processedArgs[0] as string[]).map(nameOf);
  checkNames(named.map(({ name }) => name));

  const engine = await startEngine(options.backend, { fetch: false });
  say(`Engine: ${engine.reason}`);
  await import("../../mod.ts");
  const models: ServedModel[] = [];
  let page: Map<string, Uint8Array> | undefined;
  for (const { name, path } of named) {
    const { path: file, identity, weights } = await findGenerator(path, options.weights, say);
    const { model, description } = await loadGenerator(file, identity);
    const generator = { model, description, mode: options.mode };
    const served = serveModel(name, generator);
    // The first batch of a size is the slowest: the network is compiled for it.
    const { height, width, channels } = description.shape.input;
    const blank = { height, width, channels, data: new Uint8Array(height * width * channels) };
    for (const size of served.batches) await served.predict(Array(size).fill(blank));
    models.push(served);
    page ??= await pageOf(name, generator);
    say(`Model "${name}": ${width}x${height}, ${weights ?? "given"} weights, mode ${options.mode}`);
  }
  const token = options.token ?? (isLoopback(options.host) ? undefined : makeToken());
  const app = createApp(models, {
    limits: { bytes: options.maxBytes, pixels: options.maxPixels, instances: INSTANCES },
    queue: options.queue,
    timeout: options.timeout * 1000,
    token,
    version: VERSION,
    page,
  });
  const server = startServer(app, {
    host: options.host,
    port: options.port,
    patience: options.timeout * 1000,
  });
  say(`Serving at ${server.address}`);
  if (token !== undefined) say(`Clients send: Authorization: Bearer ${token}`);
  say(
    `Try: curl --data-binary @picture.jpg ${server.address}v1/models/${
      models[0]!.name
    }:predict > out.png`,
  );

  const stopped = Promise.withResolvers<void>();
  let told: number | undefined;
  const stop = (): void => {
    // Under a task runner a Ctrl-C arrives twice.
    if (told !== undefined && performance.now() - told > SAME_SIGNAL_MS) Deno.exit(130);
    if (told !== undefined) return;
    told = performance.now();
    say("Answering what has arrived, then ending; Ctrl-C again leaves at once");
    void server.stop().then(stopped.resolve);
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  await stopped.promise;
});

/** The page of the first model that a browser can show. */
async function pageOf(
  name: string,
  generator: ExportedGenerator,
): Promise<Map<string, Uint8Array> | undefined> {
  const { input, target } = generator.description.shape;
  const shown = [input, target].every(({ channels }) => channels === 1 || channels === 3);
  return shown ? await demoFiles(generator, { title: name, version: VERSION }) : undefined;
}

function nameOf(given: string): { readonly name: string; readonly path: string } {
  const [, name, path] = /^([\w.-]+)=(.+)$/.exec(given) ?? [];
  if (name !== undefined && path !== undefined) return { name, path: userPath(path) };
  const folder = userPath(given);
  const stem = basename(folder).replace(/\.safetensors$/, "").replace(/[^\w.-]+/g, "_");
  return { name: stem, path: folder };
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new PairlabError(
    `Cannot serve two models as "${twice}". Name them: NAME=RUN OTHER=RUN.`,
  );
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("Use a number from 0 (any free port) to 65535.");
}
