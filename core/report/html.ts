/** HTML templates that escape all texts. */
import { hash } from "node:crypto";

/** Markup, made only by {@link html} and {@link trusted}. */
export class Html {
  constructor(readonly text: string) {}
}

/** Contents of a template: texts are escaped, markup is not, null and undefined are empty. */
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

/** Markup from a trusted text. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** JSON for a script element, which it cannot end. */
export function jsonForScript(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/</g, "\\u003c"));
}

/** The source of an inline script or style in a content security policy. */
export function hashOf(text: string): string {
  return `'sha256-${hash("sha256", text, "base64")}'`;
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
