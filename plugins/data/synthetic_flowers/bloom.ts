/** Flowers from above, within a circle of radius 100 around the origin. */
import type { Random } from "../../../core/plugin.ts";
import { between, type Colour, css, drawPetal, lighten, pick, short } from "./petal.ts";

/** What distinguishes a daisy from a dahlia. */
interface Kind {
  readonly rings: number;
  /** In the outermost ring. */
  readonly petals: number;
  /** Half of a petal's width, as a share of its length. */
  readonly width: number;
  /** Length of the innermost petals, as a share of the outermost. */
  readonly inner: number;
  readonly point: number;
  readonly veins: number;
  readonly colours: readonly [Colour, ...Colour[]];
  /** Radius of the centre. */
  readonly centre: number;
  readonly seeds: Colour;
  /** Stamens stand apart on threads; seeds lie close together. */
  readonly stamens?: true;
}

const white: Colour = [50, 14, 93], cream: Colour = [44, 58, 84], yellow: Colour = [46, 92, 52];
const orange: Colour = [24, 92, 54], red: Colour = [358, 78, 44], wine: Colour = [345, 68, 30];
const pink: Colour = [335, 72, 68], magenta: Colour = [318, 62, 48], lilac: Colour = [268, 46, 74];
const purple: Colour = [276, 48, 52], blue: Colour = [228, 58, 58];

/** Of pollen, and of ripe seeds. */
const golden: Colour = [44, 92, 50], brown: Colour = [24, 50, 18];

// deno-fmt-ignore
const kinds: readonly [Kind, ...Kind[]] = [
  // Daisy, sunflower, gerbera, cosmos.
  { rings: 2, petals: 22, width: 0.12, inner: 0.9, point: 0.2, veins: 3, centre: 28, seeds: golden,
    colours: [white, white, pink, lilac] },
  { rings: 3, petals: 24, width: 0.14, inner: 0.8, point: 0.8, veins: 5, centre: 42, seeds: brown,
    colours: [yellow] },
  { rings: 4, petals: 30, width: 0.09, inner: 0.4, point: 0.25, veins: 3, centre: 20, seeds: brown,
    colours: [pink, red, orange, yellow, magenta, cream] },
  { rings: 1, petals: 8, width: 0.36, inner: 1, point: 0.1, veins: 11, centre: 15, seeds: golden,
    colours: [pink, magenta, white, lilac, wine] },
  // Poppy, anemone, aster.
  { rings: 2, petals: 4, width: 0.7, inner: 0.85, point: 0, veins: 21, centre: 22, seeds: purple,
    stamens: true, colours: [red, red, orange] },
  { rings: 2, petals: 7, width: 0.36, inner: 0.85, point: 0.4, veins: 15, centre: 22, seeds: wine,
    stamens: true, colours: [purple, blue, red, white, magenta] },
  { rings: 2, petals: 44, width: 0.05, inner: 0.85, point: 0.3, veins: 1, centre: 24, seeds: golden,
    colours: [purple, lilac, blue, pink] },
  // Dandelion, dahlia, rose, mallow.
  { rings: 8, petals: 60, width: 0.04, inner: 0.15, point: 0.1, veins: 1, centre: 12, seeds: golden,
    stamens: true, colours: [yellow] },
  { rings: 8, petals: 20, width: 0.2, inner: 0.15, point: 0.6, veins: 3, centre: 6, seeds: golden,
    colours: [red, pink, orange, purple, white, wine] },
  { rings: 7, petals: 7, width: 0.62, inner: 0.2, point: 0.1, veins: 5, centre: 0, seeds: golden,
    colours: [red, pink, cream, yellow, wine, white] },
  { rings: 1, petals: 5, width: 0.52, inner: 1, point: 0, veins: 15, centre: 16, seeds: golden,
    stamens: true, colours: [pink, magenta, purple, white] },
];

/** Petals that are drawn for each ring, dark to light; the others are copies. */
const tones = [-10, -4, 0, 6];

