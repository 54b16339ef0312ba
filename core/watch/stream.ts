/** What a page is sent: a stream of what has changed since it was last told. */
import type { FoundRun } from "./folders.ts";
import type { FollowedRun } from "./followed_run.ts";
import type { Cursor, CurvePart } from "./series.ts";

/** The runs that exist, and those that a page follows. */
export interface Board {
  readonly runs: readonly ListedRun[];
  /** The followed run of this id, or undefined if it does not exist. */
  follow(id: string): FollowedRun | undefined;
}

/** A run in the list of all. */
export interface ListedRun extends Pick<FoundRun, "id" | "label"> {
  /** When its log was last written, milliseconds since 1970; 0 before the first step. */
  readonly written: number;
}

/** A server-sent event. */
export interface Message {
  readonly event: "runs" | "run" | "curves" | "gone";
  readonly data: string;
}

/** The curves of one run that have changed. */
export interface CurvesMessage {
  readonly id: string;
  /** True if the page must forget what it has of this run's curves. */
  readonly restarted: boolean;
  readonly curves: Readonly<Record<string, CurvePart>>;
}

/** Makes the function that tells one page what has changed since it was last called. */
export function startStream(ids: readonly string[]): (board: Board, now: number) => Message[] {
  let listed = "";
  const views = new Map<string, string>();
  const cursors = new Map<string, { curves: unknown; by: Map<string, Cursor> }>();

  const curvesOf = (id: string, run: FollowedRun): CurvesMessage | null => {
    const known = cursors.get(id);
    const restarted = known?.curves !== run.curves;
    const by = restarted ? new Map<string, Cursor>() : known.by;
    cursors.set(id, { curves: run.curves, by });
    const curves: Record<string, CurvePart> = {};
    for (const [name, series] of run.curves) {
      const { part, cursor } = series.since(by.get(name));
      if (part === null) continue;
      curves[name] = part;
      by.set(name, cursor);
    }
    return Object.keys(curves).length === 0 && !restarted ? null : { id, restarted, curves };
  };

  return (board, now) => {
    const messages: Message[] = [];
    const list = JSON.stringify(board.runs);
    if (list !== listed) messages.push({ event: "runs", data: listed = list });
    for (const id of ids) {
      const run = board.follow(id);
      if (run === undefined) {
        if (views.delete(id)) messages.push({ event: "gone", data: JSON.stringify(id) });
        cursors.delete(id);
        continue;
      }
      const view = JSON.stringify(run.view(now));
      if (view !== views.get(id)) messages.push({ event: "run", data: view });
      views.set(id, view);
      const curves = curvesOf(id, run);
      if (curves !== null) messages.push({ event: "curves", data: JSON.stringify(curves) });
    }
    return messages;
  };
}
