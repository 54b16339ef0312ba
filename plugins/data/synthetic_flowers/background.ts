/** What lies behind the flowers, out of focus. The frame is 1000 wide and high. */
import type { Random } from "../../../core/plugin.ts";
import { between, count, pick } from "./chance.ts";
import { type Colour, css, radial, shade, short } from "./svg.ts";

/** Colours of a place, from the top of the frame to its bottom, and of the spots in it. */
interface Place {
  readonly top: Colour;
  readonly bottom: Colour;
  readonly spots: readonly [Colour, ...Colour[]];
  readonly amount: number;
}

function drawPlace(random: Random, flower: Colour): Place {
  const green: Colour = [
    between(random, 75, 130),
    between(random, 25, 50),
    between(random, 20, 42),
  ];
  const places: readonly [Place, ...Place[]] = [
    {
      top: shade(green, 6),
      bottom: shade(green, -8),
      spots: [shade(green, 22), shade(green, -12), shade(green, 8, 12), [55, 40, 70]],
      amount: 34,
    },
    {
      top: [green[0], 22, 10],
      bottom: [green[0], 30, 6],
      spots: [[green[0], 30, 18], [green[0], 24, 8], shade(green, -6), [30, 20, 14]],
      amount: 22,
    },
    {
      top: [between(random, 200, 218), 58, between(random, 48, 66)],
      bottom: [between(random, 195, 210), 52, 80],
      spots: [[210, 40, 90], [205, 50, 76], [210, 30, 84]],
      amount: 9,
    },
    {
      top: shade(green, 16),
      bottom: shade(green, -4),
      spots: [flower, shade(flower, 12), shade(green, 16), shade(green, -12), shade(flower, -10)],
      amount: 44,
    },
    {
      top: [28, 20, between(random, 34, 48)],
      bottom: [26, 24, between(random, 22, 34)],
      spots: [[30, 22, 58], [24, 22, 20], [34, 18, 44], [90, 24, 28]],
      amount: 60,
    },
    {
      top: [40, between(random, 4, 22), between(random, 76, 90)],
      bottom: [30, between(random, 6, 18), between(random, 58, 74)],
      spots: [[40, 12, 94], [30, 12, 64], [36, 14, 80]],
      amount: 8,
    },
  ];
  return pick(random, [places[0], ...places, ...places.slice(0, 4)]);
}

/**
 * A soft background as SVG elements: a gradient, large soft spots, some small bright ones as a lens
 * makes them of points of light.
 *
 * @param flower The colour of the flowers: others of their kind may stand further away.
 */
export function drawBackground(id: string, flower: Colour, random: Random): string {
  const { top, bottom, spots, amount } = drawPlace(random, flower);
  const turned = short(between(random, -25, 25));
  const parts = [
    `<filter id="${id}f" filterUnits="userSpaceOnUse" x="-300" y="-300" width="1600" height="1600">` +
    `<feGaussianBlur stdDeviation="${short(between(random, 16, 44))}"/></filter>`,
    `<linearGradient id="${id}g" x1="0" y1="0" x2="0" y2="1" gradientTransform="rotate(${turned})">` +
    `<stop offset="0" stop-color="${css(top)}"/><stop offset="1" stop-color="${css(bottom)}"/>` +
    `</linearGradient><rect width="1000" height="1000" fill="url(#${id}g)"/>` +
    // A filter sees nothing beyond the frame, so its result fades out towards the edges.
    `<g filter="url(#${id}f)">`,
    `<rect x="-300" y="-300" width="1600" height="1600" fill="url(#${id}g)"/>`,
  ];
  for (let i = 0; i < amount; i++) {
    const colour = shade(pick(random, spots), between(random, -6, 6));
    const x = between(random, -100, 1100), y = between(random, -100, 1100);
    const long = between(random, 30, 170), wide = long * between(random, 0.25, 0.9);
    parts.push(
      `<ellipse transform="translate(${short(x)} ${short(y)})rotate(${
        short(between(random, 0, 180))
      })" rx="${short(long)}" ry="${short(wide)}" fill="${
        css(colour, between(random, 0.35, 0.9))
      }"/>`,
    );
  }
  parts.push("</g>");
  if (random.uniform() < 0.35) parts.push(drawDiscs(`${id}d`, shade(spots[0], 18), random));
  return parts.join("");
}

function drawDiscs(id: string, colour: Colour, random: Random): string {
  const discs = Array.from({ length: count(random, 5, 18) }, () => {
    const radius = between(random, 14, 52);
    return `<circle cx="${short(between(random, 0, 1000))}" cy="${
      short(between(random, 0, 800))
    }" r="${short(radius)}" fill="url(#${id})" fill-opacity="${
      short(between(random, 0.1, 0.5))
    }"/>`;
  });
  return radial(id, [[0, css(colour, 0.7)], [0.82, css(colour, 0.8)], [0.92, css(colour, 1)], [
    1,
    css(colour, 0),
  ]]) + discs.join("");
}
