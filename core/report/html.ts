/** HTML that is safe by construction: texts are escaped, wherever they come from. */

/** A piece of markup. Only {@link html} and {@link trusted} make it. */
export class Html {
  constructor(readonly text: string) {}
}

/** What can stand in a template: a text is escaped, markup is not, nothing is left out. */
export type Content = Html | string | number | null | undefined | readonly Content[];

/**
 * Markup from a template.
 *
 * @example
 * ```ts
 * import { html } from "./html.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(html`<b title="${'"'}">${"<i>"}</b>`.text, '<b title="&quot;">&lt;i&gt;</b>');
 * ```
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const filled = parts.map((part, index) =>
    index === 0 ? part : textOf(contents[index - 1]) + part
  );
  return new Html(filled.join(""));
}

/** Markup from a text that is known to be some. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** JSON that can stand in a script element: nothing in it ends the element. */
export function jsonForScript(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/</g, "\\u003c"));
}

function textOf(content: Content): string {
  if (content === null || content === undefined) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(textOf).join("");
  return String(content).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
