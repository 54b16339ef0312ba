import type { Picture } from "../interfaces/pictures.ts";
import { cropPicture } from "./geometry.ts";
import { panelFactor, panelSpacing } from "./panel_layout.ts";

/**
 * Input and target from a panel of three pictures of a size, as `composePanel` draws it; null if its
 * size is another than such a panel has.
 */
export function cutPanel(
  panel: Picture,
  size: { readonly width: number; readonly height: number },
): { input: Picture; target: Picture } | null {
  const factor = panelFactor(size.width);
  const width = size.width * factor, height = size.height * factor;
  const { margin, top } = panelSpacing(width);
  if (panel.width !== 3 * width + 4 * margin || panel.height !== top + height + margin) return null;
  const cut = (column: number): Picture =>
    cropPicture(panel, { left: margin + column * (width + margin), top, width, height });
  return { input: cut(0), target: cut(1) };
}
