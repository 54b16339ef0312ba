import { join } from "@std/path";
import { type Callback, csvOf, messageOf, type TrainingRun } from "../../core/plugin.ts";

/** How {@link csvLog} writes. */
export interface CsvLogOptions {
  /** The file in the run folder. @default "log.csv" */
  readonly file?: string;
}

/**
 * Writes a line for each epoch into a CSV file (RFC 4180) for spreadsheets, R and pandas: the epoch,
 * the step, its seconds, the means of its losses, and the last of each number that callbacks have
 * recorded. A run that is resumed, or goes back to a checkpoint, has no line twice.
 *
 * @throws {RangeError} If the file's name leads out of the run folder.
 *
 * @example
 * ```ts
 * import { csvLog } from "./csv_log.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(csvLog().name, "csvLog");
 * ```
 */
export function csvLog({ file = "log.csv" }: CsvLogOptions = {}): Callback {
  if (!/^[\w-][\w.-]*$/.test(file)) {
    throw new RangeError(`Cannot log into "${file}". Use the name of a file, e.g. log.csv`);
  }
  let rows: Row[] = [];
  /** What was recorded since the last epoch's end. */
  let recorded: Record<string, number> = {};

  const write = async (run: TrainingRun): Promise<void> => {
    // A column that comes later, e.g. of a metric for every tenth epoch, moves no other.
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const lines = rows.map((row) => columns.map((column) => row[column]));
    const path = join(run.folder, file);
    try {
      await Deno.writeTextFile(path, csvOf([columns, ...lines]));
    } catch (error) {
      run.say(`Warning: cannot write "${path}": ${messageOf(error)}`);
    }
  };

  return {
    name: "csvLog",
    state: () => ({ rows: rows.map((row) => ({ ...row })), recorded: { ...recorded } }),
    restore: (state) => {
      ({ rows, recorded } = state as { rows: Row[]; recorded: Record<string, number> });
    },
    onRecord: async (run, { epoch, values }) => {
      const last = rows.at(-1);
      // At an epoch's end, callbacks before this one record before its line is there, others after.
      if (last?.["epoch"] === epoch) {
        Object.assign(last, values);
        await write(run);
      } else Object.assign(recorded, values);
    },
    onEpochEnd: async (run, { epoch, step, seconds, losses }) => {
      rows = [...rows.filter((row) => row["epoch"]! < epoch), {
        ...{ epoch, step, seconds },
        ...losses,
        ...recorded,
      }];
      recorded = {};
      await write(run);
    },
  };
}

/** Numbers by column. */
type Row = Record<string, number>;
