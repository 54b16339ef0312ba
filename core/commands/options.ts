/** Options that several commands have. */
import { InvalidArgumentError, Option } from "commander";
import { type Interval, parseInterval } from "../train/autosave.ts";
import type { CompileMode } from "../backends/compile.ts";
import { ENGINE_CHOICES, type EngineChoice } from "../backends/engines.ts";

import { NOT_FINITE_POLICIES } from "../runs/run_folder.ts";
import { messageOf } from "../base/errors.ts";
import { WEIGHTS } from "../runs/generator_file.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";

/** `--backend`: which engine computes. */
export function backendOption(fallback?: EngineChoice): Option {
  const option = new Option("--backend <engine>", "the engine that computes").choices(
    ENGINE_CHOICES,
  );
  return fallback === undefined ? option : option.default(fallback);
}

const COMPILE_MODES: readonly CompileMode[] = ["off", "on", "xla"];

/** `--compile`: whether a step runs as one operation of the engine. */
export function compileOption(fallback?: CompileMode): Option {
  const words = "compile each step if the engine can; xla: compile it to machine code";
  const option = new Option("--compile <mode>", words).choices(COMPILE_MODES);
  return fallback === undefined ? option : option.default(fallback);
}

/** `--mode`: how a generator predicts; where the default is `all`, in all of these ways. */
export function modeOption(fallback?: InferenceMode | "all", otherwise?: string): Option {
  const words =
    "paper: with dropout; deterministic: without; running: without, by moving statistics" +
    (otherwise === undefined ? "" : ` (default: ${otherwise})`);
  const all = fallback === "all" ? ["all"] : [];
  return new Option("--mode <mode>", words).choices([...INFERENCE_MODES, ...all]).default(fallback);
}

/** `--weights`, or another name for the same: which of a run's generators predicts. */
export function weightsOption(name = "weights"): Option {
  const words =
    "the moving average of the weights, or the weights as trained (default: averaged if the run has it)";
  return new Option(`--${name} <kind>`, words).choices(WEIGHTS);
}

/** `--checkpoint-every`: how often a training saves by itself. */
export function checkpointEveryOption(): Option {
  const words = "save within an epoch, every so many steps (200) or minutes (10m) (default: 10m)";
  return new Option("--checkpoint-every <interval>", words).argParser((text): Interval => {
    try {
      return parseInterval(text);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  });
}

/** For options that count something. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError("Use a whole number from 1 on.");
  }
  return value;
}

/** `--not-finite`: what becomes of a training whose losses or gradients are no numbers any more. */
export function notFiniteOption(): Option {
  const words = "what to do about a NaN or infinite loss or gradient (default: stop)";
  return new Option("--not-finite <policy>", words).choices(NOT_FINITE_POLICIES);
}

/** For options that are a factor. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError("Use a number above 0, e.g. 0.5.");
  }
  return value;
}
