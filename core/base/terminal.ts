/** What a person sees: lines, and a bar below them while something is under way. */
// @ts-types="npm:@types/cli-progress@3.11.6"
import cliProgress from "cli-progress";
import process from "node:process";

/** A bar at work; on anything but a terminal nothing of it is drawn. */
export interface Bar extends Disposable {
  /** Moves the bar; `text` stands at its right end. */
  update(value: number, text?: string): void;
  /** Takes it away, as does leaving the scope of `using bar = …`. */
  stop(): void;
}

let active: cliProgress.MultiBar | undefined;

/** Why each stream stopped taking output. */
const lost = new Map<NodeJS.WriteStream, unknown>();

/**
 * Keeps lost output from ending the program: the reader of a pipe goes away, a terminal is closed, a
 * disk is full. Everything that writes to the stream is covered, bars and help texts too.
 */
function guard(stream: NodeJS.WriteStream): void {
  const write = stream.write;
  stream.on("error", (error) => lost.set(stream, error));
  stream.write = ((...given: Parameters<typeof write>): boolean => {
    if (lost.has(stream)) return true;
    try {
      return write.apply(stream, given);
    } catch (error) {
      lost.set(stream, error);
      return true;
    }
  }) as typeof write;
}

for (const stream of [process.stdout, process.stderr]) guard(stream);

/** Why standard output takes no more lines; undefined while it does. */
export function lostOutput(): unknown {
  return lost.get(process.stdout);
}

/** True if a person watches: bars are drawn there, plain lines elsewhere. */
export function isTerminal(): boolean {
  return process.stdout.isTTY === true && !lost.has(process.stdout);
}

let silent = false;

/** Prints no more lines: another process says them. */
export function keepSilent(): void {
  silent = true;
}

/** Prints a line, above the bar if there is one. */
export function say(line: string): void {
  if (silent) return;
  const text = `${printable(line)}\n`;
  if (active !== undefined) active.log(text);
  else process.stdout.write(text);
  if (lost.has(process.stdout)) elsewhere?.(line);
}

let elsewhere: ((line: string) => void) | undefined;

/** Passes on the lines that standard output no longer takes. */
export function sayElsewhere(take: (line: string) => void): void {
  elsewhere = take;
}

/** Prints a line on standard error. */
export function sayError(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/**
 * Escapes what a terminal would act on instead of showing it: control characters other than line
 * breaks and tabs, and marks that reverse the direction of text.
 *
 * @example
 * ```ts
 * import { printable } from "./terminal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printable("a\u001b[2Jb\n"), "a\\u001b[2Jb\n");
 * ```
 */
export function printable(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Draws a bar until it is stopped. There is one at a time: opening another stops the first.
 *
 * @param label Stands at its left end, e.g. `epoch 3/100`.
 * @param total The value at which the bar is full.
 * @param from Where it begins. @default 0
 *
 * @example
 * ```ts
 * import { openBar } from "./terminal.ts";
 *
 * using bar = openBar("Sharpening", 3);
 * for (let done = 1; done <= 3; done++) bar.update(done, `rose${done}.png`);
 * ```
 */
export function openBar(label: string, total: number, from = 0): Bar {
  active?.stop();
  active = undefined;
  if (!isTerminal()) return { update: () => {}, stop: () => {}, [Symbol.dispose]: () => {} };
  const bars = new cliProgress.MultiBar({
    format: `${label} {bar} {value}/{total} {text}`,
    barsize: 24,
    clearOnComplete: true,
    hideCursor: true,
    linewrap: false,
  }, cliProgress.Presets.shades_grey);
  active = bars;
  const bar = bars.create(total, from, { text: "" });
  const stop = (): void => {
    bars.stop();
    if (active === bars) active = undefined;
  };
  return {
    update: (value, text) => bar.update(value, text === undefined ? {} : { text }),
    stop,
    [Symbol.dispose]: stop,
  };
}

/** Runs something under a bar, which begins with the first report and goes away at its end. */
export async function withBar<T>(
  label: string,
  body: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  let bar: Bar | undefined;
  try {
    return await body((done, total) => {
      bar ??= openBar(label, total);
      bar.update(done);
    });
  } finally {
    bar?.stop();
  }
}

/**
 * A length of time, seconds, as people say it.
 *
 * @example
 * ```ts
 * import { formatDuration } from "./terminal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([8, 200, 7500].map(formatDuration), ["8 s", "3 min 20 s", "2 h 5 min"]);
 * ```
 */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}
