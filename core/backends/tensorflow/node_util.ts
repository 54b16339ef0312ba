/**
 * Gives `node:util` the helper that tfjs-node's kernels call and that current runtimes have removed.
 * To be imported before them.
 */
import util from "node:util";

interface OldUtil {
  isNullOrUndefined?: (value: unknown) => boolean;
  isArray?: (value: unknown) => boolean;
}

const old: OldUtil = util;
old.isNullOrUndefined ??= (value) => value === null || value === undefined;
old.isArray ??= Array.isArray;
