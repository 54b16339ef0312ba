/**
 * Batch normalisation and its gradient, in two kernels each: one reads all positions and sums by
 * channel, the other computes value by value. See `batchNormTraining`.
 */
import { declare, forEach } from "./wgsl.ts";

/** Channels of a workgroup, and threads that share the positions of each. */
const CHANNELS = 8, SHARES = 32;

/** The workgroups of the kernels that sum. */
export function workgroupsForChannels(channels: number): [number, number, number] {
  return [Math.ceil(channels / CHANNELS), 1, 1];
}

/** A loop over the positions of a channel `c`, shared by threads `share`, and what follows it. */
const perChannel = (size: string, before: string, each: string, after: string): string => `
@compute @workgroup_size(${CHANNELS}, ${SHARES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let channels = arrayLength(&${size});
  let c = group.x * ${CHANNELS}u + local.x;
  let share = local.y;
  let positions = arrayLength(&x) / channels;
  ${before}
  if (c < channels) {
    for (var p = share; p < positions; p += ${SHARES}u) {
      let i = p * channels + c;
      ${each}
    }
  }
  ${after}
}`;

/**
 * Mean, variance (with Bessel's correction) and 1 / deviation by channel. Each thread sums differences
 * from the first value that it sees, so that common leading digits are not squared; means and squares
 * of two threads become one as in Chan, Golub and LeVeque (1983).
 */
export const statistics = (epsilon: number): string =>
  `${
    declare({
      inputs: { x: "f32", scale: "f32" },
      outputs: { mean: "f32", variance: "f32", inverse: "f32" },
    })
  }
// Count, mean and sum of squared differences from it.
var<workgroup> parts: array<array<vec3<f32>, ${CHANNELS}>, ${SHARES}>;
${
    perChannel(
      "scale",
      "var n = 0.0; var first = 0.0; var sum = 0.0; var squares = 0.0;",
      `if (n == 0.0) { first = x[i]; }
      let d = x[i] - first;
      n += 1.0; sum += d; squares += d * d;`,
      `let beyond = select(0.0, sum / n, n > 0.0);
  parts[share][local.x] = vec3(n, first + beyond, max(squares - sum * beyond, 0.0));
  workgroupBarrier();
  for (var half = ${SHARES / 2}u; half > 0u; half /= 2u) {
    if (share < half) {
      let a = parts[share][local.x]; let b = parts[share + half][local.x];
      if (b.x > 0.0) {
        let n = a.x + b.x; let d = b.y - a.y;
        parts[share][local.x] = vec3(n, a.y + d * (b.x / n), a.z + b.z + d * d * (a.x * b.x / n));
      }
    }
    workgroupBarrier();
  }
  if (share == 0u && c < channels) {
    let all = parts[0][local.x];
    mean[c] = all.y;
    variance[c] = all.z / max(all.x - 1.0, 1.0);
    inverse[c] = 1.0 / sqrt(all.z / all.x + ${epsilon});
  }`,
    )
  }`;

/** (x - mean) inverse scale + offset. */
export const NORMALISE: string = forEach(
  {
    inputs: { x: "f32", mean: "f32", inverse: "f32", scale: "f32", offset: "f32" },
    outputs: { y: "f32" },
  },
  "y",
  `let c = i % arrayLength(&scale);
  y[i] = (x[i] - mean[c]) * (inverse[c] * scale[c]) + offset[c];`,
);

/** dscale = sum(dy n) and doffset = sum(dy), n being the normalised x. */
export const SUM_GRADIENTS: string = `${
  declare({
    inputs: { dy: "f32", x: "f32", mean: "f32", inverse: "f32" },
    outputs: { dscale: "f32", doffset: "f32" },
  })
}
var<workgroup> parts: array<array<vec2<f32>, ${CHANNELS}>, ${SHARES}>;
${
  perChannel(
    "mean",
    "var sums = vec2(0.0, 0.0);",
    "sums += dy[i] * vec2(x[i] - mean[c], 1.0);",
    `parts[share][local.x] = sums;
  workgroupBarrier();
  for (var half = ${SHARES / 2}u; half > 0u; half /= 2u) {
    if (share < half) { parts[share][local.x] += parts[share + half][local.x]; }
    workgroupBarrier();
  }
  if (share == 0u && c < channels) {
    dscale[c] = parts[0][local.x].x * inverse[c];
    doffset[c] = parts[0][local.x].y;
  }`,
  )
}`;

/** dx = scale inverse (dy - mean(dy) - n mean(dy n)). */
export const GRADIENT: string = forEach(
  {
    inputs: {
      ...{ dy: "f32", x: "f32", scale: "f32", mean: "f32", inverse: "f32" },
      ...{ dscale: "f32", doffset: "f32" },
    },
    outputs: { dx: "f32" },
  },
  "dx",
  `let c = i % arrayLength(&scale);
  let share = f32(arrayLength(&scale)) / f32(arrayLength(&dx));
  let n = (x[i] - mean[c]) * inverse[c];
  dx[i] = scale[c] * inverse[c] * (dy[i] - share * (doffset[c] + n * dscale[c]));`,
);
