/** Which traces of steps a run has. */
import { join } from "@std/path";

/** A trace in a run's folder, as `deno task bench step --trace=RUN/trace.json` writes one. */
export interface TraceEntry {
  readonly name: string;
  /** 0 while its steps are being traced. */
  readonly bytes: number;
}

/** Names of the files that a page may ask for. */
export const TRACE_FILE = /^(?=.*trace)\w[\w.-]{0,99}\.json$/i;

/** Finds the traces in a run's folder: JSON files with "trace" in their names. */
export async function readTraceList(folder: string): Promise<readonly TraceEntry[]> {
  const traces: TraceEntry[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !TRACE_FILE.test(name)) continue;
      traces.push({ name, bytes: (await Deno.lstat(join(folder, name))).size });
    }
  } catch {
    // A folder or file that was removed meanwhile.
  }
  return traces.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}
