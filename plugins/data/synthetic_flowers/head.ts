/** Heads of flowers, seen from above, within a circle of radius 100 around the origin. */
import type { Random } from "../../../core/plugin.ts";
import { drawBlade } from "./blade.ts";
import { between } from "./chance.ts";
import { drawCentre } from "./centre.ts";
import type { Bloom, Ring } from "./bloom.ts";
import { shade, short } from "./svg.ts";
import type { View } from "./view.ts";

/** Petals of each tone that a ring has; the others are copies of them. */
const variants = 2;

/**
 * A head as SVG elements: rings of petals from the outermost to the innermost, those towards the
 * light brighter, then the centre.
 *
 * @param prefix Begins every id.
 */
export function drawHead(prefix: string, bloom: Bloom, view: View, random: Random): string {
  const parts: string[] = [];
  for (const [index, ring] of bloom.rings.entries()) {
    parts.push(drawRing(`${prefix}r${index}`, bloom, ring, view, random));
  }
  parts.push(drawCentre(`${prefix}c`, bloom.centre, view, random));
  return parts.join("");
}

function drawRing(id: string, bloom: Bloom, ring: Ring, view: View, random: Random): string {
  const length = ring.length * 100;
  const tones = [-9, 0, 7];
  const inner = 1 - ring.length;
  const definitions: string[] = [];
  for (const [tone, lighter] of tones.entries()) {
    for (let variant = 0; variant < variants; variant++) {
      const name = `${id}t${tone}v${variant}`;
      const { colours } = bloom;
      const lit = lighter - inner * 4;
      const blade = drawBlade(
        `${name}g`,
        {
          length,
          width: ring.width * length * between(random, 0.88, 1.12),
          taper: bloom.taper,
          bend: between(random, -1, 1) * bloom.disorder * length * 0.12,
          wave: bloom.wave,
          notch: bloom.notch * between(random, 0, 1.6),
          plain: view.plain,
        },
        {
          ...colours,
          base: shade(colours.base, lit),
          middle: shade(colours.middle, lit),
          tip: shade(colours.tip, lit),
        },
        random,
      );
      definitions.push(`<g id="${name}">${blade}</g>`);
    }
  }
  const step = 360 / ring.petals, start = random.uniform() * 360;
  const petals = Array.from({ length: ring.petals }, (_, i) => {
    const angle = start + (i + bloom.disorder * between(random, -0.4, 0.4)) * step;
    const towards = Math.cos((angle - view.light) * Math.PI / 180) + between(random, -0.5, 0.5);
    const tone = towards > 0.45 ? 2 : towards < -0.45 ? 0 : 1;
    const longer = 1 + bloom.disorder * between(random, -0.14, 0.06);
    return `<use href="#${id}t${tone}v${random.integer(variants)}" ` +
      `transform="rotate(${short(angle)})scale(${short(between(random, 0.92, 1.06))} ${
        short(longer)
      })"/>`;
  });
  return `<defs>${definitions.join("")}</defs>${petals.join("")}`;
}
