/** The programs that are measured: Pairlab's own, and those of its peers. */
import { fileURLToPath } from "node:url";
import type { StepperOptions } from "./messages.ts";
import type { Program } from "./stepper.ts";

/** A process of Pairlab that takes steps. */
export function pairlabProgram(name: string, options: StepperOptions): Program {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const script = fileURLToPath(new URL("./bench_stepper.ts", import.meta.url));
  // All permissions: only so may it read how much memory the system has counted for it.
  const command = [Deno.execPath(), "run", "--allow-all", "--config", config, script];
  return { name, command: [...command, JSON.stringify(options)] };
}

/** What a peer's script is told; its keys are what the scripts read. */
export interface PeerOptions {
  readonly size: number;
  readonly batch: number;
  readonly receptiveField: number;
  /** Decoder blocks that drop out. */
  readonly dropout: number;
  /** How often the U-Net halves the picture. */
  readonly halvings: number;
  /** @default the framework's own choice */
  readonly threads?: number | undefined;
  /** Channels, as multiples of the paper's. PyTorch's script only. @default 1 */
  readonly width?: number | undefined;
  /** Decides the dropout. PyTorch's script only. @default 23 */
  readonly seed?: number | undefined;
}

/** How PyTorch is set up. */
export interface PytorchSetup {
  /** Memory in the order of TensorFlow, which is faster on many processors. */
  readonly channelsLast: boolean;
  /** torch.compile, as PyTorch calls it. */
  readonly compile: boolean;
  /** Adam in one pass over the weights, which PyTorch offers and does not choose by itself. */
  readonly fused: boolean;
}

/** PyTorch's way to take the same steps. */
export function pytorchProgram(
  python: string,
  options: PeerOptions & PytorchSetup,
): Program {
  const { channelsLast, compile, fused } = options;
  const name = [
    "PyTorch",
    channelsLast ? "channels_last" : "default",
    compile ? "torch.compile" : "eager",
    ...fused ? ["fused Adam"] : [],
  ].join(", ");
  return { name, command: [python, scriptOf("pytorch_pix2pix.py"), JSON.stringify(options)] };
}

/** Keras' way to take the same steps. */
export function kerasProgram(python: string, options: PeerOptions): Program {
  const command = [python, scriptOf("keras_pix2pix.py"), JSON.stringify(options)];
  return { name: "Keras, tf.function", command };
}

function scriptOf(name: string): string {
  return fileURLToPath(new URL(`./peers/${name}`, import.meta.url));
}
