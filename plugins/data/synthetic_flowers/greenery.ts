/** Stems, leaves and grass. The frame is 1000 wide and high. */
import type { Random } from "../../../core/plugin.ts";
import { drawBlade } from "./blade.ts";
import { between, count, pick } from "./chance.ts";
import { type Colour, css, type Point, polyline, shade, short } from "./svg.ts";

/** The green of one plant. */
export function drawGreen(random: Random): Colour {
  return [between(random, 82, 128), between(random, 28, 52), between(random, 24, 40)];
}

/** The course of a stem: 0 is its top, 1 its foot. */
type Course = (t: number) => Point;

function courseOf(top: Point, foot: Point, random: Random): Course {
  const sway = between(random, -0.25, 0.25) * (foot[1] - top[1]);
  return (t) => [
    top[0] + (foot[0] - top[0]) * t * t + sway * t * (1 - t),
    top[1] + (foot[1] - top[1]) * t,
  ];
}

/** A stem, rounded by a light and a dark side. */
function drawStem(course: Course, thickness: number, green: Colour): string {
  const line = (aside: number): string =>
    polyline(Array.from({ length: 13 }, (_, i) => {
      const [x, y] = course(i / 12);
      return [x + aside * thickness, y] as const;
    }));
  const stroke = (aside: number, width: number, colour: string): string =>
    `<path d="${line(aside)}" fill="none" stroke="${colour}" stroke-linecap="round" ` +
    `stroke-width="${short(width * thickness)}"/>`;
  return stroke(0, 1.25, css(shade(green, -16), 0.8)) + stroke(0, 1, css(green)) +
    stroke(-0.22, 0.35, css(shade(green, 16), 0.7)) +
    stroke(0.3, 0.3, css(shade(green, -12), 0.6));
}

/** A leaf with its base at `at`, turned by `angle` degrees clockwise from upwards. */
export function drawLeaf(
  id: string,
  at: Point,
  angle: number,
  length: number,
  green: Colour,
  random: Random,
): string {
  const broad = between(random, 0.14, 0.32);
  const blade = drawBlade(
    id,
    {
      length,
      width: length * broad,
      taper: [between(random, 0.6, 1), between(random, 0.7, 1.1)],
      bend: between(random, -0.3, 0.3) * length,
      wave: between(random, 0, 0.1),
    },
    {
      base: shade(green, -8),
      middle: shade(green, between(random, -3, 6)),
      tip: shade(green, between(random, 0, 14)),
      vein: shade(green, 22, -6),
      veins: 3,
      veining: 0.5,
    },
    random,
  );
  return `<g transform="translate(${short(at[0])} ${short(at[1])})rotate(${short(angle)})">` +
    `${blade}</g>`;
}

/** Blades of grass that grow from below the frame. */
export function drawGrass(
  prefix: string,
  blades: number,
  height: number,
  green: Colour,
  random: Random,
): string {
  const parts: string[] = [];
  for (let i = 0; i < blades; i++) {
    const tall = height * between(random, 0.5, 1.2);
    const own: Colour = [
      green[0] + between(random, -14, 10),
      green[1],
      green[2] + between(random, -10, 12),
    ];
    const blade = drawBlade(
      `${prefix}${i}`,
      {
        length: tall,
        width: between(random, 5, 13),
        taper: [0.25, 0.7],
        bend: between(random, -0.5, 0.5) * tall,
        plain: true,
      },
      {
        base: shade(own, -12),
        middle: own,
        tip: shade(own, 12),
        vein: shade(own, 18),
        veins: 1,
        veining: 0.45,
      },
      random,
    );
    const x = short(between(random, -60, 1060)), y = short(1000 + between(random, 0, 60));
    parts.push(`<g transform="translate(${x} ${y})">${blade}</g>`);
  }
  return parts.join("");
}

/** Leaves that grow from below the frame. */
export function drawUndergrowth(
  prefix: string,
  leaves: number,
  green: Colour,
  random: Random,
): string {
  return Array.from({ length: leaves }, (_, i) => {
    const own: Colour = [
      green[0] + between(random, -12, 10),
      green[1],
      green[2] + between(random, -12, 8),
    ];
    const at: Point = [between(random, -50, 1050), between(random, 900, 1120)];
    return drawLeaf(
      `${prefix}${i}`,
      at,
      between(random, -65, 65),
      between(random, 160, 420),
      own,
      random,
    );
  }).join("");
}

/** A stem with leaves for a head of this radius at `top`. */
export function drawPlant(
  prefix: string,
  top: Point,
  radius: number,
  green: Colour,
  random: Random,
): string {
  const foot: Point = [top[0] + between(random, -140, 140), Math.max(1040, top[1] + radius * 4)];
  const thickness = radius * between(random, 0.09, 0.14);
  const course = courseOf(top, foot, random);
  const parts = [drawStem(course, thickness, green)];
  const leaves = count(random, 0, 3);
  for (let i = 0; i < leaves; i++) {
    const at = course(between(random, 0.3, 0.9));
    const angle = pick(random, [-1, 1]) * between(random, 25, 85);
    parts.push(
      drawLeaf(`${prefix}l${i}`, at, angle, radius * between(random, 0.9, 1.9), green, random),
    );
  }
  return parts.join("");
}
