/** Reads lists of pairs: CSV with a header, or JSON lines. */
import { parse } from "csv-parse/sync";
import { extname } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { kindOfFile } from "../pictures/decode.ts";
import { quote } from "./picture_folder.ts";

/** What a pair is used for. */
export type SplitName = "train" | "val" | "test";

/** One line of a manifest. */
export interface ManifestRow {
  /** 1 for the first line of the file. */
  readonly line: number;
  readonly input: string;
  readonly target: string;
  /** Undefined where the line does not say. */
  readonly split: SplitName | undefined;
}

/** What the columns may be called; the first is what messages call them. */
const COLUMNS = { input: ["input"], target: ["target", "output"], split: ["split"] } as const;

const SPLIT_NAMES: Readonly<Record<string, SplitName>> = {
  train: "train",
  training: "train",
  val: "val",
  valid: "val",
  validation: "val",
  test: "test",
};

/**
 * Reads a manifest: a CSV (`.csv`, or `.tsv` with tabs) whose header names `input`, `target` and
 * optionally `split`, or JSON lines (`.jsonl`) of objects with these keys. Other columns are ignored.
 * The text is UTF-8, UTF-16 or Windows-1252; a CSV's fields may be parted by semicolons, too.
 *
 * @throws {PairlabError} Naming the line that cannot be read, or the column that is missing.
 *
 * @example
 * ```ts
 * import { readManifest } from "./manifest.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(file, "input,target,split\na.png,b.png,train\n");
 * assertEquals(await readManifest(file), [
 *   { line: 2, input: "a.png", target: "b.png", split: "train" },
 * ]);
 * await Deno.remove(file);
 * ```
 */
export async function readManifest(file: string): Promise<ManifestRow[]> {
  const text = await readText(file);
  const extension = extname(file).toLowerCase();
  const fail = (reason: string): PairlabError =>
    new PairlabError(`Cannot read the manifest ${quote(file)}: ${reason}`);
  switch (extension) {
    case ".csv":
    case ".tsv":
      return readTable(text, extension === ".tsv" ? "\t" : delimiterOf(text), fail);
    case ".jsonl":
    case ".ndjson":
      return readLines(text, fail);
    default:
      throw fail(`its extension is "${extension}". Use .csv, .tsv or .jsonl.`);
  }
}

async function readText(file: string): Promise<string> {
  const fail = (reason: string): PairlabError =>
    new PairlabError(`Cannot read the manifest ${quote(file)}: ${reason}`);
  try {
    const info = await Deno.stat(file);
    if (info.isDirectory) throw fail("it is a folder. Use a .csv, .tsv or .jsonl file.");
    if (!info.isFile) throw fail(`it is ${kindOfFile(info)}. Use a .csv, .tsv or .jsonl file.`);
    return decodeText(await Deno.readFile(file));
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw fail(
      error instanceof Deno.errors.NotFound
        ? "the file does not exist. Check its path."
        : messageOf(error),
    );
  }
}

/** UTF-8, UTF-16 as Windows' programs write it, or else Windows-1252, which is Latin-1 and more. */
function decodeText(bytes: Uint8Array): string {
  const zeros = (from: number): boolean =>
    bytes.length > 3 && bytes[from] === 0 && bytes[from + 2] === 0;
  const starts = (a: number, b: number): boolean => bytes[0] === a && bytes[1] === b;
  if (starts(0xff, 0xfe) || zeros(1)) return new TextDecoder("utf-16le").decode(bytes);
  if (starts(0xfe, 0xff) || zeros(0)) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Comma, unless the header has semicolons or tabs alone, as spreadsheets of some languages write. */
function delimiterOf(text: string): string {
  const [header = ""] = text.split(/\r?\n/, 1);
  return [",", ";", "\t"].find((delimiter) => header.includes(delimiter)) ?? ",";
}

type Fail = (reason: string) => PairlabError;

/** One line's values by column, in lower case. */
type Row = Readonly<Record<string, unknown>>;

function readTable(text: string, delimiter: string, fail: Fail): ManifestRow[] {
  let header: string[] = [];
  const columns = (names: string[]): string[] => {
    header = names.map((name) => name.toLowerCase());
    return header;
  };
  let rows: { readonly record: Row; readonly info: { readonly lines: number } }[];
  try {
    rows = parse(text, {
      bom: true,
      columns,
      delimiter,
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof rows;
  } catch (error) {
    throw fail(messageOf(error));
  }
  for (const names of [COLUMNS.input, COLUMNS.target]) {
    if (names.some((name) => header.includes(name))) continue;
    const near = nearest(names[0], header);
    throw fail(
      `its first line names no column "${names[0]}"${
        near === undefined ? "" : ` (is it "${near}"?)`
      }. Begin with "input,target" or "input,target,split".`,
    );
  }
  return rows.map(({ record, info }) => rowOf(record, info.lines, fail));
}

function readLines(text: string, fail: Fail): ManifestRow[] {
  return text.replace(/^\ufeff/, "").split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "") return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw fail(`line ${index + 1} is not JSON (${messageOf(error)})`);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw fail(
        `line ${index + 1} is no object. Use {"input": "a.png", "target": "b.png"}.`,
      );
    }
    return [rowOf(value as Row, index + 1, fail)];
  });
}

function rowOf(row: Row, line: number, fail: Fail): ManifestRow {
  const first = (names: readonly string[]): unknown =>
    names.map((name) => row[name]).find((value) => value !== undefined && value !== "");
  const path = (names: readonly string[]): string => {
    const value = first(names);
    if (typeof value === "string") return value;
    throw fail(`line ${line} has no "${names[0]}". Give the path of a picture.`);
  };
  const split = first(COLUMNS.split);
  const known = typeof split === "string" ? SPLIT_NAMES[split.toLowerCase()] : undefined;
  if (split !== undefined && known === undefined) {
    throw fail(`line ${line} has the split ${quote(String(split))}. Use train, val or test.`);
  }
  return { line, input: path(COLUMNS.input), target: path(COLUMNS.target), split: known };
}
