/** The table of engines. To add one, write its file and add it here. */
import { cpu } from "./cpu/engine.ts";
import type { EngineKind } from "./engine_kind.ts";
import { tensorflow } from "./tensorflow/engine.ts";
import { wasm } from "./wasm/engine.ts";
import { webgpu } from "./webgpu/engine.ts";

/** The engines, the fastest first; those that contend have to prove it. */
export const ENGINES = { tensorflow, webgpu, wasm, cpu } as const satisfies Record<
  string,
  EngineKind
>;

/** The name of an engine. */
export type EngineName = keyof typeof ENGINES;

/** The value of `--backend`; `auto` is the fastest engine that works. */
export type EngineChoice = "auto" | EngineName;

/** The names of the engines, the fastest first. */
export const ENGINE_NAMES = Object.keys(ENGINES) as EngineName[];

/** The values of `--backend`. */
export const ENGINE_CHOICES: readonly EngineChoice[] = ["auto", ...ENGINE_NAMES];

/** The properties of an engine by its name in a file; undefined for an unknown engine. */
export function engineKind(name: string): EngineKind | undefined {
  return Object.hasOwn(ENGINES, name) ? ENGINES[name as EngineName] : undefined;
}
