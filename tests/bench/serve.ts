/** `bench serve`: Pairlab's server and FastAPI with PyTorch, the same generator under the same load. */
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { startEngine } from "../../core/backends/engine.ts";
import { PairlabError } from "../../core/base/errors.ts";
import { pytorchFormat } from "../../core/export/formats/pytorch.ts";
import { generatorGraph } from "../../core/export/generator.ts";
import { writeImported } from "../../core/export/import.ts";
import { decodePicture } from "../../core/pictures/decode.ts";
import { encodePicture } from "../../core/pictures/encode.ts";
import { unet } from "../../mod.ts";
import { linesOf } from "./lines.ts";
import { describeMachine, type Machine, thisMachine } from "./machine.ts";
import { halvingsOf } from "./peers.ts";
import { quantile } from "./statistics.ts";
import { formatTable } from "./table.ts";

/** Options of {@link benchServe}. */
export interface ServeOptions {
  /** A Python that has PyTorch, FastAPI, uvicorn and Pillow; null measures Pairlab alone. */
  readonly python: string | null;
  readonly size: number;
  /** Channels, as multiples of the paper's. */
  readonly width: number;
  /** Numbers of clients that ask at once, each as soon as it has its answer. */
  readonly clients: readonly number[];
  /** Of each load on each server, in so many rounds in turn, so that other programs disturb both. */
  readonly seconds: number;
  readonly rounds: number;
  readonly onProgress: (line: string) => void;
}

/** A server under a load; the form of `--json`. */
export interface ServeResult {
  readonly name: string;
  readonly clients: number;
  readonly seconds: number;
  /** Pictures that came within that time. */
  readonly answers: number;
  /** Answers that are no picture. */
  readonly failures: number;
  readonly per_second: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** The most memory of the process during the load; null where the system does not tell. */
  readonly resident_bytes: number | null;
  readonly machine: Machine;
}

/** A server at work. */
interface Peer {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
  end(): Promise<void>;
}

/**
 * Puts the same load on both servers, one after the other, for each number of clients.
 *
 * @throws {PairlabError} If a server does not start, or their pictures differ by more than a level.
 */
