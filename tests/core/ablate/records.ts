/** Records of sweeps, for tests. */
import type { AblationRecord } from "../../../core/ablate/folder.ts";

/** ablation.json of a sweep that nobody launched, with changes. */
export function recordOf(changes: Partial<AblationRecord> = {}): AblationRecord {
  return {
    format: 1,
    name: "tiny",
    file: "tiny.ts",
    scale: "quick",
    parameters: {},
    limit: null,
    backend: "cpu",
    threads: 1,
    sources: { source: "tiny", sha256: "aa".repeat(32), commit: "c0ffee", modules: [] },
    launched: "2026-11-23T17:30:00.000Z",
    ...changes,
  };
}
