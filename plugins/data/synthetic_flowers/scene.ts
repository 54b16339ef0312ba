/** A whole photograph: background, plants, flowers, light. The frame is 1000 wide and high. */
import { drawWhole, type Random } from "../../../core/plugin.ts";
import { drawBloom } from "./bloom.ts";
import { between, type Colour, css, drawPetal, lighten, pick, placed, short } from "./petal.ts";

/** Where a flower is. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** A flower as an SVG text of `size` x `size` pixels; it follows from the stream alone. */
export function drawScene(size: number, random: Random): string {
  const light = between(random, -70, 70);
  // One flower is drawn; the others are copies of it, turned and tilted.
  const { bloom, colour } = drawBloom("h", light, random);
  const green: Colour = [
    between(random, 82, 128),
    between(random, 28, 52),
    between(random, 24, 40),
  ];
  const places = drawPlaces(random);
  const parts = [
    `<defs><g id="flower">${bloom}</g></defs>`,
    drawBackground(colour, green, random),
    drawGreenery("u", drawWhole([0, 14], random), { green, width: 0.24, veins: 7 }, random),
    drawGreenery("g", drawWhole([0, 40], random), { green, width: 0.02, veins: 1 }, random),
    ...places.map((place, i) => drawStem(`s${i}`, place, green, random)),
    ...places.map((place) => drawFlower(place, random)),
    drawLight(light, random),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" ` +
    `viewBox="0 0 1000 1000">${parts.join("")}</svg>`;
}

/** One large flower, a few, or many; the nearest last. */
function drawPlaces(random: Random): Place[] {
  const many = pick(random, [1, 1, 4, 14]);
  const wanted = drawWhole([Math.ceil(many / 2), many], random);
  const places: Place[] = [];
  for (let attempt = 0; attempt < 200 && places.length < wanted; attempt++) {
    const x = many === 1 ? between(random, 380, 620) : between(random, 60, 940);
    const y = many === 1 ? between(random, 380, 620) : between(random, 120, 900);
    // Further up is further away.
    const radius = many === 1 ? between(random, 320, 560) : (70 + 0.13 * y) *
      (many === 4 ? 1.6 : 1) * between(random, 0.8, 1.1);
    const free = places.every((other) =>
      Math.hypot(other.x - x, other.y - y) > (other.radius + radius) * 0.75
    );
    if (free) places.push({ x, y, radius });
  }
  return places.sort((a, b) => a.y - b.y);
}

/** A gradient with large soft spots, in the colours of plants, of the sky, or of other flowers. */
function drawBackground(flower: Colour, green: Colour, random: Random): string {
  const sky: Colour = [between(random, 195, 218), 55, between(random, 50, 75)];
  const earth: Colour = [28, 22, between(random, 22, 46)];
  const ground = pick(random, [green, green, lighten(green, -12), sky, earth]);
  const spots = Array.from({ length: drawWhole([10, 45], random) }, () => {
    const colour = lighten(pick(random, [ground, ground, green, flower]), between(random, -14, 18));
    const long = between(random, 30, 170);
    const ellipse =
      `<ellipse rx="${short(long)}" ry="${short(long * between(random, 0.3, 0.9))}" ` +
      `fill="${css(colour, between(random, 0.35, 0.9))}"/>`;
    const at = (): number => between(random, -100, 1100);
    return placed(ellipse, at(), at(), between(random, 0, 180));
  });
  const wide = `x="-300" y="-300" width="1600" height="1600"`;
  return `<filter id="bf" filterUnits="userSpaceOnUse" ${wide}><feGaussianBlur stdDeviation="${
    short(between(random, 16, 44))
  }"/></filter><linearGradient id="bg" x1="0" y1="0" x2="0" y2="1">` +
    `<stop offset="0" stop-color="${css(lighten(ground, 10))}"/>` +
    `<stop offset="1" stop-color="${css(lighten(ground, -8))}"/></linearGradient>` +
    // The filter fades out at the edges of the frame.
    `<rect width="1000" height="1000" fill="url(#bg)"/><g filter="url(#bf)"><rect ${wide} fill="url(#bg)"/>${
      spots.join("")
    }</g>`;
}

/** Leaves or grass from below the frame. */
function drawGreenery(
  prefix: string,
  count: number,
  { green, width, veins }: {
    readonly green: Colour;
    /** Half of the width, as a share of the length. */
    readonly width: number;
    readonly veins: number;
  },
  random: Random,
): string {
  return Array.from({ length: count }, (_, i) => {
    const length = between(random, 200, 600), bend = between(random, -0.3, 0.3) * length;
    const own = lighten(green, between(random, -12, 10));
    const shape = { length, width: width * length, point: 0.8, bend, veins };
    const leaf = drawPetal(`${prefix}${i}`, shape, own, random);
    const x = between(random, -50, 1050), y = between(random, 980, 1120);
    return placed(leaf, x, y, between(random, -40, 40));
  }).join("");
}

/** A stem down to the edge of the frame, light on one side, with leaves. */
function drawStem(id: string, { x, y, radius }: Place, green: Colour, random: Random): string {
  const foot = x + between(random, -140, 140), sway = between(random, -120, 120);
  const thick = radius * between(random, 0.08, 0.13);
  const stroke = (aside: number, width: number, colour: Colour): string =>
    `<path d="M${short(x + aside)} ${short(y)}Q${short(x + sway + aside)} ${short(y + 400)} ${
      short(foot + aside)
    } 1300" fill="none" stroke="${css(colour)}" stroke-width="${short(width)}"/>`;
  const leaves = Array.from({ length: drawWhole([0, 2], random) }, (_, i) => {
    const length = radius * between(random, 0.9, 1.8), turn = between(random, 25, 80);
    const shape = { length, width: length * 0.2, point: 0.8, veins: 7 };
    const leaf = drawPetal(`${id}l${i}`, shape, lighten(green, 4), random);
    return placed(leaf, x + sway / 3, y + radius * between(random, 1, 2), i === 0 ? turn : -turn);
  });
  return stroke(0, thick, lighten(green, -10)) + stroke(-thick * 0.2, thick * 0.5, green) +
    leaves.join("");
}

/** The flower with its shadow, turned and tilted. */
function drawFlower({ x, y, radius }: Place, random: Random): string {
  const scale = radius / 100, tilt = between(random, 0.7, 1);
  const copy = `<use href="#flower" transform="rotate(${short(between(random, 0, 360))})"/>`;
  return placed(
    `<circle cx="6" cy="14" r="108" fill="url(#ls)"/>${copy}`,
    x,
    y,
    between(random, -40, 40),
    `${short(scale)} ${short(scale * tilt)}`,
  );
}

/** Light from one side, dark on the other, and a warm or a cold tint. */
function drawLight(light: number, random: Random): string {
  const angle = light * Math.PI / 180, all = 'width="1000" height="1000"';
  const tint: Colour = random.uniform() < 0.6 ? [40, 80, 60] : [210, 50, 60];
  return `<radialGradient id="ls"><stop offset=".55" stop-opacity=".34"/><stop offset="1" ` +
    `stop-opacity="0"/></radialGradient><radialGradient id="ll" cx="${
      short(0.5 + 0.5 * Math.sin(angle))
    }" cy="${short(0.5 - 0.5 * Math.cos(angle))}" r="1.1"><stop offset="0" stop-color="#fff" ` +
    `stop-opacity="${short(between(random, 0.05, 0.2))}"/><stop offset=".5" stop-opacity="0"/>` +
    `<stop offset="1" stop-opacity="${short(between(random, 0.15, 0.45))}"/></radialGradient>` +
    `<rect ${all} fill="url(#ll)"/>` +
    `<rect ${all} fill="${css(tint, between(random, 0, 0.09))}"/>`;
}
