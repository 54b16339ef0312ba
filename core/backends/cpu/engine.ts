/** The engine `cpu`: plain JavaScript. */
import type { EngineKind } from "../engine_kind.ts";

/** The engine `cpu`. */
export const cpu: EngineKind = {
  compiles: false,
  threadsChangeBits: false,
  joins: false,
  async start() {
    const { startCpu } = await import("./backend.ts");
    return { ...await startCpu(), detail: "plain JavaScript", exact: true };
  },
};
