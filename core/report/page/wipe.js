/** Pictures on a canvas, and two of them with a line between that a slider moves. */

/**
 * Draws on a canvas of the picture's own size.
 *
 * @param draw Null hides the figure.
 */
export function paint(canvas, { width, height }, words, draw) {
  canvas.closest("figure").hidden = draw === null;
  if (draw === null) return;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.setAttribute("aria-label", words);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  draw(context, { width, height });
}

/**
 * Draws one picture left of a place and another right of it.
 *
 * @param place 0 for the left edge, 1 for the right one.
 * @param right Null draws the left picture alone.
 */
export function wipe(place, left, right) {
  return (context, size) => {
    left(context, size);
    if (right === null || place === 1) return;
    const { width, height } = size;
    context.save();
    context.beginPath();
    context.rect(place * width, 0, width, height);
    context.clip();
    right(context, size);
    context.restore();
    context.fillStyle = "#fff";
    context.fillRect(place * width - 1, 0, Math.max(1, width / 256), height);
  };
}

/** Tells whoever hears a wipe slider what lies on its two sides. */
export function labelWipe(slider, left, right) {
  slider.setAttribute("aria-label", `Wipe between ${left} and ${right}`);
  const share = Math.round(Number(slider.value));
  slider.setAttribute("aria-valuetext", `${share} % ${left}, ${100 - share} % ${right}`);
}
