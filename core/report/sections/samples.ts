/** Samples by epoch, of several runs side by side. */
import { describeMode } from "../../model/inference_modes.ts";
import type { EmbeddedPicture } from "../embed.ts";
import { type Html, html, trusted } from "../html.ts";
import type { Report } from "../contents.ts";
import type { RunSamples, Sample } from "../samples.ts";
import { drawLabel, drawProvenance } from "./runs.ts";

/** Null if no run has samples. */
export function drawSamples({ samples }: Report): Html | null {
  if (samples.length === 0) return null;
  const epochs = epochsOf(samples);
  const last = epochs.length - 1;
  // Only runs of the same data have the same test pictures.
  const groups = Map.groupBy(samples, ({ run }) => run.record.data.fingerprint);
  return html`<section id="samples">
<h2>Samples</h2>
<div class="controls">
<label>Epoch <input type="range" id="epoch" min="0" max="${last}" value="${last}" data-epochs="${
    epochs.join(" ")
  }"> <output id="epoch-words">${epochs[last]}</output></label>
<button type="button" id="play" aria-pressed="false">Play</button>
</div>
${[...groups.values()].map(drawGroup)}
${drawWipe(samples)}
<p class="note">Test pictures, predicted after an epoch${
    modesOf(samples)
  }. A run without that epoch shows its latest one before. Pictures are enlarged without interpolation.</p>
${drawProvenance(samples.map(({ run }) => run))}
</section>`;
}

/** A prediction wiped against its ground truth or input; the script fills and shows it. */
function drawWipe(samples: readonly RunSamples[]): Html {
  const options = samples.map(({ run }) =>
    html`<option value="${run.label}">${run.label}</option>`
  );
  return html`
    <div class="compare" id="compare" hidden>
      <div class="controls">
        <label>Run <select id="wipe-run">${options}</select></label>
        <label>Picture <select id="wipe-index"></select></label>
        <label>Wipe with <select id="wipe-with">
            <option>ground truth</option>
            <option>input</option>
          </select></label>
      </div>
      <figure>
        <div class="wipe">
          <canvas id="wipe-picture" role="img"></canvas>
          <input type="range" id="wipe" min="0" max="100" value="50"
            aria-label="Wipe between prediction and ground truth">
        </div>
        <figcaption>
          Prediction <span class="sub">left of the slider</span>, <span id="wipe-words">ground truth</span>
          <span class="sub">right of it</span>
        </figcaption>
      </figure>
    </div>
  `;
}

/** ` in mode paper (…)`: how samples were predicted, by run if they differ; "" if unrecorded. */
function modesOf(samples: readonly RunSamples[]): string {
  const ways = samples.flatMap(({ run: { label, record } }) => {
    const { predictions, resumed = [] } = record;
    const later = resumed.flatMap(({ step, experiment }) =>
      experiment === undefined
        ? []
        : [{ predictions: experiment.predictions, who: `${label} from step ${step} on` }]
    );
    return [{ predictions, who: label }, ...later].flatMap(({ predictions, who }) =>
      predictions.filter(({ callback }) => callback.includes("samples"))
        .map(({ mode, weights }) => ({
          way: `in mode ${mode} (${describeMode(mode)})${
            weights === "averaged" ? " by averaged weights" : ""
          }`,
          who,
        }))
    );
  });
  const groups = [...Map.groupBy(ways, ({ way }) => way)];
  const words = groups.map(([way, runs]) =>
    `${way}${groups.length === 1 ? "" : `: ${runs.map(({ who }) => who).join(", ")}`}`
  );
  return words.length === 0 ? "" : ` ${words.join("; ")}`;
}

function epochsOf(samples: readonly RunSamples[]): number[] {
  const all = samples.flatMap(({ samples: rows }) =>
    rows.flatMap(({ predictions }) => predictions.map(({ epoch }) => epoch))
  );
  return [...new Set(all)].sort((a, b) => a - b);
}

function drawGroup(group: readonly RunSamples[]): Html {
  const indices = [...new Set(group.flatMap(({ samples }) => samples.map(({ index }) => index)))]
    .sort((a, b) => a - b);
  return html`
    <div class="scroll">
      <table class="samples">
        <thead>
          <tr><th></th><th>Input</th>${group.map(({ run }) =>
            html`<th>${drawLabel(run)}<span class="epoch"></span></th>`
          )}<th>Ground truth</th></tr>
        </thead>
        <tbody>${indices.map((index) => {
          const rows = group.map(({ samples }) => samples.find((sample) => sample.index === index));
          const sides = rows.find((row) => row?.input);
          return html`<tr><th scope="row">${index}</th><td>${
            drawPicture(sides?.input, `Input ${index}`)
          }</td>${rows.map((row, at) => drawPredictions(row, group[at]?.run.label ?? ""))}<td>${
            drawPicture(sides?.target, `Ground truth ${index}`)
          }</td></tr>`;
        })}</tbody>
      </table>
    </div>
  `;
}

function drawPredictions(sample: Sample | undefined, label: string): Html {
  if (sample === undefined) return html`<td>–</td>`;
  const { predictions, index } = sample;
  return html`<td class="predictions" data-run="${label}" data-index="${index}">${
    predictions.map(({ epoch, picture: { source, width, height } }, at) => {
      const alt = `${label}: prediction ${index}, epoch ${epoch}`;
      const hidden = at < predictions.length - 1 ? trusted("hidden") : null;
      return html`
        <img src="${source}" width="${width}" height="${height}" data-epoch="${epoch}"
          alt="${alt}" ${hidden}>
      `;
    })
  }</td>`;
}

function drawPicture(picture: EmbeddedPicture | null | undefined, alt: string): Html {
  if (!picture) return html`–`;
  const { source, width, height } = picture;
  return html`<img src="${source}" width="${width}" height="${height}" alt="${alt}">`;
}
