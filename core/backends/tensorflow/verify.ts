/** Whether the files of a fetched build are still those that were fetched. */
import { createHash } from "node:crypto";
import { type BigIntStats, createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "../../base/files.ts";
import { EngineError } from "../engine_error.ts";
import type { Manifest } from "./cache.ts";

/** A file of a build is not what was fetched. */
export class AlteredLibraryError extends EngineError {
  /** @param path The file. */
  constructor(path: string) {
    super(
      `Cannot load TensorFlow's library: "${path}" changed since it was fetched`,
      'Run "deno task setup" to fetch it again',
    );
  }
}

/** Beside the manifest: what the files looked like from outside when they were last hashed. */
const NOTE = "verified.json";

const noteSchema = z.record(z.string(), z.object({ looks: z.string(), sha256: z.string() }));
type Note = z.infer<typeof noteSchema>;

/** How {@link verifyBuild} goes about it. */
export interface VerifyOptions {
  /**
   * Milliseconds for which a file must have been left alone before its looks are relied on. The time
   * of its last change is told in whole seconds: a file that was written right before it was hashed
   * may be changed again without looking otherwise. @default 2000
   */
  readonly settled?: number;
}

/**
 * Holds every file of a build against the SHA-256 that was noted when it was unpacked. Hashing takes
 * a second or so; a file that looks from outside as it did when it was hashed (length, inode, times of
 * its contents and of its status, which no program can set back) is not hashed again.
 *
 * @throws {AlteredLibraryError} If one is another.
 */
export async function verifyBuild(
  folder: string,
  { files }: Manifest,
  { settled = 2000 }: VerifyOptions = {},
): Promise<void> {
  const before = await readNote(folder);
  const note: Note = {};
  for (const { name, sha256 } of files) {
    const path = join(folder, name);
    const looks = await looksOf(path);
    const known = before[name];
    if (known?.sha256 === sha256 && known.looks === looks.text) {
      note[name] = known;
      continue;
    }
    const begun = Date.now();
    if (await hashOf(path) !== sha256) throw new AlteredLibraryError(path);
    const leftAlone = begun - looks.changed >= settled;
    if (leftAlone && (await looksOf(path)).text === looks.text) {
      note[name] = { looks: looks.text, sha256 };
    }
  }
  if (JSON.stringify(note) === JSON.stringify(before)) return;
  try {
    await writeTextDurably(join(folder, NOTE), `${JSON.stringify(note, null, 2)}\n`);
  } catch {
    // A cache that cannot be written is hashed each time.
  }
}

async function readNote(folder: string): Promise<Note> {
  try {
    return noteSchema.parse(JSON.parse(await Deno.readTextFile(join(folder, NOTE))));
  } catch {
    return {};
  }
}

/** A file from outside, and when it was last changed, ms since 1970. */
async function looksOf(path: string): Promise<{ readonly text: string; readonly changed: number }> {
  const found: BigIntStats = await stat(path, { bigint: true });
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return {
    text: [dev, ino, size, mtimeNs, ctimeNs].join(" "),
    changed: Math.max(Number(mtimeNs), Number(ctimeNs)) / 1e6,
  };
}

/** The SHA-256 of a file, hexadecimal. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Uint8Array);
  }
  return hash.digest("hex");
}
