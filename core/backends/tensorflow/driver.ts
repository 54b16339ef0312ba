/** NVIDIA's driver, asked through its own library: Deno's tasks may not read `/proc`. */
import { cStringAt } from "./status.ts";

/** The driver and what it drives. */
export interface Driver {
  /** The newest CUDA that it runs, e.g. "12.8". */
  readonly cuda: string;
  /** The cards, e.g. "NVIDIA H100 PCIe". */
  readonly cards: readonly string[];
}

const SYMBOLS = {
  cuInit: { parameters: ["u32"], result: "i32" },
  cuDriverGetVersion: { parameters: ["buffer"], result: "i32" },
  cuDeviceGetCount: { parameters: ["buffer"], result: "i32" },
  cuDeviceGet: { parameters: ["buffer", "i32"], result: "i32" },
  cuDeviceGetName: { parameters: ["buffer", "i32", "i32"], result: "i32" },
} as const;

/**
 * The driver of NVIDIA's cards, or null where there is none.
 *
 * @param path The driver's library. @default "libcuda.so.1", as the system finds it
 */
export function findDriver(path = "libcuda.so.1"): Driver | null {
  if (Deno.build.os !== "linux") return null;
  let library: Deno.DynamicLibrary<typeof SYMBOLS>;
  try {
    library = Deno.dlopen(path, SYMBOLS);
  } catch {
    return null;
  }
  const cuda = library.symbols;
  const number = new Int32Array(1);
  const read = (status: number): number => status === 0 ? number[0]! : 0;
  const version = read(cuda.cuDriverGetVersion(number));
  // Without a card it does not begin; the version is known all the same.
  const count = cuda.cuInit(0) === 0 ? read(cuda.cuDeviceGetCount(number)) : 0;
  const cards = Array.from({ length: count }, (_, index) => {
    const device = read(cuda.cuDeviceGet(number, index));
    const name = new Uint8Array(256);
    if (cuda.cuDeviceGetName(name, name.length, device) !== 0) return "a card without a name";
    return cStringAt(Deno.UnsafePointer.of(name));
  });
  return { cuda: `${Math.floor(version / 1000)}.${Math.floor(version % 1000 / 10)}`, cards };
}
