/** Event files read by this test's own means: framing, checksums, and the fields that it looks at. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";

/** Fields of a message by their numbers, in order; nested messages stay bytes. */
export type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

/** Splits a message into its fields. */
export function fieldsOf(message: Uint8Array): Fields {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0n, shift = 0n;
    for (;;) {
      const byte = message[at++]!;
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (byte < 128) return Number(value);
    }
  };
  while (at < message.length) {
    const key = varint();
    const field = fields.get(key >> 3) ?? [];
    fields.set(key >> 3, field);
    switch (key & 7) {
      case 0:
        field.push(varint());
        break;
      case 1:
        field.push(view.getFloat64(at, true));
        at += 8;
        break;
      case 2: {
        const length = varint();
        field.push(message.subarray(at, at + length));
        at += length;
        break;
      }
      case 5:
        field.push(view.getFloat32(at, true));
        at += 4;
        break;
      default:
        throw new Error(`wire type ${key & 7}`);
    }
  }
  assertEquals(at, message.length);
  return fields;
}

/** CRC-32C bit by bit, unlike the table of the code under test. */
export function slowCrc32c(data: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of data) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
  }
  return Number(crc ^ 0xffffffffn);
}

function unmasked(checksum: number): number {
  const rotated = (checksum - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/** The records of an event file, their checksums verified. */
export function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const records: Uint8Array[] = [];
  let at = 0;
  while (at < file.length) {
    const length = Number(view.getBigUint64(at, true));
    const data = file.subarray(at + 12, at + 12 + length);
    assertEquals(unmasked(view.getUint32(at + 8, true)), slowCrc32c(file.subarray(at, at + 8)));
    assertEquals(unmasked(view.getUint32(at + 12 + length, true)), slowCrc32c(data));
    records.push(data);
    at += 16 + length;
  }
  assertEquals(at, file.length);
  return records;
}

/** A text field. */
export function text(field: number | Uint8Array | undefined): string {
  assert(field instanceof Uint8Array);
  return new TextDecoder().decode(field);
}

/** The first nested message of a field. */
export function nested(fields: Fields, field: number): Fields {
  const [bytes] = fields.get(field) ?? [];
  assert(bytes instanceof Uint8Array, `no field ${field}`);
  return fieldsOf(bytes);
}

/** An event in short: `scalar step/l1 = 2 @ 3`, `start @ 4`, `image input/a 8x4 @ 0`. */
export function describeEvent(record: Uint8Array): string[] {
  const event = fieldsOf(record);
  const step = event.get(2)?.[0] ?? 0;
  if (event.has(3)) return [text(event.get(3)?.[0])];
  if (event.has(7)) return [`session ${nested(event, 7).get(1)?.[0]} @ ${step}`];
  return (nested(event, 5).get(1) ?? []).map((bytes) => {
    assert(bytes instanceof Uint8Array);
    const value = fieldsOf(bytes);
    const tag = text(value.get(1)?.[0]);
    if (value.has(9)) return `${tag} @ ${step}`;
    if (value.has(2)) return `${tag} = ${value.get(2)?.[0]} @ ${step}`;
    const image = nested(value, 4);
    return `${tag} ${image.get(2)?.[0]}x${image.get(1)?.[0]} @ ${step}`;
  });
}

/** All events of a folder, file by file in the order of their names. */
export async function eventsOf(folder: string): Promise<string[][]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  const files: string[][] = [];
  for (const name of names.sort()) {
    files.push(recordsOf(await Deno.readFile(join(folder, name))).flatMap(describeEvent));
  }
  return files;
}

/**
 * The hyper-parameters of a folder. The numbers of the fields are those of `event.proto`,
 * `summary.proto`, `plugin_data.proto` of TensorBoard's hparams plug-in, and `struct.proto`.
 */
export async function hyperParametersOf(
  folder: string,
): Promise<Record<string, number | string | boolean>> {
  const found: Record<string, number | string | boolean> = {};
  for await (const { name } of Deno.readDir(folder)) {
    for (const record of recordsOf(await Deno.readFile(join(folder, name)))) {
      const event = fieldsOf(record);
      if (!event.has(5)) continue;
      const value = nested(nested(event, 5), 1);
      if (text(value.get(1)?.[0]) !== "_hparams_/session_start_info") continue;
      const pluginData = nested(nested(value, 9), 1);
      assertEquals(text(pluginData.get(1)?.[0]), "hparams");
      for (const entry of nested(nested(pluginData, 2), 3).get(1) ?? []) {
        assert(entry instanceof Uint8Array);
        const pair = fieldsOf(entry);
        const [[kind, [content]]] = [...nested(pair, 2)] as [[number, [number | Uint8Array]]];
        const key = text(pair.get(1)?.[0]);
        if (kind === 3) found[key] = text(content);
        else {
          assert(typeof content === "number");
          found[key] = kind === 4 ? content === 1 : content;
        }
      }
    }
  }
  return found;
}
