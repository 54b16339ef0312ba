/** The error of an engine that cannot start. */
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
