import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { html, jsonForScript, trusted } from "../../../core/report/html.ts";

describe("markup", () => {
  it("escapes every text, in elements and attributes", () => {
    const name = `<b a="1" c='2'>&`;
    const escaped = "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;";
    assertEquals(
      html`<p title="${name}">${[name, 7]}</p>`.text,
      `<p title="${escaped}">${escaped}7</p>`,
    );
  });

  it("leaves markup as it is, and nothing for nothing", () => {
    assertEquals(
      html`${html`<i>${"<"}</i>`}${null}${undefined}${trusted("<hr>")}`.text,
      "<i>&lt;</i><hr>",
    );
  });

  it("holds JSON that cannot end its script", () => {
    const { text } = jsonForScript({ name: "</script><!--" });
    assertEquals(text.includes("<"), false);
    assertEquals(JSON.parse(text), { name: "</script><!--" });
  });
});
