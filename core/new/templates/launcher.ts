import { type AttachedLauncher, PairlabError, runProcesses } from "../../../mod.ts";

/** Options of {@link myLauncher}. */
export interface MyLauncherOptions {
  /** How far cells step back behind other programs: 0, not at all, to 19. @default 19 */
  readonly niceness?: number;
}

/**
 * Runs cells on this machine, some at once (`--jobs`), and lets other programs go first.
 *
 * @throws {PairlabError} At once for a niceness that is none.
 */
export function myLauncher(
  { niceness = 19 }: MyLauncherOptions = {},
): AttachedLauncher {
  if (!(Number.isInteger(niceness) && niceness >= 0 && niceness <= 19)) {
    throw new PairlabError(`Cannot run cells at a niceness of ${niceness}. Use 0 to 19.`);
  }
  // A program of Linux and macOS. It becomes the cell, which so hears of signals and saves.
  const before = Deno.build.os === "windows" ? [] : ["nice", "-n", `${niceness}`];
  return {
    name: "myLauncher",
    run: (launch, watch) =>
      runProcesses({
        ...launch,
        cell: (address) => [...before, ...launch.cell(address)],
      }, watch),
  };
}

// What `--launcher` takes of this file.
export default myLauncher();
