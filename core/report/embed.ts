/** Pictures within a page. */
import { encodePicture } from "../pictures/encode.ts";
import { decodePicture } from "../pictures/decode.ts";
import { resizePicture } from "../pictures/resize.ts";
import type { Picture } from "../interfaces/pictures.ts";

/** A picture as the page holds it. */
export interface EmbeddedPicture {
  /** `data:image/jpeg;base64,…`. */
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

/** How much the pictures of a page may take together. */
export interface Budget {
  /** Bytes that are left. */
  left: number;
}

/** What all pictures of a page may take, bytes of JPEG: a page that can still be sent by mail. */
export const PICTURES_BUDGET = 12e6;

/** A picture as JPEG data, no wider than asked for; takes from the budget. */
export async function embedPicture(
  picture: Picture,
  { widest, budget }: { readonly widest: number; readonly budget: Budget },
): Promise<EmbeddedPicture> {
  const factor = Math.min(1, widest / picture.width);
  const width = Math.round(picture.width * factor);
  const height = Math.max(1, Math.round(picture.height * factor));
  const fitting = factor === 1 ? picture : await resizePicture(picture, { width, height }, "cubic");
  // From 90 on colours keep their full resolution.
  const bytes = await encodePicture(fitting, ".jpg", { quality: 90 });
  budget.left -= bytes.length;
  return { source: `data:image/jpeg;base64,${bytes.toBase64()}`, width, height };
}

/** {@link embedPicture} of a file; null if it is not there or cannot be read. */
export async function embedFile(
  path: string,
  options: { readonly widest: number; readonly budget: Budget },
): Promise<EmbeddedPicture | null> {
  try {
    return await embedPicture(await decodePicture(path), options);
  } catch {
    return null;
  }
}
