/** Tulips, seen from the side. */
import type { Random } from "../../../core/plugin.ts";
import { type BladeColours, drawBlade } from "./blade.ts";
import { between } from "./chance.ts";
import { shade, short } from "./svg.ts";
import type { View } from "./view.ts";

/** A tulip's cup as SVG elements: within a circle of radius 100 around the origin, its stem below. */
export function drawTulip(
  prefix: string,
  colours: BladeColours,
  { light, plain }: View,
  random: Random,
): string {
  const open = between(random, 0, 1);
  const petal = (
    index: number,
    angle: number,
    length: number,
    width: number,
    lighter: number,
  ): string => {
    const facing = 8 * Math.sin(angle * Math.PI / 180) * Math.sin(light * Math.PI / 180);
    const lit = lighter + facing + between(random, -2, 2);
    const blade = drawBlade(
      `${prefix}p${index}`,
      {
        length: length * between(random, 0.95, 1.05),
        width: width * between(random, 0.92, 1.08),
        taper: [0.55, between(random, 0.36, 0.5)],
        bend: -angle * between(random, 0.3, 1) + between(random, -6, 6),
        wave: 0.04,
        plain,
      },
      {
        ...colours,
        base: shade(colours.base, lit - 4),
        middle: shade(colours.middle, lit),
        tip: shade(colours.tip, lit),
      },
      random,
    );
    return `<g transform="translate(${short(angle * 0.5)} 96)rotate(${short(angle)})">${blade}</g>`;
  };
  const spread = 14 + 22 * open;
  return [
    petal(0, -spread * 0.4, 176, 52, -16),
    petal(1, spread * 0.5, 178, 52, -13),
    petal(2, -spread, 174, 50, -7),
    petal(3, spread, 172, 50, -5),
    petal(4, between(random, -7, 7), 164, 60, 3),
  ].join("");
}
