/** How the processes of a sweep are stopped: by a signal, or when the process that started them ends. */
import { isHangupIgnored, SAME_SIGNAL_MS, SIGNALS } from "../base/signals.ts";

/** The exit status of a process that was stopped before its end. */
export const INTERRUPTED = 130;

/** The exit status of a cell that did not start because the sources of its sweep changed. */
export const SOURCES_CHANGED = 3;

/**
 * A signal that SIGINT, SIGTERM and SIGHUP abort; under `nohup`, SIGHUP does not.
 *
 * @param onSecond Called when one comes again, later than a second after the first.
 */
export async function stopSignal(onSecond: () => void = () => {}): Promise<AbortSignal> {
  // Asked before the first listener: Deno then takes over all of these signals.
  const ignored = await isHangupIgnored();
  const controller = new AbortController();
  let first = Infinity;
  const onSignal = (name: Deno.Signal): void => {
    if (name === "SIGHUP" && ignored) return;
    if (performance.now() - first > SAME_SIGNAL_MS) onSecond();
    first = Math.min(first, performance.now());
    controller.abort();
  };
  for (const name of SIGNALS) Deno.addSignalListener(name, () => onSignal(name));
  return controller.signal;
}

/** {@link stopSignal}, which the end of standard input aborts as well: the end of the starter. */
export async function stopWithStarter(): Promise<AbortSignal> {
  return AbortSignal.any([await stopSignal(), untilInputEnds()]);
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
