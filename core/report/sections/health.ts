/** What the health callback found. */
import { type Html, html } from "../html.ts";
import type { Report } from "../contents.ts";
import { drawLabel } from "./runs.ts";

/** Nothing if nothing was found. */
export function drawHealth({ runs }: Report): Html | null {
  const found = runs.flatMap((run) => run.findings.map((finding) => ({ run, finding })));
  if (found.length === 0) return null;
  return html`
    <section id="health">
      <h2>Health</h2>
      <ul>${found.map(({ run, finding: { sentence, since, advice, change, source } }) =>
        html`
          <li>
            <p>${runs.length > 1
              ? drawLabel(run)
              : null} <b>${sentence}</b> Since step ${since}. ${advice} Try <code>${change}</code></p>
            <p class="note">Threshold: ${source}</p>
          </li>
        `
      )}</ul>
    </section>
  `;
}
