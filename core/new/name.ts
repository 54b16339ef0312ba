/** Names of plug-ins. */
import { camelCase, pascalCase, snakeCase } from "change-case";
import { PairlabError } from "../base/errors.ts";

/** A name in the forms that code and files use. */
export interface Name {
  /** Of a function: `edgeLoss`. */
  readonly camel: string;
  /** Of a type: `EdgeLoss`. */
  readonly pascal: string;
  /** Of a file or a model: `edge_loss`. */
  readonly snake: string;
}

/** Longer names would break the line width of the templates. */
const LONGEST = 24;

/** Words that no function can be called by in a module (ECMA-262, section 12.7.2). */
const RESERVED = (
  "arguments await break case catch class const continue debugger default delete do else enum eval " +
  "export extends false finally for function if implements import in instanceof interface let new " +
  "null package private protected public return static super switch this throw true try typeof " +
  "undefined var void while with yield"
).split(" ");

/** Names that Windows keeps for devices. */
const DEVICES = /^(aux|con|nul|prn|com\d|lpt\d)$/;

/**
 * Parses a name in snake_case, kebab-case, camelCase or PascalCase.
 *
 * @throws {PairlabError} If it is none of these, too long, or reserved.
 *
 * @example
 * ```ts
 * import { parseName } from "./name.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const expected = { camel: "edgeLoss2", pascal: "EdgeLoss2", snake: "edge_loss2" };
 * for (const name of ["edge_loss2", "edge-loss2", "edgeLoss2", "EdgeLoss2"]) {
 *   assertEquals(parseName(name), expected);
 * }
 * ```
 */
export function parseName(given: string): Name {
  if (!/^[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*$/.test(given)) {
    throw new PairlabError(
      `Cannot name a plug-in "${given}". Begin with a letter; use letters, digits, and single "_" or "-" between them, e.g. edge_loss.`,
    );
  }
  // Without an underscore before digits.
  const options = { mergeAmbiguousCharacters: true };
  const name: Name = {
    camel: camelCase(given, options),
    pascal: pascalCase(given, options),
    snake: snakeCase(given),
  };
  if (name.snake.length > LONGEST) {
    throw new PairlabError(
      `Cannot name a plug-in "${given}": it has ${name.snake.length} letters. Use at most ${LONGEST}.`,
    );
  }
  if (RESERVED.includes(name.camel) || DEVICES.test(name.snake)) {
    throw new PairlabError(
      `Cannot name a plug-in "${given}": the word is reserved. Use another, e.g. "my_${name.snake}".`,
    );
  }
  return name;
}
