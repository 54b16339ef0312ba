/** The part of the Protocol Buffers wire format that TensorBoard's events use. */

/** A message or a field: messages are concatenated fields. */
export type Wire = Uint8Array;

const VARINT = 0, EIGHT_BYTES = 1, LENGTH_DELIMITED = 2, FOUR_BYTES = 5;

/** Concatenates fields to a message. */
export function message(...fields: readonly Wire[]): Wire {
  const whole = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += field.length;
  }
  return whole;
}

/** An int32, int64, bool or enum field; not negative, below 2^53. */
export function whole(field: number, value: number): Wire {
  return message(key(field, VARINT), varint(value));
}

/** A float field. */
export function float(field: number, value: number): Wire {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message(key(field, FOUR_BYTES), bytes);
}

/** A double field. */
export function double(field: number, value: number): Wire {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return message(key(field, EIGHT_BYTES), bytes);
}

/** A string, bytes or message field. */
export function bytes(field: number, value: string | Uint8Array): Wire {
  const content = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return message(key(field, LENGTH_DELIMITED), varint(content.length), content);
}

function key(field: number, type: number): Wire {
  return varint(field * 8 + type);
}

/** Seven bits per byte, lowest first; also for numbers of more than 32 bits. */
function varint(value: number): Wire {
  const groups: number[] = [];
  let left = value;
  while (left >= 128) {
    groups.push(left % 128 + 128);
    left = Math.floor(left / 128);
  }
  return Uint8Array.from([...groups, left]);
}
