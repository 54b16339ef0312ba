/**
 * TensorFlow's stateless random numbers on the device: see `core/random/stateless.ts`, whose uniform
 * numbers these are to the bit.
 */
import { forEach } from "./wgsl.ts";

const HELPERS = `
fn multiplyHigh(a: u32, b: u32) -> u32 {
  let aHigh = a >> 16u; let aLow = a & 0xffffu; let bHigh = b >> 16u; let bLow = b & 0xffffu;
  let middle = aHigh * bLow + ((aLow * bLow) >> 16u);
  let other = aLow * bHigh + (middle & 0xffffu);
  return aHigh * bHigh + (middle >> 16u) + (other >> 16u);
}

fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
  var c = counter; var k = key;
  for (var round = 0; round < 10; round++) {
    c = vec4(
      multiplyHigh(0xcd9e8d57u, c.z) ^ c.y ^ k.x, 0xcd9e8d57u * c.z,
      multiplyHigh(0xd2511f53u, c.x) ^ c.w ^ k.y, 0xd2511f53u * c.x,
    );
    k += vec2(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}

/** The four words of a group, and of them the one or two that value i is made of. */
fn words(i: u32) -> vec4<u32> {
  let signs = vec2(u32(seed[0] >> 31u), u32(seed[1] >> 31u));
  let start = philox(vec4(u32(seed[0]), signs.x, u32(seed[1]), signs.y), vec2(0x3ec8f720u, 0x02461e29u));
  return philox(vec4(i / 4u, 0u, start.z, start.w), start.xy);
}

fn unit(word: u32) -> f32 { return f32(word & 0x7fffffu) * 1.1920928955078125e-7; }

/**
 * The logarithm of a number of 1e-7 to 1, of 2^e (1 + f), by the series of artanh(f / (2 + f)): WGSL's
 * own may be wrong by 2^-21.
 */
fn logarithm(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  var exponent = i32(bits >> 23u) - 127;
  var mantissa = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
  if (mantissa > 1.41421356) { mantissa *= 0.5; exponent++; }
  let s = (mantissa - 1.0) / (mantissa + 1.0);
  let t = s * s;
  let series = 2.0 * s + s * t * (0.666666667 + t * (0.4 + t * (0.285714286 + t * 0.222222222)));
  return f32(exponent) * 0.69314718 + series;
}

/**
 * Sine and cosine of a turn's part: WGSL's own may be wrong by 2^-11. Taylor's series within an eighth
 * of a turn of the nearest quarter.
 */
fn around(part: f32) -> vec2<f32> {
  let quarter = round(part * 4.0);
  let a = (part - quarter * 0.25) * 6.28318531;
  let t = a * a;
  let s = a * (1.0 + t * (-0.166666667 + t * (0.00833333333 + t * (-1.98412698e-4 + t * 2.75573192e-6))));
  let c = 1.0 + t * (-0.5 + t * (0.0416666667 + t * (-0.00138888889 + t * (2.48015873e-5 - t * 2.75573192e-7))));
  switch (i32(quarter) & 3) {
    case 1: { return vec2(c, -s); }
    case 2: { return vec2(-s, -c); }
    case 3: { return vec2(-c, s); }
    default: { return vec2(s, c); }
  }
}`;

const buffers = { inputs: { seed: "i32" }, outputs: { y: "f32" } } as const;

/** Uniform numbers in [0, 1). */
export const UNIFORM: string = forEach(buffers, "y", "y[i] = unit(words(i)[i % 4u]);", HELPERS);

/** Standard normal numbers (Box and Muller 1958). */
export const NORMAL: string = forEach(
  buffers,
  "y",
  `let drawn = words(i);
  let pair = select(drawn.xy, drawn.zw, i % 4u >= 2u);
  let radius = sqrt(-2.0 * logarithm(max(unit(pair.x), 1e-7)));
  y[i] = around(unit(pair.y))[i % 2u] * radius;`,
  HELPERS,
);
