/** Options that several commands have. */
// deno-lint-ignore-file explicit-module-boundary-types -- An option's type says what it reads.
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { type Interval, parseInterval } from "../train/autosave.ts";
import { ENGINE_CHOICES } from "../backends/engines.ts";
import { NOT_FINITE_POLICIES } from "../runs/run_folder.ts";
import { messageOf } from "../base/errors.ts";
import { WEIGHTS } from "../runs/generator_file.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";

/** `--backend`: which engine computes. */
export const backendOption = () =>
  new Option("--backend <engine>", "the engine that computes").choices(ENGINE_CHOICES);

/** `--compile`: whether a step runs as one operation of the engine. */
export const compileOption = () =>
  new Option(
    "--compile <mode>",
    "compile each step if the engine can; xla: compile it to machine code",
  )
    .choices(["off", "on", "xla"]);

/** `--mode`: how a generator predicts. */
export const modeOption = (otherwise?: string) =>
  new Option(
    "--mode <mode>",
    "paper: with dropout; deterministic: without; running: without, by moving statistics" +
      (otherwise === undefined ? "" : ` (default: ${otherwise})`),
  ).choices(INFERENCE_MODES);

/** `--weights`, or another name for the same: which of a run's generators predicts. */
export const weightsOption = <Name extends string = "weights">(name = "weights" as Name) =>
  new Option(
    `--${name} <kind>`,
    "the moving average of the weights, or the weights as trained (default: averaged if the run has it)",
  ).choices(WEIGHTS);

/** `--checkpoint-every`: how often a training saves within an epoch. */
export const checkpointEveryOption = () =>
  new Option(
    "--checkpoint-every <interval>",
    "save within an epoch, every so many steps (200) or minutes (10m) (default: 10m)",
  ).argParser((text): Interval => {
    try {
      return parseInterval(text);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  });

/** For options that count something. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError("Use a whole number from 1 on.");
  }
  return value;
}

/** `--not-finite`: the policy for NaN or infinite losses and gradients. */
export const notFiniteOption = () =>
  new Option(
    "--not-finite <policy>",
    "what to do about a NaN or infinite loss or gradient (default: stop)",
  ).choices(NOT_FINITE_POLICIES);
