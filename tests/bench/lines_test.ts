import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linesOf } from "./lines.ts";

/** A stream that comes in the pieces given. */
function streamOf(...pieces: readonly string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(pieces.map((piece) => new TextEncoder().encode(piece)));
}

describe("the lines of a stream", () => {
  it("are put together across its pieces", async () => {
    const lines = await Array.fromAsync(linesOf(streamOf("on", "e\ntw", "o\n\nthree\n")));
    assertEquals(lines, ["one", "two", "", "three"]);
  });

  it("include a last one that is not ended, and none after an end", async () => {
    assertEquals(await Array.fromAsync(linesOf(streamOf("a\nb"))), ["a", "b"]);
    assertEquals(await Array.fromAsync(linesOf(streamOf())), []);
  });

  it("lose the ends that Windows writes", async () => {
    assertEquals(await Array.fromAsync(linesOf(streamOf("a\r", "\nb\r\n"))), ["a", "b"]);
  });
});
