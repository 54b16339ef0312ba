/** Whose code is running: for messages about what a plug-in does. */
import { fileURLToPath } from "node:url";

const CORE = new URL("../../", import.meta.url).href;

/** ` (at /path/to/plugin.ts:12:5)`, the innermost place outside of the core and of packages. */
export function callSite(): string {
  for (const line of deepStack()) {
    const [, file, position] = line.match(/(\w+:\/\/\S+?)(:\d+:\d+)\)?$/) ?? [];
    if (file === undefined || file.startsWith(CORE) || file.includes("/node_modules/")) continue;
    return ` (at ${file.startsWith("file:") ? fileURLToPath(file) : file}${position})`;
  }
  return "";
}

/** V8 keeps ten lines unless it is told otherwise; tfjs alone may fill them. */
function deepStack(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  try {
    return new Error().stack?.split("\n") ?? [];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
