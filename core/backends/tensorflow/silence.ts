/** Keeps TensorFlow's own log lines from the user's terminal. */
import { openLibc } from "./libc.ts";

const LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL";
const STANDARD_ERROR = 2;
const WRITE_ONLY = 1;

/**
 * Runs `load` while the process's standard error goes nowhere, and asks TensorFlow for errors only
 * from then on.
 *
 * While it is being loaded, before any setting counts, TensorFlow writes which instructions it
 * uses straight to the file descriptor, and the build for GPUs complains if it finds none; only
 * closing the descriptor keeps it quiet. With `TF_CPP_MIN_LOG_LEVEL=0` the lines are shown.
 */
export function silenced<T>(load: () => T, level = "2"): T {
  if (Deno.env.get(LOG_LEVEL) === "0") return load();
  // Deno's environment is the process's own, which TensorFlow reads.
  if (!Deno.env.has(LOG_LEVEL)) Deno.env.set(LOG_LEVEL, level);
  const restore = closeStandardError();
  try {
    return load();
  } finally {
    restore();
  }
}

function closeStandardError(): () => void {
  const libc = openLibc({
    open: { parameters: ["buffer", "i32"], result: "i32" },
    dup: { parameters: ["i32"], result: "i32" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  // A few lines of log are better than no engine.
  if (libc === null) return () => {};
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
