import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { formatTable } from "./table.ts";

describe("a table", () => {
  it("aligns names at the left and numbers at the right, with the headings", () => {
    assertEquals(
      formatTable(["", "ms"], [["Pairlab", "7.1"], ["PyTorch, eager", "110.0"]]),
      ["                   ms", "Pairlab           7.1", "PyTorch, eager  110.0"],
    );
  });

  it("leaves room for a row that is cut short, and no spaces at a line's end", () => {
    assertEquals(formatTable(["a", "b", "c"], [["x"]]), ["a  b  c", "x"]);
  });

  it("of no rows is its headings", () => {
    assertEquals(formatTable(["name", "ms"], []), ["name  ms"]);
  });
});
