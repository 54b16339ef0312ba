/** Follows a text file that another process appends to. */
import { joined, readAt } from "../base/files.ts";

/** What has been appended to a file since the last look. */
export interface Appended {
  /** True if the file is another one now, or was cut: forget what was read before. */
  readonly restarted: boolean;
  /** Whole lines, each with its line's end; "" if there are none. */
  readonly text: string;
  /** True if there is more to read at once. */
  readonly more: boolean;
}

/** A file being followed. */
export interface Tail {
  /** Reads on. A file that does not exist is empty. */
  read(): Promise<Appended>;
}

/** Bytes that one look reads at most, so that a long log does not hold up the server. */
const CHUNK = 2 ** 20;

/** Bytes before the position that must still be the same for the file to be the same. */
const REMEMBERED = 256;

const LINE_END = 0x0a;

/**
 * Follows a file by lines. A last line that is only half written waits for its end.
 *
 * A resumed run puts a new log in the place of the old one, the same up to its checkpoint. What was
 * read last must therefore still stand where it stood; otherwise the file is read from its start.
 *
 * @example
 * ```ts
 * import { followFile } from "./tail.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * const tail = followFile(path);
 * await Deno.writeTextFile(path, "one\ntw");
 * assertEquals((await tail.read()).text, "one\n");
 * await Deno.writeTextFile(path, "o\n", { append: true });
 * assertEquals((await tail.read()).text, "two\n");
 * await Deno.remove(path);
 * ```
 */
export function followFile(path: string, { chunk = CHUNK } = {}): Tail {
  let position = 0;
  let remembered = new Uint8Array();
  let seen: { readonly size: number; readonly changed: number | undefined } | undefined;
  /** The line under way is longer than a chunk: look at more of it next time. */
  let wanted = chunk;

  const forget = (): void => {
    position = 0;
    remembered = new Uint8Array();
    wanted = chunk;
  };

  return {
    read: async () => {
      let file: Deno.FsFile;
      try {
        file = await Deno.open(path);
      } catch {
        const restarted = position > 0;
        forget();
        seen = undefined;
        return { restarted, text: "", more: false };
      }
      try {
        const { size, mtime } = await file.stat();
        const changed = mtime?.getTime();
        if (seen?.size === size && seen.changed === changed && size === position) {
          return { restarted: false, text: "", more: false };
        }
        seen = { size, changed };
        const restarted = size < position || !await stands(file, position, remembered);
        if (restarted) forget();
        const start = position;
        const bytes = await readAt(file, start, Math.min(wanted, size - start));
        const end = bytes.lastIndexOf(LINE_END) + 1;
        if (end === 0 && bytes.length === wanted) wanted *= 2;
        else wanted = chunk;
        const whole = bytes.subarray(0, end);
        position += end;
        remembered = joined(remembered, whole).slice(-REMEMBERED);
        const more = start + bytes.length < size;
        return { restarted, text: new TextDecoder().decode(whole), more };
      } finally {
        file.close();
      }
    },
  };
}

/** When a file was last changed, milliseconds since 1970; 0 if it does not exist. */
export async function changeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

async function stands(
  file: Deno.FsFile,
  position: number,
  bytes: Uint8Array,
): Promise<boolean> {
  const now = await readAt(file, position - bytes.length, bytes.length);
  return now.length === bytes.length && now.every((byte, index) => byte === bytes[index]);
}
