/** Where the pictures of a panel lie. */

/** Pictures narrower than this are enlarged by a whole factor, so that titles do not dwarf them. */
const legibleWidth = 160;

/** By how much a panel enlarges a picture of this width. */
export function panelFactor(width: number): number {
  return Math.ceil(legibleWidth / width);
}

/**
 * What lies around the pictures of a panel, pixels: `margin` between them and at the edges, as wide
 * as letters are high, and `top` above them, where the titles are.
 *
 * @param widest The width of the widest picture, enlarged.
 */
export function panelSpacing(widest: number): { readonly margin: number; readonly top: number } {
  const margin = Math.round(Math.min(36, Math.max(13, widest * 0.065)));
  return { margin, top: margin + Math.round(margin * 1.9) };
}
