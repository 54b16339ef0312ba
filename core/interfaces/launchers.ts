/** What runs the cells of a sweep: this machine, a cluster's scheduler, a list of hosts. */

/** A cell to run: one training in a process of its own. */
export interface LaunchedCell {
  /** Names it within the sweep: letters and digits. */
  readonly address: string;
  /** For people, any text: `L1+cGAN, seed 2`. */
  readonly label: string;
}

/** Cells to run, and what they need. All paths are absolute. */
export interface Launch {
  /** The sweep's folder, which all machines share. A launcher's own files are in `folder/NAME/`. */
  readonly folder: string;
  readonly cells: readonly LaunchedCell[];
  /** The folder in which all commands run. */
  readonly directory: string;
  /** Cores that each cell computes with. */
  readonly cores: number;
  /** Memory that a cell needs, bytes, estimated on the high side. */
  readonly memory: number;
  /** Cells at once, if the user says so. */
  readonly jobs?: number | undefined;
  /** The file to which the output of a cell is appended. */
  log(address: string): string;
  /**
   * The command that runs a cell, as program and arguments. It saves and stops at SIGTERM, and ends
   * with a status of {@link CELL_STATUS}.
   */
  cell(address: string): readonly string[];
  /** The command that runs all cells, some at once; others may do so too, each cell is run by one. */
  work(jobs: number): readonly string[];
  /** The command that writes the table of the cells that are finished. */
  readonly table: readonly string[];
}

/** The exit status of a cell's process; any other than these is a failure. */
export const CELL_STATUS = {
  finished: 0,
  /** It was not run: the sources of the sweep changed. */
  rejected: 3,
  /** It was not run: another process runs it. */
  held: 4,
  /** Asked to stop before its first step, it has nothing new to save: run again, it may never end. */
  idle: 5,
  /** It has saved, and goes on from there when it is run again. */
  stopped: 130,
} as const;

/** The end of a cell's process. */
export interface CellEnd {
  /** One of {@link CELL_STATUS}, or another for a failure. */
  readonly code: number;
  /** The last lines that it printed. */
  readonly tail: readonly string[];
}

/** The sweep, as seen by a launcher that runs cells within the life of this process. */
export interface SweepWatch {
  /** A cell that nobody runs, once there is one; undefined when there is nothing left to start. */
  next(): Promise<LaunchedCell | undefined>;
  started(cell: LaunchedCell): void;
  ended(cell: LaunchedCell, end: CellEnd): Promise<void>;
  /** Aborted: running cells are asked to save and stop. */
  readonly stop: AbortSignal;
  /** Aborted: running cells end at once. */
  readonly kill: AbortSignal;
}

/** A launcher whose cells end with this process. */
export interface AttachedLauncher {
  readonly name: string;
  /** Cores of each cell of a sweep that it launches first. @default the machine's, shared by the jobs */
  readonly cores?: number | undefined;
  /** Runs what {@link SweepWatch.next} gives, `launch.jobs` at once, until it gives no more. */
  run(launch: Launch, watch: SweepWatch): Promise<void>;
}

/** The cells that a launcher has in hand. */
export interface Pending {
  /** By address, in words: `waiting (Resources)`, `running on node7`. */
  readonly cells: ReadonlyMap<string, string>;
  /** How cells ended that it had in hand, by address, where it knows: `TIMEOUT`. */
  readonly ended?: ReadonlyMap<string, string> | undefined;
  /** The command line that cancels them; left out if there is nothing to cancel. */
  readonly cancel?: string | undefined;
}

/** A launcher whose cells outlive this process. */
export interface DetachedLauncher {
  readonly name: string;
  /** As in {@link AttachedLauncher.cores}. */
  readonly cores?: number | undefined;
  /**
   * Hands cells over and returns at once.
   *
   * @returns What was done, and how to follow it, in lines for people; also which cells were left out
   * because there is a limit. The next call is given those again.
   * @throws {PairlabError} If they cannot be handed over; then none of them is in hand.
   */
  submit(launch: Launch): Promise<readonly string[]>;
  /**
   * The cells in hand, whichever process submitted them.
   *
   * @throws {PairlabError} If that cannot be found out; nothing is submitted then.
   */
  pending(folder: string): Promise<Pending>;
}

/** Runs the cells of a sweep. */
export type Launcher = AttachedLauncher | DetachedLauncher;
