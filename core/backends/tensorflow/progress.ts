/** Shows how far the fetch of TensorFlow's library is. */
import { type Bar, openBar, say } from "../../base/terminal.ts";
import type { FetchProgress } from "./fetch.ts";

const LABELS: Readonly<Record<FetchProgress["phase"], string>> = {
  wait: "Waiting for another process, which fetches TensorFlow's library",
  download: "Downloading TensorFlow",
  unpack: "Unpacking TensorFlow's library",
};

const MEGABYTE = 1e6;

/** A display of a fetch. */
export interface FetchDisplay {
  readonly onProgress: (progress: FetchProgress) => void;
  /** Takes the bar away. */
  stop(): void;
}

/** A bar for each phase on a terminal; elsewhere a line when it begins. */
export function showFetch(): FetchDisplay {
  let phase: FetchProgress["phase"] | undefined;
  let bar: Bar | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const begin = (progress: FetchProgress): void => {
    stop();
    phase = progress.phase;
    const megabytes = Math.round(progress.total / MEGABYTE);
    say(phase === "wait" ? LABELS[phase] : `${LABELS[phase]} (${megabytes} MB)`);
    if (phase !== "wait") bar = openBar("  MB", megabytes);
  };
  return {
    stop,
    onProgress: (progress) => {
      if (progress.phase !== phase) begin(progress);
      bar?.update(Math.round(progress.done / MEGABYTE));
    },
  };
}
