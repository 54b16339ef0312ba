/** Event files of a folder: a new one for each process, read by TensorBoard in the order of names. */
import { join } from "@std/path";
import { messageOf } from "../../../core/plugin.ts";
import { fileVersion } from "./event.ts";
import { message, type Wire } from "./protobuf.ts";
import { record } from "./record.ts";

/** An open file. Events that cannot be written wait in memory until they can. */
export interface EventFile {
  /** Whether the folder held event files before. */
  readonly continues: boolean;
  /** Appends events. */
  write(...events: readonly Wire[]): Promise<void>;
}

/** What begins the name of every event file; the seconds since 1970 follow. */
const PREFIX = "events.out.tfevents.";

/**
 * Begins a new event file whose name comes after those of all others in the folder, which is made.
 *
 * @param warn Told once when the disk refuses.
 */
export async function openEventFile(
  folder: string,
  { now, warn }: { readonly now: number; readonly warn: (line: string) => void },
): Promise<EventFile> {
  await Deno.mkdir(folder, { recursive: true });
  const earlier = await secondsOfFiles(folder);
  // Two files of a second, or a clock that was put back, must not turn their order around.
  const seconds = Math.max(Math.floor(now), ...earlier.map((second) => second + 1));
  const path = join(folder, `${PREFIX}${String(seconds).padStart(10, "0")}.pairlab`);
  let length = 0;
  let waiting = record(fileVersion(now));

  const append = async (): Promise<void> => {
    using file = await Deno.open(path, { write: true, create: true });
    // What a write that failed midway left behind is written over.
    await file.seek(length, Deno.SeekMode.Start);
    let written = 0;
    while (written < waiting.length) written += await file.write(waiting.subarray(written));
    length += waiting.length;
    waiting = new Uint8Array();
  };
  let warned = false;
  const write = async (...events: readonly Wire[]): Promise<void> => {
    waiting = message(waiting, ...events.map(record));
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