export async function benchServe(options: ServeOptions): Promise<ServeResult[]> {
  const { python, onProgress } = options;
  const folder = await Deno.makeTempDir({ prefix: "pairlab-bench-" });
  const peers: Peer[] = [];
  try {
    onProgress("Writing the generator");
    const picture = await writeGenerator(folder, options);
    onProgress("Starting the servers");
    peers.push(await startOurs(folder));
    if (python !== null) peers.push(await startTheirs(python, folder));
    await compare(peers, picture);
    const results: ServeResult[] = [];
    for (const clients of options.clients) {
      const loads = peers.map((peer) => ({ peer, load: newLoad() }));
      for (let round = 1; round <= options.rounds; round++) {
        for (const { peer, load } of loads) {
          onProgress(`${peer.name}, ${clients} at once, round ${round} of ${options.rounds}`);
          await putLoad(load, peer, picture, clients, options.seconds / options.rounds);
        }
      }
      for (const { peer, load } of loads) results.push(sumUp(peer, load, clients, options.seconds));
    }
    return results;
  } finally {
    await Promise.all(peers.map((peer) => peer.end()));
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a U-Net of random weights for both, and gives a picture as a JPEG file. */
async function writeGenerator(
  folder: string,
  { size, width }: ServeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  await startEngine("cpu");
  const filters = Array.from(
    { length: halvingsOf(size) },
    (_, index) => Math.round(width * Math.min(64 * 2 ** index, 512)),
  );
  const picture = { height: size, width: size, channels: 3 };
  const shape = { input: picture, target: picture };
  const model = unet({ filters })(shape, 23);
  // As large as those of a trained network, so that its pictures are not of one grey.
  const last = model.getLayer("output_transposed_convolution");
  last.setWeights(last.getWeights().map((weight) => tf.mul(weight, 10)));
  const description = { shape, resize: "cubic", fit: "resize", step: 0 } as const;
  await writeImported(join(folder, "generator.safetensors"), { model, description });
  const generator = { model, description, mode: "running" } as const;
  const graph = await generatorGraph(generator);
  const rest = { graph, version: "", description: "", metadata: {}, halves: false };
  await pytorchFormat.write(folder, { generator, ...rest });
  await Deno.writeTextFile(join(folder, "unet.py"), pytorchFormat.examples(picture)["unet.py"]!);
  const wave = (index: number): number =>
    127.5 + 127.5 * Math.sin(index / 100) * Math.cos(index / 7);
  const data = Uint8Array.from({ length: size * size * 3 }, (_, index) => wave(index));
  return new Uint8Array(await encodePicture({ ...picture, data }, ".jpg"));
}

async function startOurs(folder: string): Promise<Peer> {
  const program = fileURLToPath(new URL("../../core/commands/serve.ts", import.meta.url));
  const generator = `unet=${join(folder, "generator.safetensors")}`;
  const args = ["run", "-q", "--allow-all", program, generator, "--port=0"];
  return await start("Pairlab", [Deno.execPath(), ...args], (line) => {
    const address = /^Serving at (\S+)$/.exec(line)?.[1];
    return address && `${address}v1/models/unet:predict`;
  });
}

async function startTheirs(python: string, folder: string): Promise<Peer> {
  const program = fileURLToPath(new URL("./peers/serve_pix2pix.py", import.meta.url));
  return await start(
    "FastAPI, PyTorch",
    [python, program, folder],
    (line) => /^\d+$/.test(line) ? `http://127.0.0.1:${line}/predict` : undefined,
  );
}

/** Starts a server, and waits for the line that names its address. */
async function start(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  addressOf: (line: string) => string | undefined,
): Promise<Peer> {
  const process = new Deno.Command(program, { args, stdout: "piped", stderr: "inherit" }).spawn();
  const lines = linesOf(process.stdout);
  let address: string | undefined;
  while (address === undefined) {
    const { done, value } = await lines.next();
    if (done === true) throw new PairlabError(`Cannot measure ${name}: its server did not start`);
    address = addressOf(value);
  }
  // What else it prints is read, so that it can go on.
  const rest = (async () => {
    while ((await lines.next()).done !== true);
  })();
  await untilHealthy(new URL("/health", address));
  return {
    name,
    address,
    pid: process.pid,
    end: async () => {
      process.kill("SIGTERM");
      await process.status;
      await rest;
    },
  };
}

async function untilHealthy(address: URL): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      const response = await fetch(address);
      await response.body?.cancel();
      if (response.ok) return;
    } catch (error) {
      if (tries > 600) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Both must give the same picture. */
async function compare(peers: readonly Peer[], picture: Uint8Array<ArrayBuffer>): Promise<void> {
  const answers = await Promise.all(peers.map(async ({ name, address }) => {
    const { file, ok } = await ask(address, picture);
    if (!ok) throw new PairlabError(`Cannot measure ${name}: ${new TextDecoder().decode(file)}`);
    return (await decodePicture(file, { name })).data;
  }));
  const [first, ...others] = answers;
  for (const other of others) {
    const largest = other.reduce(
      (most, level, i) => Math.max(most, Math.abs(level - first![i]!)),
      0,
    );
    if (largest <= 1) continue;
    throw new PairlabError(
      `Cannot compare the servers: their pictures differ by ${largest} levels`,
    );
  }
}

async function ask(
  address: string,
  picture: Uint8Array<ArrayBuffer>,
): Promise<{ readonly file: Uint8Array; readonly ok: boolean }> {
  const headers = { "Content-Type": "image/jpeg" };
  const response = await fetch(address, { method: "POST", body: picture, headers });
  return { file: await response.bytes(), ok: response.ok };
}

/** What is noted of a load. */
interface Load {
  readonly milliseconds: number[];
  answers: number;
  failures: number;
  resident: number | null;
}

const newLoad = (): Load => ({ milliseconds: [], answers: 0, failures: 0, resident: null });

/** Requests until the time is over. What is under way then is waited for, and counts in the times. */
async function putLoad(
  load: Load,
  { address, pid }: Peer,
  picture: Uint8Array<ArrayBuffer>,
  clients: number,
  seconds: number,
): Promise<void> {
  // Not measured: what a server does for the first time at this load.
  if (load.answers === 0) {
    await Promise.all(Array.from({ length: clients }, () => ask(address, picture)));
  }
  const end = performance.now() + 1000 * seconds;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const asked = performance.now();
      const { ok } = await ask(address, picture);
      const now = performance.now();
      if (ok) load.milliseconds.push(now - asked);
      else load.failures++;
      if (ok && now <= end) load.answers++;
      const memory = await residentMemory(pid);
      if (memory !== null) load.resident = Math.max(load.resident ?? 0, memory);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

function sumUp({ name }: Peer, load: Load, clients: number, seconds: number): ServeResult {
  const { milliseconds, answers, failures, resident } = load;
  return {
    name,
    clients,
    seconds,
    answers,
    failures,
    per_second: answers / seconds,
    p50_ms: quantile(milliseconds, 0.5),
    p99_ms: quantile(milliseconds, 0.99),
    resident_bytes: resident,
    machine: thisMachine(),
  };
}

async function residentMemory(pid: number): Promise<number | null> {
  try {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null; // no such file on other systems
  }
}

/** A table, with the machine above it. */
export function describeServe(results: readonly ServeResult[]): string[] {
  const [{ seconds }] = results as [ServeResult];
  const headings = ["server", "clients", "answers/s", "p50 ms", "p99 ms", "failures", "MiB"];
  const rows = results.map((result) => [
    result.name,
    String(result.clients),
    result.per_second.toFixed(2),
    result.p50_ms.toFixed(),
    result.p99_ms.toFixed(),
    String(result.failures),
    result.resident_bytes === null ? "" : (result.resident_bytes / 2 ** 20).toFixed(),
  ]);
  return [
    describeMachine(thisMachine()),
    `${seconds} seconds of each load on each server`,
    "",
    ...formatTable(headings, rows),
  ];
}
