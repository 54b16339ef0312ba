/** `bench peers`: Pairlab and the Python frameworks, in turn, on the same steps. */
import type { EngineChoice } from "../../core/backends/engine.ts";
import { PairlabError } from "../../core/base/errors.ts";
import type { UpdateOrder } from "../../core/plugin.ts";
import { describeMachine, type Machine, thisMachine } from "./machine.ts";
import { kerasProgram, pairlabProgram, type PeerOptions, pytorchProgram } from "./programs.ts";
import { type Measured, measureInTurn } from "./rounds.ts";
import type { Program } from "./stepper.ts";
import { formatTable } from "./table.ts";

/** Options of {@link benchPeers}. */
export interface PeersOptions {
  /** The Python that has the peers. */
  readonly python: string;
  readonly size: number;
  readonly batch: number;
  readonly steps: number;
  readonly backend: EngineChoice;
  /** @default each framework's own choice */
  readonly threads?: number | undefined;
  /** Every convolution of ours directly. @default false */
  readonly exact?: boolean | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** One framework measured; the form of `--json`. */
export interface PeerResult {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly order: UpdateOrder;
  readonly size: number;
  readonly batch: number;
  readonly steps: number;
  readonly median_ms: number;
  readonly min_ms: number;
  /** Pairlab's median by this one's: below 1, Pairlab is faster. */
  readonly ratio: number;
  readonly gflops: number;
  readonly peak_bytes: number;
  readonly machine: Machine;
}

/** A failed peer. */
export interface PeerFailure {
  readonly name: string;
  readonly order: UpdateOrder;
  readonly failed: string;
}

const OURS = "Pairlab";

/** The paper's D. */
const RECEPTIVE_FIELD = 70;

/** Blocks that drop out, as in the paper. */
const DROPOUT = 3;

/**
 * Measures each peer beside Pairlab in the peer's own order of updates: PyTorch's pix2pix trains D
 * first and then G against the new D, Keras' tutorial trains both from one forward pass.
 *
 * @throws {PairlabError} If Pairlab's own step fails; a failed peer is reported in its place.
 */
export async function benchPeers(options: PeersOptions): Promise<(PeerResult | PeerFailure)[]> {
  const { python } = options;
  checkSize(options.size);
  const peer: PeerOptions = {
    size: options.size,
    batch: options.batch,
    threads: options.threads,
    receptiveField: RECEPTIVE_FIELD,
    dropout: DROPOUT,
    halvings: halvingsOf(options.size),
  };
  const pytorch = (channelsLast: boolean, compile: boolean, fused: boolean): Program =>
    pytorchProgram(python, { ...peer, channelsLast, compile, fused });
  return [
    ...await besideOurs("alternate", options, [
      pytorch(false, false, false),
      pytorch(false, false, true),
      pytorch(true, false, false),
      pytorch(true, false, true),
      pytorch(false, true, false),
      pytorch(true, true, false),
      pytorch(true, true, true),
    ]),
    ...await besideOurs("simultaneous", options, [kerasProgram(python, peer)]),
  ];
}

/**
 * Rejects sizes that the paper's networks do not take.
 *
 * @throws {PairlabError} For all but multiples of 64.
 */
export function checkSize(size: number): void {
  if (size % 64 === 0) return;
  throw new PairlabError(
    `Cannot measure at ${size}x${size}: the U-Net halves a picture up to eight times. Use a multiple of 256, or of 64 for fewer halvings`,
  );
}

/** How often a picture can be halved, eight times at the most. */
export function halvingsOf(size: number): number {
  return Math.min(8, Math.log2(size & -size));
}

async function besideOurs(
  order: UpdateOrder,
  { size, batch, steps, backend, threads, exact, onProgress }: PeersOptions,
  peers: readonly Program[],
): Promise<(PeerResult | PeerFailure)[]> {
  const ours = pairlabProgram(OURS, {
    experiment: "flowers_deblur",
    backend,
    compile: "on",
    size,
    batch,
    order,
    receptiveField: RECEPTIVE_FIELD,
    width: 1,
    dropout: DROPOUT,
    threads,
    exact,
  });
  const failures: PeerFailure[] = [];
  const measured = await measureInTurn([ours, ...peers], {
    steps,
    onProgress,
    onFailure: ({ name }, { message }) => {
      if (name === ours.name) return false;
      failures.push({ name, order, failed: message });
      return true;
    },
  });
  const [{ timing, stepper: { ready: { flops = 0 } } }] = measured as [Measured];
  return [
    ...measured.map((one): PeerResult => ({
      name: one.stepper.name,
      version: one.stepper.ready.version,
      threads: one.stepper.ready.threads,
      order,
      size,
      batch,
      steps: one.timing.count,
      median_ms: one.timing.median,
      min_ms: one.timing.min,
      ratio: timing.median / one.timing.median,
      gflops: flops / 1e6 / one.timing.median,
      peak_bytes: one.peakBytes,
      machine: thisMachine(),
    })),
    ...failures,
  ];
}

const ORDERS: Readonly<Record<UpdateOrder, string>> = {
  alternate: "D first, then G against the new D (PyTorch's pix2pix)",
  simultaneous: "both from one forward pass (Keras' tutorial)",
};

/** A table for each order of updates, with the machine above them. */
export function describePeers(results: readonly (PeerResult | PeerFailure)[]): string[] {
  const lines = [describeMachine(thisMachine())];
  for (const order of Object.keys(ORDERS) as UpdateOrder[]) {
    const rows = results.filter((result) => result.order === order);
    if (rows.length === 0) continue;
    const headings = [ORDERS[order], "median ms", "min ms", "GFLOP/s", "peak MiB", "ours/theirs"];
    lines.push("", ...formatTable(headings, rows.map(rowOf)));
    const fastest = fastestPeer(rows);
    if (fastest !== undefined) {
      lines.push(`Beside the fastest peer, ${fastest.name}: ${fastest.ratio.toFixed(2)}`);
    }
    for (const row of rows) if ("failed" in row) lines.push(row.failed);
  }
  return lines;
}

/** The peer with the least median; undefined if none was measured. */
function fastestPeer(rows: readonly (PeerResult | PeerFailure)[]): PeerResult | undefined {
  return rows
    .filter((row): row is PeerResult => !("failed" in row) && row.name !== OURS)
    .toSorted((a, b) => a.median_ms - b.median_ms)[0];
}

function rowOf(result: PeerResult | PeerFailure): string[] {
  if ("failed" in result) return [result.name, "failed"];
  return [
    `${result.name} (${result.version})`,
    result.median_ms.toFixed(1),
    result.min_ms.toFixed(1),
    result.gflops.toFixed(1),
    (result.peak_bytes / 2 ** 20).toFixed(),
    result.name === OURS ? "" : result.ratio.toFixed(2),
  ];
}
