/** Options that several commands have. */
import { Option } from "commander";
import type { EngineChoice } from "../backends/engine.ts";

const ENGINES: readonly EngineChoice[] = ["auto", "tensorflow", "wasm", "cpu"];

/** `--backend`: which engine computes. */
export function backendOption(fallback?: EngineChoice): Option {
  const option = new Option("--backend <engine>", "the engine that computes").choices(ENGINES);
  return fallback === undefined ? option : option.default(fallback);
}
