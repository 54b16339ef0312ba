/** The errors of an engine that cannot start, or whose device is gone. */
import { PairlabError } from "../base/errors.ts";

/** Options of an {@link EngineError}. */
export interface EngineErrorOptions extends ErrorOptions {
  /** The engine to use instead. @default "wasm", which works everywhere */
  readonly instead?: string;
  /** Further lines, e.g. the output of another program. */
  readonly detail?: string;
}

/** An engine that cannot start on this machine. */
export class EngineError extends PairlabError {
  /**
   * @param why "Cannot …: what was found", without a period.
   * @param remedy How to make the engine work: a sentence without its period.
   */
  constructor(
    readonly why: string,
    readonly remedy: string,
    { instead = "wasm", detail = "", ...options }: EngineErrorOptions = {},
  ) {
    super(`${why}. ${remedy}, or use --backend=${instead}.${detail && `\n${detail}`}`, options);
  }
}

/** The device that computed is gone, and all that was on it. */
export class DeviceLostError extends PairlabError {
  /** @param why In the driver's words. */
  constructor(readonly why: string) {
    super(
      `Cannot go on: the GPU's device was lost (${why}), and all that was on it. Resume from the last ` +
        "checkpoint with deno task resume",
    );
  }
}

/** The {@link DeviceLostError} that caused an error; undefined for other errors. */
export function asDeviceLost(error: unknown): DeviceLostError | undefined {
  if (error instanceof DeviceLostError) return error;
  return error instanceof Error ? asDeviceLost(error.cause) : undefined;
}
