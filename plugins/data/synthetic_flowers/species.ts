/** What distinguishes a daisy from a dahlia: numbers of petals, their shapes, their colours. */
import type { Random } from "../../../core/plugin.ts";
import type { BladeColours } from "./blade.ts";
import {
  type Bloom,
  blue,
  centre,
  cream,
  golden,
  lilac,
  magenta,
  orange,
  petals,
  pink,
  purple,
  red,
  rings,
  salmon,
  white,
  wine,
  yellow,
} from "./bloom.ts";
import { between, count, pick } from "./chance.ts";
import { type Colour, shade } from "./svg.ts";

function daisy(random: Random): Bloom {
  return {
    rings: rings(2, count(random, 17, 26), between(random, 0.1, 0.13), 0.9),
    taper: [0.55, 0.22],
    wave: 0.03,
    notch: 0.05,
    disorder: 0.55,
    colours: petals(random, pick(random, [white, white, white, pink, lilac]), 2),
    centre: centre("florets", between(random, 0.24, 0.32), ...golden),
  };
}

function sunflower(random: Random): Bloom {
  const brown: Colour = [24, between(random, 40, 60), between(random, 12, 22)];
  return {
    rings: rings(3, count(random, 20, 28), between(random, 0.12, 0.15), 0.8),
    taper: [0.75, 0.75],
    wave: 0.04,
    notch: 0,
    disorder: 0.7,
    colours: petals(random, [between(random, 42, 50), 94, 52], 4, [30, 90, 42]),
    centre: centre(
      "seeds",
      between(random, 0.36, 0.48),
      pick(random, [[70, 30, 30], brown, [30, 30, 14]]),
      brown,
      [36, 80, 44],
    ),
  };
}

function gerbera(random: Random): Bloom {
  const colour = pick(random, [pink, red, orange, yellow, salmon, magenta, cream]);
  const dark = random.uniform() < 0.5;
  return {
    rings: rings(4, count(random, 26, 34), 0.085, 0.42),
    taper: [0.6, 0.25],
    wave: 0.02,
    notch: 0.03,
    disorder: 0.4,
    colours: petals(random, colour, 2),
    centre: dark
      ? centre("florets", 0.2, [20, 45, 12], [350, 40, 22], shade(colour, 8))
      : centre("florets", 0.2, [70, 55, 40], [52, 70, 52], [50, 80, 72]),
  };
}

function cosmos(random: Random): Bloom {
  return {
    rings: rings(1, count(random, 7, 9), 0.3, 1),
    taper: [0.95, 0.2],
    wave: 0.04,
    notch: 0.09,
    disorder: 0.3,
    colours: petals(random, pick(random, [pink, magenta, white, lilac, wine]), 8),
    centre: centre("florets", 0.15, ...golden),
  };
}

function poppy(random: Random): Bloom {
  return {
    rings: [{ petals: 4, length: 1, width: 0.66 }, { petals: 4, length: 0.86, width: 0.66 }],
    taper: [0.9, 0.3],
    wave: 0.11,
    notch: 0,
    disorder: 0.5,
    colours: petals(random, pick(random, [red, red, orange, salmon]), 16, [350, 50, 16]),
    centre: centre("stamens", 0.2, [90, 30, 34], [280, 20, 14], [280, 14, 10]),
  };
}

function anemone(random: Random): Bloom {
  const colour = pick(random, [purple, blue, red, white, magenta, pink]);
  return {
    rings: rings(2, count(random, 6, 8), 0.34, 0.86),
    taper: [0.8, 0.4],
    wave: 0.05,
    notch: 0,
    disorder: 0.5,
    colours: petals(random, colour, 10, shade(colour, 22, -30)),
    centre: centre("stamens", 0.22, [240, 20, 14], [250, 20, 18], [240, 25, 26]),
  };
}

function aster(random: Random): Bloom {
  return {
    rings: rings(2, count(random, 36, 52), 0.05, 0.86),
    taper: [0.5, 0.35],
    wave: 0,
    notch: 0,
    disorder: 0.8,
    colours: petals(random, pick(random, [purple, lilac, blue, pink]), 1),
    centre: centre("florets", between(random, 0.2, 0.27), [30, 80, 36], golden[1], golden[2]),
  };
}

function dandelion(random: Random): Bloom {
  return {
    rings: rings(8, 62, 0.036, 0.14, 36),
    taper: [0.35, 0.16],
    wave: 0,
    notch: 0.04,
    disorder: 0.9,
    colours: petals(random, [50, 97, 56], 0, [40, 96, 47]),
    centre: centre("stamens", 0.12, [40, 90, 40], [44, 90, 44], [48, 95, 58]),
  };
}

function dahlia(random: Random): Bloom {
  const colour = pick(random, [red, pink, orange, purple, white, salmon, magenta, yellow, wine]);
  return {
    rings: rings(8, count(random, 17, 22), 0.2, 0.14, 10),
    taper: [0.7, 0.5],
    wave: 0,
    notch: 0,
    disorder: 0.15,
    colours: petals(random, colour, 2, shade(colour, -22)),
    centre: centre("florets", 0.06, shade(colour, -18), shade(colour, -8), shade(colour, 6)),
  };
}

function rose(random: Random): Bloom {
  const colour = pick(random, [red, pink, salmon, cream, yellow, wine, white]);
  const inner = [0.86, 0.72, 0.58, 0.45, 0.33, 0.22];
  return {
    rings: [
      { petals: 8, length: 1, width: 0.58 },
      ...inner.map((length, i) => ({ petals: i < 3 ? 5 : 4, length, width: 0.72 })),
    ],
    taper: [0.85, 0.3],
    wave: 0.05,
    notch: 0,
    disorder: 0.5,
    colours: { ...petals(random, colour, 4, shade(colour, -30, 4)), veining: 0.16 },
    centre: centre("florets", 0, colour, colour, colour),
  };
}

function mallow(random: Random): Bloom {
  const colour = pick(random, [pink, magenta, purple, lilac, white]);
  return {
    rings: [{ petals: 5, length: 1, width: 0.5 }],
    taper: [1.05, 0.28],
    wave: 0.06,
    notch: 0.06,
    disorder: 0.25,
    colours: petals(random, colour, 11, pick(random, [[335, 70, 30], [60, 70, 70], wine])),
    centre: centre("stamens", 0.14, [60, 60, 70], [50, 60, 60], [50, 85, 62]),
  };
}

/** Draws a kind of flower, and this flower's own proportions and colours. */
export function drawBloom(random: Random): Bloom {
  const kinds = [
    daisy,
    daisy,
    sunflower,
    sunflower,
    gerbera,
    cosmos,
    poppy,
    anemone,
    aster,
    dandelion,
    dandelion,
    dahlia,
    rose,
    rose,
    mallow,
  ] as const;
  return pick(random, kinds)(random);
}

/** Colours of tulips: petals, and the flames on them. */
export function tulipColours(random: Random): BladeColours {
  const colour = pick(random, [red, yellow, pink, orange, magenta, purple, white, salmon, wine]);
  const flame = random.uniform() < 0.3 ? pick(random, [yellow, white, red]) : undefined;
  const plain = petals(random, colour, 9);
  return flame === undefined ? { ...plain, veining: 0.28 } : { ...plain, tip: flame, veining: 0.3 };
}
