/** Batch normalisation and its gradient, in two passes each: see `batchNormTraining`. */

/** Statistics of a batch, `[channels]` each. */
export interface Statistics {
  readonly mean: Float32Array;
  /** With Bessel's correction. */
  readonly variance: Float32Array;
  /** 1 / sqrt(variance without correction + epsilon). */
  readonly inverse: Float32Array;
}

/** Normalises `x`, `[positions, channels]`, into `y` and computes the statistics. */
export function batchNorm(
  x: Float32Array,
  scale: Float32Array,
  offset: Float32Array,
  epsilon: number,
  y: Float32Array,
  { mean, variance, inverse }: Statistics,
): void {
  const channels = scale.length, positions = x.length / channels;
  // Relative to each channel's first value, so that common leading digits are not squared.
  const sum = new Float64Array(channels), squares = new Float64Array(channels);
  for (let first = 0; first < x.length; first += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const difference = x[first + channel]! - x[channel]!;
      sum[channel] = sum[channel]! + difference;
      squares[channel] = squares[channel]! + difference * difference;
    }
  }
  const factor = new Float64Array(channels), shift = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const beyond = sum[channel]! / positions, middle = x[channel]! + beyond;
    const spread = Math.max(squares[channel]! / positions - beyond * beyond, 0);
    mean[channel] = middle;
    variance[channel] = spread * positions / Math.max(positions - 1, 1);
    inverse[channel] = 1 / Math.sqrt(spread + epsilon);
    factor[channel] = scale[channel]! * inverse[channel]!;
    shift[channel] = offset[channel]! - middle * factor[channel]!;
  }
  for (let first = 0; first < x.length; first += channels) {
    for (let channel = 0; channel < channels; channel++) {
      y[first + channel] = x[first + channel]! * factor[channel]! + shift[channel]!;
    }
  }
}

/** Inputs of {@link batchNormGradient}. */
export interface GradientInputs {
  readonly dy: Float32Array;
  readonly x: Float32Array;
  readonly scale: Float32Array;
  readonly mean: Float32Array;
  readonly inverse: Float32Array;
}

/** Results of {@link batchNormGradient}. */
export interface Gradients {
  readonly dx: Float32Array;
  readonly dscale: Float32Array;
  readonly doffset: Float32Array;
}

/**
 * With n the normalised x: doffset = sum(dy), dscale = sum(dy n), and
 * dx = scale inverse (dy - mean(dy) - n mean(dy n)).
 */
export function batchNormGradient(
  { dy, x, scale, mean, inverse }: GradientInputs,
  { dx, dscale, doffset }: Gradients,
): void {
  const channels = scale.length, positions = x.length / channels;
  const sum = new Float64Array(channels), overlap = new Float64Array(channels);
  for (let first = 0; first < x.length; first += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const slope = dy[first + channel]!;
      sum[channel] = sum[channel]! + slope;
      overlap[channel] = overlap[channel]! + slope * (x[first + channel]! - mean[channel]!);
    }
  }
  // dx = a dy + b x + c, channel by channel.
  const a = new Float64Array(channels), b = new Float64Array(channels);
  const c = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const r = inverse[channel]!;
    doffset[channel] = sum[channel]!;
    dscale[channel] = overlap[channel]! * r;
    a[channel] = scale[channel]! * r;
    b[channel] = -a[channel]! * r * r * overlap[channel]! / positions;
    c[channel] = -a[channel]! * sum[channel]! / positions - b[channel]! * mean[channel]!;
  }
  for (let first = 0; first < x.length; first += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const i = first + channel;
      dx[i] = a[channel]! * dy[i]! + b[channel]! * x[i]! + c[channel]!;
    }
  }
}
