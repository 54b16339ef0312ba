/** All runs that are found, and those that somebody looks at, kept up to date. */
import type { Finder, FoundRun } from "./folders.ts";
import { type FollowedRun, followRun } from "./followed_run.ts";
import { metricsPath } from "../runs/metrics_log.ts";
import type { Board, ListedRun } from "./stream.ts";
import { changeOf } from "./tail.ts";

/** A board that reads its runs. */
export interface LiveBoard extends Board {
  /** The folder of a run. */
  folderOf(id: string): string | undefined;
  /** Looks for runs, and reads what is new of those that are looked at. */
  refresh(): Promise<void>;
}

/** Milliseconds between two looks for new runs, and after which a run that nobody sees is dropped. */
const EVERY = { find: 3000, drop: 60_000 } as const;

/** Opens the board of a finder's runs. */
export function openBoard(finder: Finder): LiveBoard {
  let found: FoundRun[] = [];
  let runs: ListedRun[] = [];
  let lookedAt = -Infinity;
  const followed = new Map<string, { readonly run: FollowedRun; askedAt: number }>();

  const look = async (): Promise<void> => {
    found = await finder.find();
    runs = await Promise.all(
      found.map(async ({ id, label, folder }) => ({
        id,
        label,
        written: await changeOf(metricsPath(folder)),
      })),
    );
  };

  return {
    get runs() {
      return runs;
    },
    folderOf: (id) => found.find((run) => run.id === id)?.folder,
    follow: (id) => {
      const known = followed.get(id);
      if (known !== undefined) {
        known.askedAt = performance.now();
        return known.run;
      }
      const here = found.find((run) => run.id === id);
      if (here === undefined) return undefined;
      const run = followRun(here);
      followed.set(id, { run, askedAt: performance.now() });
      return run;
    },
    refresh: async () => {
      const now = performance.now();
      if (now - lookedAt >= EVERY.find) {
        await look();
        lookedAt = now;
      }
      for (const [id, { run, askedAt }] of followed) {
        const isGone = !found.some((one) => one.id === id);
        if (isGone || now - askedAt > EVERY.drop) followed.delete(id);
        // A long log is read over several looks, so that nobody waits for it.
        else for (let chunks = 0; chunks < 4 && await run.poll(); chunks++);
      }
    },
  };
}
