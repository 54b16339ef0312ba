/** end.json: how the training of a run ended last, for whoever looks at its folder from outside. */
import { join } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "../base/files.ts";

const End = z.object({
  end: z.enum(["finished", "stopped", "interrupted", "failed"]),
  /** ISO 8601. */
  time: z.string(),
  /** Finished epochs. */
  epoch: z.int().nonnegative(),
  /** Finished steps. */
  step: z.int().nonnegative(),
  /** Why a callback stopped it, or the error that ended it. */
  reason: z.string().optional(),
});

/** How a training ended. A run that is training, or whose process was killed, has no end. */
export type RunEnd = z.infer<typeof End>;

/** The file in a run folder. */
export function endPath(folder: string): string {
  return join(folder, "end.json");
}

/** Writes end.json. It is a note for people: where it cannot be written, nothing else fails. */
export async function noteEnd(folder: string, end: Omit<RunEnd, "time">): Promise<void> {
  const said: RunEnd = { ...end, time: new Date().toISOString() };
  try {
    await writeTextDurably(endPath(folder), `${JSON.stringify(said, null, 2)}\n`);
  } catch {
    // A full disk, or a folder that was removed: whoever saves the checkpoint reports it.
  }
}

/** Removes end.json: the training continues. */
export async function clearEnd(folder: string): Promise<void> {
  try {
    await Deno.remove(endPath(folder));
  } catch {
    // Missing, or about to be overwritten.
  }
}

/** How the training of a run ended last; null while it trains, and of a damaged file. */
export async function readEnd(folder: string): Promise<RunEnd | null> {
  try {
    return End.parse(JSON.parse(await Deno.readTextFile(endPath(folder))));
  } catch {
    return null;
  }
}
