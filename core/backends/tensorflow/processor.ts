/** What the processor can do: which vectors its instructions take. */
import { encodeCString } from "./c_strings.ts";
import { openLibc } from "./libc.ts";

/** Instructions that decide how fast a convolution is, as Linux names them. */
export type Feature = "avx2" | "avx512f" | "avx512_bf16" | "amx_bf16";

/** The vector instructions that convolutions run on. */
export type Vectors = "AVX-512" | "AVX2" | "other";

/** Values of oneDNN's own environment variable that leave AVX-512 out. */
const BELOW_AVX512 = new Set(["SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2"]);

let known: ReadonlySet<string> | undefined;

/** Whether the processor has an instruction set; false where the system does not tell. */
export function hasFeature(feature: Feature): boolean {
  known ??= processorFlags();
  return known.has(feature);
}

/**
 * The widest vectors that TensorFlow's convolution kernels may use: what the processor has, unless
 * the environment variable `ONEDNN_MAX_CPU_ISA` limits oneDNN to less.
 */
export function vectors(): Vectors {
  const limit = Deno.env.get("ONEDNN_MAX_CPU_ISA")?.toUpperCase() ?? "";
  if (hasFeature("avx512f") && !BELOW_AVX512.has(limit)) return "AVX-512";
  return hasFeature("avx2") ? "AVX2" : "other";
}

/**
 * The flags that Linux lists in `/proc/cpuinfo`, read through C: Deno opens files there only with
 * all permissions.
 */
function processorFlags(): ReadonlySet<string> {
  if (Deno.build.os !== "linux") return new Set();
  const libc = openLibc({
    open: { parameters: ["buffer", "i32"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
  });
  if (libc === null) return new Set();
  const { open, read, close } = libc.symbols;
  const file = open(encodeCString("/proc/cpuinfo"), 0);
  try {
    if (file < 0) return new Set();
    // The first processor's lines; all processors have the same flags.
    const bytes = new Uint8Array(new ArrayBuffer(16384));
    let length = 0;
    while (length < bytes.length) {
      const count = Number(read(file, bytes.subarray(length), BigInt(bytes.length - length)));
      if (count <= 0) break;
      length += count;
    }
    const text = new TextDecoder().decode(bytes.subarray(0, length));
    return new Set(/^flags\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/));
  } finally {
    if (file >= 0) close(file);
    libc.close();
  }
}
