/** A whole photograph: background, plants and flowers, light. The frame is 1000 wide and high. */
import type { Random } from "../../../core/plugin.ts";
import { drawBackground } from "./background.ts";
import { between, count } from "./chance.ts";
import { drawClock } from "./clock.ts";
import { drawGrass, drawGreen, drawLeaf, drawPlant, drawUndergrowth } from "./greenery.ts";
import { drawHead } from "./head.ts";
import { drawBloom, tulipColours } from "./species.ts";
import { type Colour, css, type Point, radial, short } from "./svg.ts";
import { drawTulip } from "./tulip.ts";
import type { View } from "./view.ts";

/** One flower's place. */
interface Place {
  readonly at: Point;
  readonly radius: number;
}

/** What grows in this photograph: draws one head within a circle of radius 100. */
interface Kind {
  readonly colour: Colour;
  /** Seen from the side, so that it stands upright on a visible stem. */
  readonly upright: boolean;
  readonly head: (prefix: string, view: View) => string;
}

/** Up to so many flowers are large enough to show all detail. */
const few = 3;

/** Pictures of fewer pixels show less detail anyhow. */
const small = 128;

/** Heads that are drawn; the others are copies of them, turned and tilted. */
const heads = 2;

/** A flower as an SVG text of `size` x `size` pixels; it follows from the stream alone. */
export function drawScene(size: number, random: Random): string {
  const light = between(random, -70, 70);
  const kind = drawKind(random);
  const places = drawPlaces(kind.upright, random);
  const green = drawGreen(random);
  const view = { light, plain: places.length > few || size < small };
  const parts = [defineHeads(kind, view), drawBackground("b", kind.colour, random)];
  if (random.uniform() < 0.5) parts.push(drawBehind(kind, random));
  if (random.uniform() < 0.6) {
    parts.push(drawUndergrowth("u", count(random, 8, 18), green, random));
  }
  if (random.uniform() < 0.65) {
    parts.push(drawGrass("g", count(random, 12, 48), between(random, 250, 850), green, random));
  }
  for (const [i, { at, radius }] of places.entries()) {
    parts.push(drawPlant(`s${i}`, at, radius, green, random));
  }
  if (kind.upright) parts.push(drawTulipLeaves(places, green, random));
  for (const place of places) parts.push(drawFlower(kind, place, random));
  parts.push(drawLight("l", light, random));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" ` +
    `viewBox="0 0 1000 1000">${parts.join("")}</svg>`;
}

function drawKind(random: Random): Kind {
  const which = random.uniform();
  if (which < 0.16) {
    const colours = tulipColours(random);
    return {
      colour: colours.middle,
      upright: true,
      head: (prefix, view) => drawTulip(prefix, colours, view, random),
    };
  }
  if (which < 0.22) {
    return {
      colour: [50, 8, 88],
      upright: false,
      head: (prefix, view) => drawClock(prefix, view, random),
    };
  }
  const bloom = drawBloom(random);
  return {
    colour: bloom.colours.middle,
    upright: false,
    head: (prefix, view) => drawHead(prefix, bloom, view, random),
  };
}

/** One large flower, a few, or many; the nearest last. */
function drawPlaces(upright: boolean, random: Random): Place[] {
  const which = random.uniform();
  if (which < 0.42) {
    const at: Point = [between(random, 380, 620), between(random, 360, upright ? 480 : 600)];
    return [{ at, radius: upright ? between(random, 220, 330) : between(random, 340, 600) }];
  }
  const many = which > 0.78;
  const wanted = many ? count(random, 7, 16) : count(random, 2, 5);
  const places: Place[] = [];
  for (let attempt = 0; attempt < 200 && places.length < wanted; attempt++) {
    const y = between(random, many ? 120 : 180, many ? 960 : 820);
    // Further up is further away.
    const radius = many
      ? (50 + 120 * (y / 1000)) * between(random, 0.85, 1.15)
      : between(random, 160, 290);
    const at: Point = [between(random, 60, 940), y];
    const free = places.every((other) =>
      Math.hypot(other.at[0] - at[0], other.at[1] - y) > (other.radius + radius) * 0.72
    );
    if (free) places.push({ at, radius });
  }
  return places.sort((a, b) => a.at[1] - b.at[1]);
}

