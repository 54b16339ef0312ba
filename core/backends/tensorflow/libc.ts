/** Calls of the C library, for what Deno has no function of its own. */

const PATHS: Readonly<Record<string, readonly string[]>> = {
  // Before version 2.34 of the GNU C library dlopen had a file of its own.
  linux: ["libc.so.6", "libdl.so.2"],
  darwin: ["/usr/lib/libSystem.B.dylib"],
};

/** Functions of the C library, or null on a system that has another one. */
export function openLibc<const T extends Deno.ForeignLibraryInterface>(
  symbols: T,
): Deno.DynamicLibrary<T> | null {
  for (const path of PATHS[Deno.build.os] ?? []) {
    try {
      return Deno.dlopen(path, symbols);
    } catch {
      // The next one may have them.
    }
  }
  return null;
}
