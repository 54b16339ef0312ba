/** What callbacks remember across a resume. */
import type { CheckpointState } from "../runs/checkpoint.ts";
import type { Callback } from "../interfaces/callbacks.ts";

/** Where a callback's memory lies in state.json. */
function callbackKey({ name }: Callback, index: number): string {
  return `${index} ${name}`;
}

/** What each callback remembers now, by its place and name. */
export function statesOf(callbacks: readonly Callback[]): CheckpointState["callbacks"] {
  return Object.fromEntries(callbacks.flatMap((callback, index) => {
    const state = callback.state?.();
    return state === undefined ? [] : [[callbackKey(callback, index), state]];
  }));
}

/** Gives each callback what it remembered. */
export function restoreCallbacks(
  callbacks: readonly Callback[],
  states: CheckpointState["callbacks"],
): void {
  for (const [index, callback] of callbacks.entries()) {
    const state = states[callbackKey(callback, index)];
    if (state !== undefined) callback.restore?.(state);
  }
}