function defineHeads(kind: Kind, view: View): string {
  const all = Array.from(
    { length: heads },
    (_, i) => `<g id="h${i}">${kind.head(`h${i}`, view)}</g>`,
  );
  return `<defs>${radial("hs", [[0.55, "rgba(0,0,0,.34)"], [1, "rgba(0,0,0,0)"]])}` +
    `${all.join("")}</defs>`;
}

/** One of the heads with its shadow. */
function drawFlower({ upright }: Kind, { at, radius }: Place, random: Random): string {
  const scale = radius / 100;
  const turn = upright ? between(random, -14, 14) : between(random, 0, 360);
  const tilt = upright ? 1 : between(random, 0.66, 1);
  const lean = upright ? 0 : between(random, -40, 40);
  return `<g transform="translate(${short(at[0])} ${short(at[1])})rotate(${short(lean)})` +
    `scale(${short(scale)} ${short(scale * tilt)})">` +
    `<circle cx="6" cy="14" r="${upright ? 70 : 112}" fill="url(#hs)"/>` +
    `<use href="#h${random.integer(heads)}" transform="rotate(${short(turn)})"/></g>`;
}

/** Others of the same kind, further away and out of focus. */
function drawBehind(kind: Kind, random: Random): string {
  const flowers = Array.from({ length: count(random, 1, 4) }, (_, i) => {
    const at: Point = [between(random, 0, 1000), between(random, 60, 700)];
    const radius = between(random, 60, 150);
    return drawPlant(`n${i}p`, at, radius, drawGreen(random), random) +
      drawFlower(kind, { at, radius }, random);
  });
  const blur = short(between(random, 7, 20));
  return `<filter id="nf" filterUnits="userSpaceOnUse" x="-200" y="-200" width="1400" ` +
    `height="1400"><feGaussianBlur stdDeviation="${blur}"/></filter>` +
    `<g filter="url(#nf)">${flowers.join("")}</g>`;
}

function drawTulipLeaves(places: readonly Place[], green: Colour, random: Random): string {
  return places.map(({ at, radius }, i) => {
    const foot: Point = [
      at[0] + between(random, -60, 60),
      at[1] + radius * between(random, 3, 3.6),
    ];
    return drawLeaf(
      `t${i}`,
      foot,
      between(random, -28, 28),
      radius * between(random, 1.6, 2.4),
      green,
      random,
    );
  }).join("");
}

/** Light from one side, darker corners, a warm or a cold tint. */
function drawLight(id: string, light: number, random: Random): string {
  const angle = light * Math.PI / 180;
  const from: Point = [0.5 + 0.5 * Math.sin(angle), 0.5 - 0.5 * Math.cos(angle)];
  const bright = between(random, 0.04, 0.22), dark = between(random, 0.1, 0.42);
  const tint: Colour = random.uniform() < 0.6 ? [40, 80, 60] : [210, 50, 60];
  const all = `width="1000" height="1000"`;
  return `<radialGradient id="${id}" cx="${short(from[0])}" cy="${short(from[1])}" r="1.1">` +
    `<stop offset="0" stop-color="#fff" stop-opacity="${short(bright)}"/>` +
    `<stop offset=".5" stop-color="#fff" stop-opacity="0"/>` +
    `<stop offset="1" stop-color="#000" stop-opacity="${short(dark)}"/></radialGradient>` +
    radial(`${id}v`, [[0.7, "rgba(0,0,0,0)"], [1, `rgba(0,0,0,${short(dark * 0.6)})`]]) +
    `<rect ${all} fill="url(#${id})"/><rect ${all} fill="url(#${id}v)"/>` +
    `<rect ${all} fill="${css(tint, between(random, 0, 0.09))}"/>`;
}
