/** Embeds pictures in a page. */
import { encodePicture } from "../pictures/encode.ts";
import { decodePicture } from "../pictures/decode.ts";
import { resizePicture } from "../pictures/resize.ts";
import type { Picture } from "../interfaces/pictures.ts";

/** An embedded picture. */
export interface EmbeddedPicture {
  /** `data:image/jpeg;base64,…`. */
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

/** The space left for the pictures of a page. */
export interface Budget {
  /** Bytes. */
  left: number;
}

/** Space for all pictures of a page, bytes: small enough to send by mail. */
export const PICTURES_BUDGET = 12e6;

/** Encodes a picture as JPEG, no wider than `widest`, and takes its size from the budget. */
export async function embedPicture(
  picture: Picture,
  { widest, budget }: { readonly widest: number; readonly budget: Budget },
): Promise<EmbeddedPicture> {
  const factor = Math.min(1, widest / picture.width);
  const width = Math.round(picture.width * factor);
  const height = Math.max(1, Math.round(picture.height * factor));
  const fitting = factor === 1 ? picture : await resizePicture(picture, { width, height }, "cubic");
  // From 90, colours keep their full resolution.
  const bytes = await encodePicture(fitting, ".jpg", { quality: 90 });
  budget.left -= bytes.length;
  return { source: `data:image/jpeg;base64,${bytes.toBase64()}`, width, height };
}

/** {@link embedPicture} of a file; null if it cannot be read. */
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
