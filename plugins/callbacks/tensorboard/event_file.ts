/** Event files: one per process; TensorBoard reads them in the order of their names. */
import { join } from "@std/path";
import { joined, messageOf } from "../../../core/plugin.ts";
import { fileVersion, type Wire } from "./event.ts";
import { record } from "./record.ts";

/** An open event file. Events that cannot be written stay in memory until they can. */
export interface EventFile {
  /** Whether the folder held event files before. */
  readonly continues: boolean;
  /** Appends events. */
  write(...events: readonly Wire[]): Promise<void>;
}

/** Prefix of event files, before the seconds since 1970. */
const PREFIX = "events.out.tfevents.";

/**
 * Creates an event file whose name sorts after all others in the folder; creates the folder too.
 *
 * @param warn Called once if writing fails.
 */
export async function openEventFile(
  folder: string,
  { now, warn }: { readonly now: number; readonly warn: (line: string) => void },
): Promise<EventFile> {
  await Deno.mkdir(folder, { recursive: true });
  const earlier = await secondsOfFiles(folder);
  // Keeps the order for files of the same second and after a clock was set back.
  const seconds = Math.max(Math.floor(now), ...earlier.map((second) => second + 1));
  const path = join(folder, `${PREFIX}${String(seconds).padStart(10, "0")}.pairlab`);
  let length = 0;
  let waiting = record(fileVersion(now));

  const append = async (): Promise<void> => {
    using file = await Deno.open(path, { write: true, create: true });
    // Overwrites the remains of a failed write.
    await file.seek(length, Deno.SeekMode.Start);
    let written = 0;
    while (written < waiting.length) written += await file.write(waiting.subarray(written));
    length += waiting.length;
    waiting = new Uint8Array();
  };
  let warned = false;
  const write = async (...events: readonly Wire[]): Promise<void> => {
    waiting = joined(waiting, ...events.map(record));
    try {
      await append();
    } catch (error) {
      if (!warned) {
        warn(`Warning: cannot write "${path}": ${messageOf(error)}. Events wait in memory`);
      }
      warned = true;
    }
  };
  return { continues: earlier.length > 0, write };
}

async function secondsOfFiles(folder: string): Promise<number[]> {
  const seconds: number[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const digits = /^events\.out\.tfevents\.(\d+)/.exec(name)?.[1];
    if (digits !== undefined) seconds.push(Number(digits));
  }
  return seconds;
}
