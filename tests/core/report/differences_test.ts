import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { diffLines, withContext } from "../../../core/report/differences.ts";

/** `-two`, `+2`, ` three`, as diff prints them. */
function printed(from: string, to: string): string[] {
  const signs = { same: " ", removed: "-", added: "+" };
  return (diffLines(from, to) ?? []).map(({ kind, text }) => signs[kind] + text);
}

describe("the difference of two sources", () => {
  it("is the fewest lines that make one of the other", () => {
    assertEquals(printed("one\ntwo\nthree", "one\n2\nthree\nfour"), [
      " one",
      "-two",
      "+2",
      " three",
      "+four",
    ]);
    assertEquals(
      printed("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc").filter((l) => l[0] === " ").length,
      4,
    );
  });

  it("is nothing between texts that are the same", () => {
    assertEquals(printed("one\ntwo", "one\ntwo"), [" one", " two"]);
  });

  it("is shown with the lines around each change", () => {
    const from = Array.from({ length: 12 }, (_, i) => `line ${i}`);
    const lines = diffLines(from.join("\n"), from.with(6, "other").join("\n")) ?? [];
    assertEquals(withContext(lines, 1).map((line) => line?.text ?? "⋯"), [
      "line 5",
      "line 6",
      "other",
      "line 7",
      "⋯",
    ]);
  });
});
