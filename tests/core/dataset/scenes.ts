/** Pictures that differ from one another as photographs do, and pairs of them in files. */
import { dirname, extname, join } from "@std/path";
import { blurPicture } from "../../../core/pictures/convolve.ts";
import { encodePicture } from "../../../core/pictures/encode.ts";
import type { Picture } from "../../../core/plugin.ts";
import { randomStream } from "../../../core/random/stream.ts";

const SIZE = 96;

const scenes = new Map<string, Picture>(), inputs = new Map<Picture, Picture>();
const files = new WeakMap<Picture, Map<string, Promise<Uint8Array>>>();

/** Coloured disks of many sizes on a coloured ground, with some grain: no two seeds look alike. */
export function scene(seed: number, size: number = SIZE): Picture {
  const key = `${seed} ${size}`;
  const known = scenes.get(key) ?? draw(seed, size);
  scenes.set(key, known);
  return known;
}

function draw(seed: number, size: number): Picture {
  const random = randomStream(seed, "scene");
  const colour = (): number[] => [0, 1, 2].map(() => 20 + random.integer(215));
  const ground = colour();
  const disks = Array.from({ length: 14 }, () => ({
    x: random.uniform() * size,
    y: random.uniform() * size,
    radius: size * (0.04 + 0.2 * random.uniform()),
    colour: colour(),
  }));
  const data = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const x = i % size, y = Math.floor(i / size);
    const top = disks.findLast((disk) => Math.hypot(disk.x - x, disk.y - y) < disk.radius);
    for (let c = 0; c < 3; c++) {
      data[i * 3 + c] = (top?.colour ?? ground)[c]! + random.integer(12);
    }
  }
  return { data, width: size, height: size, channels: 3 };
}

/** The input to a scene: the same, out of focus. */
export function blurred(picture: Picture): Picture {
  const known = inputs.get(picture) ?? blurPicture(picture, 2.5);
  inputs.set(picture, known);
  return known;
}

/** Writes pictures by their paths below a folder. */
export async function writeAll(
  root: string,
  pictures: Readonly<Record<string, Picture>>,
): Promise<void> {
  for (const [path, picture] of Object.entries(pictures)) {
    const full = join(root, ...path.split("/"));
    await Deno.mkdir(dirname(full), { recursive: true });
    await Deno.writeFile(full, await encoded(picture, extname(path)));
  }
}

/** Each picture is encoded once. */
function encoded(picture: Picture, extension: string): Promise<Uint8Array> {
  const known = files.get(picture) ?? new Map<string, Promise<Uint8Array>>();
  files.set(picture, known);
  const bytes = known.get(extension) ?? encodePicture(picture, extension);
  known.set(extension, bytes);
  return bytes;
}

/** `input/NAME` and `output/NAME` of a sharp picture, below a folder of a split if it has one. */
export function pairOf(name: string, sharp: Picture, split = ""): Record<string, Picture> {
  const prefix = split === "" ? "" : `${split}/`;
  return { [`${prefix}input/${name}`]: blurred(sharp), [`${prefix}output/${name}`]: sharp };
}

/** So many pairs, `00.png`, `01.png`, … */
export function pairs(count: number, split = ""): Record<string, Picture> {
  const all: Record<string, Picture> = {};
  for (let seed = 0; seed < count; seed++) {
    Object.assign(all, pairOf(`${String(seed).padStart(2, "0")}.png`, scene(seed), split));
  }
  return all;
}
