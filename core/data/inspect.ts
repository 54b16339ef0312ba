/** What the files of a data set are like, beyond whether they can be decoded. */
import { decodePicture, describePictureFile, readPictureFile } from "../pictures/decode.ts";
import type { Levels } from "../pictures/pixels.ts";
import { SEAM, seamOf } from "../pictures/seam.ts";
import type { Size } from "../pictures/shape.ts";
import type { PictureFile } from "./pair_files.ts";

/** A file, decoded and measured. */
export interface Inspection extends Size {
  /** SHA-256 of the file. */
  readonly digest: string;
  /** EXIF's, 1 for upright. */
  readonly orientation: number;
  /** The largest value of 16 bits without stated levels. */
  readonly largest: number | undefined;
  /** Of a file with two pictures side by side. */
  readonly seam: number | undefined;
}

/**
 * Decodes a file completely: one that is cut short shows it only at its end.
 *
 * @throws {PairlabError} If it cannot be decoded.
 */
export async function inspectFile(
  { path, half }: PictureFile,
  channels: number,
  levels: Levels | undefined,
): Promise<Inspection> {
  const bytes = await readPictureFile(path);
  const [digest, picture, { orientation }] = await Promise.all([
    crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>),
    decodePicture(bytes, { name: path, channels, depth: "stored", levels }),
    describePictureFile(bytes, path),
  ]);
  const { data, width, height } = picture;
  const deep = data instanceof Uint16Array && levels === undefined;
  return {
    width,
    height,
    digest: new Uint8Array(digest).toHex(),
    orientation,
    largest: deep ? data.reduce((most, value) => value > most ? value : most, 0) : undefined,
    seam: half === undefined ? undefined : seamOf(picture),
  };
}

/** Something that lets a data set train, though hardly as it is meant. */
export interface Remark {
  readonly kind: "dark" | "single";
  readonly text: string;
}

/** What the files of all pairs have in common that is likely a mistake. */
export function remarksOf(
  sides: Readonly<Record<"input" | "target", readonly Inspection[]>>,
): Remark[] {
  const remarks: Remark[] = [];
  for (const [side, files] of Object.entries(sides)) {
    const largest = files.flatMap(({ largest }) => largest ?? []);
    const bits = Math.ceil(Math.log2(Math.max(1, ...largest) + 1));
    if (largest.length > 0 && largest.length === files.length && bits <= 14) {
      remarks.push({
        kind: "dark",
        text:
          `every ${side} uses ${bits} of its 16 bits and is nearly black. Give the data source ` +
          `levels: { ${side}: [0, ${2 ** bits - 1}] }`,
      });
    }
  }
  const seams = sides.input.flatMap(({ seam }) => seam ?? []).toSorted((a, b) => a - b);
  const single = seams.filter((seam) => seam < SEAM).length;
  if (single > seams.length / 2) {
    remarks.push({
      kind: "single",
      text: `${single} of ${seams.length} files look like one picture, not two side by side, so ` +
        "that its left half would be trained on its right one",
    });
  }
  return remarks;
}

/** Why two sizes differ, where EXIF's orientation is the cause. */
export function turnedBy(input: Inspection, target: Inspection): string {
  const lies = ({ orientation }: Inspection): boolean => orientation >= 5;
  const exchanged = input.width === target.height && input.height === target.width;
  if (!exchanged || lies(input) === lies(target)) return "";
  return ` (EXIF turns the ${lies(input) ? "input" : "output"} alone: save both upright)`;
}
