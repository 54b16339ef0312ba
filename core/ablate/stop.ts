/** How the processes of a sweep are stopped: by Ctrl-C, or when whoever started them goes. */

/** The exit status of a process that was stopped before its end. */
export const INTERRUPTED = 130;

/**
 * Raised by SIGINT, by SIGTERM, and by the end of standard input, which is what a process notices of
 * its starter's death, however that died.
 *
 * @param onSecond Called when SIGINT comes again.
 */
export function stopSignal(onSecond?: () => void): AbortSignal {
  const controller = new AbortController();
  let signals = 0;
  const onSignal = (): void => {
    if (++signals > 1) onSecond?.();
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => controller.abort());
  untilInputEnds().then(() => controller.abort());
  return controller.signal;
}

async function untilInputEnds(): Promise<void> {
  try {
    const bytes = new Uint8Array(64);
    while (await Deno.stdin.read(bytes) !== null);
  } catch {
    // Closed altogether.
  }
}
