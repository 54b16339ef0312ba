/** run.log: lines of a closed terminal or pipe, and the times when the GPU's device was lost. */
import { join } from "@std/path";

/** The log's path in a run folder. */
export function runLogPath(folder: string): string {
  return join(folder, "run.log");
}

/** Appends a line, with the time. A log that cannot be written ends nothing. */
export function appendToRunLog(folder: string, line: string): void {
  try {
    const text = `${new Date().toISOString()} ${line}\n`;
    Deno.writeTextFileSync(runLogPath(folder), text, { append: true });
  } catch {
    // A full disk, or a folder that was removed: there is no other place to say it.
  }
}
