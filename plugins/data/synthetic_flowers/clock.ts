/** The clock of a dandelion: seeds on umbrellas of fine hair. */
import type { Random } from "../../../core/plugin.ts";
import { between } from "./chance.ts";
import { css, polyline, radial, short } from "./svg.ts";
import type { View } from "./view.ts";

/** A clock as SVG elements, within a circle of radius 100 around the origin. */
export function drawClock(id: string, { plain }: View, random: Random): string {
  const parts = [
    radial(id, [[0, css([45, 10, 60], 0.55)], [0.7, css([50, 6, 88], 0.4)], [
      1,
      css([50, 4, 96], 0),
    ]]),
    `<circle r="104" fill="url(#${id})"/>`,
  ];
  const seeds = plain ? 60 : 150, hairs = plain ? 7 : 16;
  for (let i = 0; i < seeds; i++) {
    // Evenly on a sphere, then seen from the front; those in front are drawn last.
    const depth = 1 - 2 * (i + 0.5) / seeds;
    const turn = i * Math.PI * (3 - Math.sqrt(5)) + between(random, -0.15, 0.15);
    const across = Math.sqrt(1 - depth * depth);
    const x = Math.cos(turn) * across, y = Math.sin(turn) * across;
    const reach = between(random, 62, 74), from = 14;
    const faint = depth > 0 ? 0.35 : 0.8;
    const tuft = Array.from({ length: hairs }, () => {
      const lean = between(random, -0.55, 0.55), far = reach + between(random, 20, 30);
      const dx = Math.cos(turn + lean * 0.6), dy = Math.sin(turn + lean * 0.6);
      const aside = between(random, -16, 16);
      return polyline([
        [x * reach, y * reach],
        [
          dx * across * far + (1 - across) * aside,
          dy * across * far + (1 - across) * aside * Math.cos(i),
        ],
      ]);
    });
    parts.push(
      `<path d="${polyline([[x * from, y * from], [x * reach, y * reach]])}" stroke="${
        css([48, 14, 78], faint * 0.8)
      }" stroke-width=".9"/>` +
        `<path d="${tuft.join("")}" stroke="${
          css([50, 8, between(random, 86, 98)], faint)
        }" stroke-width="${plain ? .8 : .55}"/>` +
        `<path d="${
          polyline([[x * from, y * from], [x * (from + 12), y * (from + 12)]])
        }" stroke="${css([28, 34, between(random, 26, 44)], 0.9)}" stroke-width="2.4"/>`,
    );
  }
  parts.push(`<circle r="13" fill="${css([34, 24, 46])}" stroke="${css([30, 30, 28])}"/>`);
  return `<g transform="rotate(${short(between(random, 0, 360))})">${parts.join("")}</g>`;
}
