/** Keeps TensorFlow's own log lines from the user's terminal. */

const LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL";
const STANDARD_ERROR = 2;
const WRITE_ONLY = 1;

const LIBC = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  dup: { parameters: ["i32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Runs `load` while the process's standard error goes nowhere, and asks TensorFlow for errors only
 * from then on.
 *
 * While it is being loaded, before any setting counts, TensorFlow writes which instructions it
 * uses straight to the file descriptor; nothing but closing that keeps it quiet. Whoever sets
 * `TF_CPP_MIN_LOG_LEVEL` wants to see the lines, and does.
 */
export function silenced<T>(load: () => T): T {
  if (Deno.env.has(LOG_LEVEL)) return load();
  // Deno's environment is the process's own, which TensorFlow reads.
  Deno.env.set(LOG_LEVEL, "2");
  const restore = closeStandardError();
  try {
    return load();
  } finally {
    restore();
  }
}

function closeStandardError(): () => void {
  const path =
    { linux: "libc.so.6", darwin: "/usr/lib/libSystem.B.dylib" }[Deno.build.os as string];
  if (path === undefined) return () => {};
  let libc: Deno.DynamicLibrary<typeof LIBC>;
  try {
    libc = Deno.dlopen(path, LIBC);
  } catch {
    // A system with another C library: a few lines of log are better than no engine.
    return () => {};
  }
  const { open, dup, dup2, close } = libc.symbols;
  const nowhere = open(new TextEncoder().encode("/dev/null\0"), WRITE_ONLY);
  const terminal = dup(STANDARD_ERROR);
  if (nowhere >= 0 && terminal >= 0) dup2(nowhere, STANDARD_ERROR);
  return () => {
    if (terminal >= 0) {
      dup2(terminal, STANDARD_ERROR);
      close(terminal);
    }
    if (nowhere >= 0) close(nowhere);
    libc.close();
  };
}
