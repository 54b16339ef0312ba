/** How the processes of a sweep are stopped: by a signal, or when the process that started them ends. */

/** The exit status of a process that was stopped before its end. */
export const INTERRUPTED = 130;

/** The exit status of a cell that did not start because the sources of its sweep changed. */
export const SOURCES_CHANGED = 3;

/** Two signals within this time are one: shells, package runners and task runners hand them on. */
const TOGETHER = 1000;

/**
 * A signal that SIGINT, SIGTERM and SIGHUP (Windows: Ctrl-C and Ctrl-Break) abort.
 *
 * @param onSecond Called when one comes again, later than a second after the first.
 */
export function stopSignal(onSecond: () => void = () => {}): AbortSignal {
  const controller = new AbortController();
  let first = Infinity;
  const onSignal = (): void => {
    if (performance.now() - first > TOGETHER) onSecond();
    first = Math.min(first, performance.now());
    controller.abort();
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  return controller.signal;
}

/** {@link stopSignal}, which the end of standard input aborts as well: the end of the starter. */
export function stopWithStarter(): AbortSignal {
  return AbortSignal.any([stopSignal(), untilInputEnds()]);
}

function untilInputEnds(): AbortSignal {
  const controller = new AbortController();
  const read = async (): Promise<void> => {
    const bytes = new Uint8Array(64);
    while (await Deno.stdin.read(bytes) !== null);
  };
  read().catch(() => {}).finally(() => controller.abort());
  return controller.signal;
}