/**
 * A flower as SVG elements, and its colour: rings of petals from the outermost to the innermost,
 * lighter towards the light, then the centre.
 *
 * @param prefix Begins every id.
 * @param light Where the light comes from, degrees clockwise from above.
 */
export function drawBloom(
  prefix: string,
  light: number,
  random: Random,
): { readonly bloom: string; readonly colour: Colour } {
  const kind = pick(random, kinds);
  const [hue, saturation, lightness] = pick(random, kind.colours);
  const colour: Colour = [
    hue + between(random, -8, 8),
    saturation,
    lightness + between(random, -6, 6),
  ];
  const rings = Array.from({ length: kind.rings }, (_, ring) => {
    const inwards = kind.rings === 1 ? 0 : ring / (kind.rings - 1);
    return drawRing(`${prefix}r${ring}`, kind, { inwards, colour, light }, random);
  });
  return { bloom: rings.join("") + drawCentre(kind, random), colour };
}

function drawRing(
  id: string,
  kind: Kind,
  { inwards, colour, light }: {
    /** From 0 for the outermost ring to 1. */
    readonly inwards: number;
    readonly colour: Colour;
    readonly light: number;
  },
  random: Random,
): string {
  const length = 100 * (1 - (1 - kind.inner) * inwards);
  const width = kind.width * length * (1 + 0.35 * inwards);
  const drawn = tones.map((tone, i) => {
    const bend = between(random, -0.08, 0.08) * length;
    const shape = { ...kind, length, width: width * between(random, 0.9, 1.1), bend };
    const petal = drawPetal(`${id}g${i}`, shape, lighten(colour, tone - 4 * inwards), random);
    return `<g id="${id}t${i}">${petal}</g>`;
  });
  const petals = Math.max(4, Math.round(kind.petals * (1 - 0.5 * inwards)));
  const start = between(random, 0, 360);
  const copies = Array.from({ length: petals }, (_, i) => {
    const turn = start + (i + between(random, -0.2, 0.2)) * 360 / petals;
    const lit = Math.cos((turn - light) * Math.PI / 180) + between(random, -0.4, 0.4);
    const tone = Math.min(tones.length - 1, Math.max(0, Math.floor(2 * (lit + 1))));
    return `<use href="#${id}t${tone}" transform="rotate(${short(turn)})scale(${
      short(between(random, 0.93, 1.05))
    } ${short(between(random, 0.88, 1.03))})"/>`;
  });
  return `<defs>${drawn.join("")}</defs>${copies.join("")}`;
}

/** Seeds in a golden-angle spiral, or stamens that stand apart. */
function drawCentre({ centre, seeds, stamens }: Kind, random: Random): string {
  if (centre === 0) return "";
  const parts = [
    `<circle r="${centre * 1.08}" fill="#000" fill-opacity=".25"/>`,
    `<circle r="${stamens ? centre * 0.5 : centre}" fill="${css(lighten(seeds, -10))}"/>`,
  ];
  const dots = stamens ? 30 + centre : Math.round(Math.min(360, (centre / 1.9) ** 2));
  for (let i = 0; i < dots; i++) {
    const turn = i * Math.PI * (3 - Math.sqrt(5)), out = Math.sqrt((i + 0.5) / dots) * centre;
    const reach = stamens ? out * between(random, 0.8, 1.3) : out;
    const x = short(Math.cos(turn) * reach), y = short(Math.sin(turn) * reach);
    const colour = lighten(seeds, between(random, -10, 14) + 14 * out / centre);
    const size = stamens ? 1.8 : centre / Math.sqrt(dots) * 0.75;
    if (stamens) {
      parts.push(`<path d="M0 0L${x} ${y}" stroke="${css(seeds, 0.7)}" stroke-width=".7"/>`);
    }
    parts.push(
      `<circle cx="${x}" cy="${y}" r="${short(size)}" fill="${css(colour)}" stroke="${
        css(lighten(colour, -24), 0.6)
      }" stroke-width=".6"/>`,
    );
  }
  return parts.join("");
}
