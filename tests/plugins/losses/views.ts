import type { Views } from "../../../core/plugin.ts";

/**
 * What a loss sees, for a test of it: only what is given can be looked at, so that a loss which
 * looks at anything else fails.
 */
export function viewsOf(given: Partial<Views>): Views {
  return new Proxy(given, {
    get: (views, key: string) => {
      // Every loss may look at how many workers share the batch: here one has it all.
      if (key === "share" || key in views) return views[key as keyof Views];
      throw new Error(`the loss looked at "${key}", which this test does not give it`);
    },
  }) as Views;
}
