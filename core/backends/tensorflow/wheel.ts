/** Python packages (wheels): zip archives that carry the sha256 of each of their files. */
import { dirname, join } from "@std/path";
import { createHash } from "node:crypto";
// @ts-types="../../base/yauzl.d.ts"
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { writeAll } from "../../base/files.ts";
import { messageOf, PairlabError } from "../../base/errors.ts";
import { readEntry } from "../../base/zip.ts";

/** A file that was unpacked. */
export interface UnpackedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What {@link unpackWheel} is to do. */
export interface UnpackOptions {
  /** Folder within the wheel. */
  readonly from: string;
  /** The files in that folder: their names, or whether a path in it is one. */
  readonly files: readonly string[] | ((path: string) => boolean);
  /** An existing folder to write them to. */
  readonly to: string;
  /** Called with the bytes written and their total. @default not called */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Unpacks a few files of a wheel and holds each against the sha256 in the wheel's own RECORD. Each
 * has reached the disk when it returns.
 *
 * @throws {PairlabError} If the wheel is damaged or lacks a file.
 */
export async function unpackWheel(wheel: string, options: UnpackOptions): Promise<UnpackedFile[]> {
  const zip = await openZip(wheel);
  try {
    const entries = await listEntries(zip);
    const record = await readRecord(zip, entries, wheel);
    const names = namesOf(options, entries);
    const wanted = names.map((name) => find(entries, `${options.from}/${name}`, wheel));
    const total = wanted.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
    const unpacked: UnpackedFile[] = [];
    let done = 0;
    for (const [i, entry] of wanted.entries()) {
      const name = names[i]!;
      if (name.includes("/")) {
        await Deno.mkdir(dirname(join(options.to, name)), { recursive: true });
      }
      const { size, digest } = await copy(zip, entry, join(options.to, name), (bytes) => {
        done += bytes;
        options.onProgress?.(done, total);
      });
      if (digest.toString("base64url") !== record.get(entry.fileName)) {
        throw damaged(wheel, `"${entry.fileName}" differs from what its RECORD says`);
      }
      unpacked.push({ name, size, sha256: digest.toString("hex") });
    }
    return unpacked;
  } catch (error) {
    if (error instanceof PairlabError || isSystemError(error)) throw error;
    throw damaged(wheel, messageOf(error));
  } finally {
    zip.close();
  }
}

function namesOf(
  { from, files }: UnpackOptions,
  entries: ReadonlyMap<string, Entry>,
): readonly string[] {
  if (typeof files !== "function") return files;
  return [...entries.keys()].flatMap((path) => {
    const name = path.startsWith(`${from}/`) ? path.slice(from.length + 1) : "";
    // Nothing is written outside the folder.
    return files(name) && !name.split("/").includes("..") ? [name] : [];
  });
}

async function openZip(wheel: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(wheel, { autoClose: false });
  } catch (error) {
    if (isSystemError(error)) throw error;
    throw damaged(wheel, messageOf(error));
  }
}

async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}

function find(entries: ReadonlyMap<string, Entry>, name: string, wheel: string): Entry {
  const entry = entries.get(name);
  if (entry === undefined) throw damaged(wheel, `it has no file "${name}"`);
  return entry;
}

/** File names and their sha256, base64url without padding (PEP 427). */
async function readRecord(
  zip: ZipFile,
  entries: ReadonlyMap<string, Entry>,
  wheel: string,
): Promise<Map<string, string>> {
  const name = [...entries.keys()].find((key) => /^[^/]+\.dist-info\/RECORD$/.test(key));
  if (name === undefined) throw damaged(wheel, "it has no RECORD");
  const lines = new TextDecoder().decode(await readEntry(zip, find(entries, name, wheel)));
  return new Map(
    lines.split(/\r?\n/).flatMap((line): [string, string][] => {
      const match = /^(.*),sha256=([\w-]+),\d+$/.exec(line);
      return match === null ? [] : [[match[1]!, match[2]!]];
    }),
  );
}

async function copy(
  zip: ZipFile,
  entry: Entry,
  path: string,
  onBytes: (count: number) => void,
): Promise<{ size: number; digest: { toString(encoding: "hex" | "base64url"): string } }> {
  const stream = await zip.openReadStreamPromise(entry);
  try {
    using file = await Deno.open(path, { write: true, createNew: true });
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of stream) {
      const bytes = chunk as Uint8Array;
      hash.update(bytes);
      await writeAll(file, bytes);
      size += bytes.length;
      onBytes(bytes.length);
    }
    await file.sync();
    return { size, digest: hash.digest() };
  } finally {
    stream.destroy();
  }
}

function damaged(wheel: string, what: string): PairlabError {
  return new PairlabError(
    `Cannot unpack "${wheel}": ${what.replace(/\.$/, "")}. Run "deno task setup" to fetch it again`,
  );
}

/** An error of the disk rather than of the archive. */
function isSystemError(error: unknown): boolean {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === "string" && /^E[A-Z]+$/.test(code);
}
