/**
 * The lines of a stream of UTF-8, without their ends, as they come.
 *
 * @example
 * ```ts
 * import { linesOf } from "./lines.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lines = linesOf(new Blob(["one\r\ntwo\nthr", "ee"]).stream());
 * assertEquals(await Array.fromAsync(lines), ["one", "two", "three"]);
 * ```
 */
export async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  if (rest !== "") yield rest;
}
