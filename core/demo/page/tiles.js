"use strict";
/**
 * Pictures of any size, tile by tile: the same tiles and weights as `deno task predict --tiled`, to
 * which the page is compared in the tests.
 */
globalThis.Tiles = (() => {
  /** First row (or column) of each tile; negative where it begins before the picture. */
  const startsOf = (extent, side, overlap) => {
    const step = side - overlap;
    const count = Math.max(1, Math.ceil((extent - overlap) / step));
    const first = -Math.floor((count * step + overlap - extent) / 2);
    return Array.from({ length: count }, (_, index) => first + index * step);
  };

  const ramp = (at, overlap) => {
    const mirrored = overlap - 1 - at;
    if (at > mirrored) return 1 - ramp(mirrored, overlap);
    if (at === mirrored) return 0.5;
    const margin = Math.floor(overlap / 4);
    if (at < margin) return 0;
    return 0.5 - 0.5 * Math.cos((Math.PI * (at - margin + 0.5)) / (overlap - 2 * margin));
  };

  /** How much each row (or column) of a tile weighs. */
  const weightsOf = (index, count, side, overlap) => {
    const weights = new Float64Array(side).fill(1);
    for (let at = 0; at < overlap; at++) {
      if (index > 0) weights[at] = ramp(at, overlap);
      if (index < count - 1) weights[side - 1 - at] = ramp(at, overlap);
    }
    return weights;
  };

  /** A row beyond the edge is the one as far within. */
  const reflected = (at, extent) => {
    if (extent === 1) return 0;
    const period = 2 * (extent - 1);
    const within = ((at % period) + period) % period;
    return within < extent ? within : period - within;
  };

  /** Levels of a tile, RGB, out of the pixels of a canvas. */
  const cut = ({ data, width, height }, left, top, side) => {
    const levels = new Float32Array(side.height * side.width * 3);
    let to = 0;
    for (let y = 0; y < side.height; y++) {
      const row = reflected(top + y, height) * width;
      for (let x = 0; x < side.width; x++) {
        const from = 4 * (row + reflected(left + x, width));
        for (let channel = 0; channel < 3; channel++) levels[to++] = data[from + channel];
      }
    }
    return levels;
  };

  /**
   * Translates a picture.
   *
   * @param pixels ImageData.
   * @param side Height and width of a tile.
   * @param channels Of the network's output: 1 or 3.
   * @param predict Levels of a tile to levels of a tile, a promise.
   * @param onTile Told how many of how many are done; it may throw to end the work.
   */
  const translate = async (pixels, side, channels, predict, onTile) => {
    const { width, height } = pixels;
    const overlap = Math.floor(Math.min(side.width, side.height) / 4);
    const tops = startsOf(height, side.height, overlap);
    const lefts = startsOf(width, side.width, overlap);
    const sums = new Float32Array(width * height * channels),
      weights = new Float32Array(width * height);
    let done = 0;
    for (const [row, top] of tops.entries()) {
      const down = weightsOf(row, tops.length, side.height, overlap);
      for (const [column, left] of lefts.entries()) {
        const across = weightsOf(column, lefts.length, side.width, overlap);
        const tile = await predict(cut(pixels, left, top, side));
        for (let y = Math.max(0, -top); y < Math.min(side.height, height - top); y++) {
          for (let x = Math.max(0, -left); x < Math.min(side.width, width - left); x++) {
            const weight = down[y] * across[x];
            const place = (top + y) * width + left + x;
            weights[place] += weight;
            for (let channel = 0; channel < channels; channel++) {
              sums[place * channels + channel] += weight *
                tile[(y * side.width + x) * channels + channel];
            }
          }
        }
        await onTile(++done, tops.length * lefts.length);
      }
    }
    const result = new ImageData(width, height);
    for (let place = 0; place < width * height; place++) {
      for (let channel = 0; channel < 3; channel++) {
        const level = sums[place * channels + Math.min(channel, channels - 1)] / weights[place];
        result.data[4 * place + channel] = level;
      }
      result.data[4 * place + 3] = 255;
    }
    return result;
  };

  return { translate };
})();
