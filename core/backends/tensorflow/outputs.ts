/** Outputs of a graph's operations, as C wants them. */

/** One output of an operation of a graph, TensorFlow's `TF_Output`. */
export interface Output {
  readonly operation: Deno.PointerObject;
  readonly index: number;
}

/** `TF_Output`, for a call that takes one by value. */
export const OUTPUT = { struct: ["pointer", "i32"] } as const;

/** Bytes of a `TF_Output`: a pointer, an index, and padding. */
const SIZE = 16;

/** Outputs as a C array of `TF_Output`; of one, as the value itself. */
export function encodeOutputs(outputs: readonly Output[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(outputs.length * SIZE));
  outputs.forEach(({ operation, index }, i) => {
    view.setBigUint64(i * SIZE, Deno.UnsafePointer.value(operation), true);
    view.setInt32(i * SIZE + 8, index, true);
  });
  return new Uint8Array(view.buffer);
}
