/** The middle of a head: florets and seeds in golden-angle spirals, or stamens. */
import type { Random } from "../../../core/plugin.ts";
import { between } from "./chance.ts";
import type { Centre } from "./bloom.ts";
import { css, radial, shade, short } from "./svg.ts";
import type { View } from "./view.ts";

const golden = Math.PI * (3 - Math.sqrt(5));

/** The centre as SVG elements; a head has radius 100. */
export function drawCentre(id: string, centre: Centre, view: View, random: Random): string {
  if (centre.radius === 0) return "";
  return centre.kind === "stamens"
    ? drawStamens(id, centre, view, random)
    : drawSpiral(id, centre, view, random);
}

function drawSpiral(
  id: string,
  { radius: share, kind, inner, outer, tip }: Centre,
  { light, plain }: View,
  random: Random,
): string {
  const radius = share * 100;
  const angle = light * Math.PI / 180;
  const seeds = kind === "seeds";
  const apart = (seeds ? 2.1 : 1.75) * (plain ? 1.7 : 1);
  const dots = Math.round(Math.min(420, Math.max(24, (radius / apart) ** 2)));
  const size = radius / Math.sqrt(dots);
  const parts = [
    radial(id, [[0, css(inner)], [0.6, css(outer)], [1, css(shade(outer, -16))]], [
      0.5 + 0.2 * Math.sin(angle),
      0.5 - 0.2 * Math.cos(angle),
    ]),
    `<circle r="${short(radius * 1.12)}" fill="#000" fill-opacity=".16"/>`,
    `<circle r="${short(radius * 1.05)}" fill="#000" fill-opacity=".2"/>`,
    `<circle r="${short(radius)}" fill="url(#${id})"/>`,
  ];
  for (let i = 0; i < dots; i++) {
    const out = Math.sqrt((i + 0.5) / dots);
    const turn = i * golden;
    const x = Math.cos(turn) * out * radius, y = Math.sin(turn) * out * radius;
    // The disc is a low dome: lit where it faces the light, florets open from the rim inwards.
    const lit = 9 * out * (x * Math.sin(angle) - y * Math.cos(angle)) / radius;
    const open = seeds ? out > 0.8 : out > between(random, 0.3, 0.75);
    const colour = shade(
      open ? (random.uniform() < 0.75 ? tip : outer) : out < 0.5 ? inner : outer,
      lit + between(random, -7, 7),
    );
    const long = size * (open ? 0.72 : 0.56), wide = size * (seeds ? 0.36 : 0.5);
    parts.push(
      `<g transform="translate(${short(x)} ${short(y)})rotate(${short(turn * 180 / Math.PI)})">` +
        `<ellipse rx="${short(long * 1.25)}" ry="${short(wide * 1.4)}" fill="${
          css(shade(colour, -24), 0.6)
        }"/>` +
        `<ellipse cx="${short(long * 0.2)}" rx="${short(long)}" ry="${short(wide)}" fill="${
          css(colour)
        }"/>` +
        (plain
          ? ""
          : `<circle cx="${short(long * 0.4)}" r="${short(wide * 0.4)}" fill="${
            css(shade(colour, 22), 0.7)
          }"/>`) +
        "</g>",
    );
  }
  return parts.join("");
}

function drawStamens(
  id: string,
  { radius: share, inner, outer, tip }: Centre,
  { plain }: View,
  random: Random,
): string {
  const radius = share * 100;
  const parts: string[] = [];
  const stamens = Math.round((20 + radius * 2) * (plain ? 0.6 : 1));
  for (let i = 0; i < stamens; i++) {
    const turn = i * golden, reach = radius * between(random, 0.6, 1.5);
    const x = Math.cos(turn) * reach, y = Math.sin(turn) * reach;
    const bend = between(random, -0.15, 0.15) * reach;
    parts.push(
      `<path d="M0 0Q${short(x / 2 - bend)} ${short(y / 2 + bend)} ${short(x)} ${short(y)}" ` +
        `fill="none" stroke="${css(outer, 0.85)}" stroke-width="${short(radius * 0.045)}"/>` +
        `<ellipse cx="${short(x)}" cy="${short(y)}" rx="${short(radius * 0.1)}" ry="${
          short(radius * 0.07)
        }" fill="${css(shade(tip, between(random, -8, 12)))}"/>`,
    );
  }
  const pistil = short(radius * 0.48);
  parts.push(
    radial(id, [[0, css(shade(inner, 14))], [1, css(shade(inner, -12))]], [0.4, 0.35]),
    `<circle r="${pistil}" fill="url(#${id})" stroke="#000" stroke-opacity=".25"/>`,
  );
  for (let i = 0; i < 9; i++) {
    const turn = (i / 9) * 2 * Math.PI;
    parts.push(
      `<path d="M0 0L${short(Math.cos(turn) * radius * 0.42)} ${
        short(Math.sin(turn) * radius * 0.42)
      }" stroke="${css(shade(inner, 26), 0.6)}" stroke-width="${short(radius * 0.05)}"/>`,
    );
  }
  return parts.join("");
}
