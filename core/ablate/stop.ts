/** How the processes of a sweep are stopped: by a signal, or when the process that started them ends. */
import { isHangupIgnored, SAME_SIGNAL_MS, SIGNALS } from "../base/signals.ts";

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

/** A signal that the end of standard input aborts: the end of the process that started this one. */
export function untilInputEnds(): AbortSignal {
  const controller = new AbortController();
  const read = async (): Promise<void> => {
    const bytes = new Uint8Array(64);
    while (await Deno.stdin.read(bytes) !== null);
  };
  read().catch(() => {}).finally(() => controller.abort());
  return controller.signal;
}
