import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { resultNames } from "../../../core/pictures/find.ts";

describe("names of results", () => {
  const cases: [what: string, paths: string[], names: string[]][] = [
    ["are those of the files", ["a/rose.jpg", "b.c.png", "tulip"], ["rose", "b.c", "tulip"]],
    ["are numbered where two are the same", ["a.jpg", "a.png", "x/a.jpg"], ["a", "a_2", "a_3"]],
    ["pass over numbers that are names", ["a.jpg", "a.png", "a_2.jpg"], ["a", "a_3", "a_2"]],
    ["are other names where cases are not told apart", ["A.png", "a.png"], ["A", "a_2"]],
    ["are other names where ways to write an accent are not", ["é.png", "e\u0301.png"], [
      "é",
      "e\u0301_2",
    ]],
  ];
  for (const [what, paths, names] of cases) {
    it(what, () => assertEquals(resultNames(paths), names));
  }
});
