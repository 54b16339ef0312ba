/** The scripts of Slurm's jobs. */
import { asArgument, CELL_STATUS, JOB_VARIABLE, type Launch } from "../../../core/plugin.ts";

/** Those of the launcher's options that stand in scripts. */
interface ScriptOptions {
  readonly setup?: string | undefined;
  readonly within?: readonly string[] | undefined;
  readonly programs?: string | undefined;
}

/** The script of every task: it finds its cell by its number, passes signals on, and queues itself. */
export function arrayScript(
  launch: Launch,
  { setup = "", within = [], programs }: ScriptOptions,
): string {
  const { folder, cells } = launch;
  const cases = cells.map(({ address }, index) =>
    `  ${index}) log=${quoted([launch.log(address)])}; set -- ${
      quoted([...within, ...launch.cell(address)])
    } ;;`
  );
  const path = programs === undefined ? "" : `PATH=${quoted([programs])}:$PATH\n`;
  return `#!/bin/bash
# Cells of ${JSON.stringify(folder)}, written by deno task ablate.
${path}task="\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
export NO_COLOR=1 ${JOB_VARIABLE}="slurm $task"
child= stop= warned=
trap 'stop=1 warned=1; [ -z "$child" ] || kill -TERM "$child"' USR1
trap 'stop=1; [ -z "$child" ] || kill -TERM "$child"' TERM INT
${setup}
case $SLURM_ARRAY_TASK_ID in
${cases.join("\n")}
esac
[ -z "$stop" ] || exit ${CELL_STATUS.stopped}
"$@" >> "$log" 2>&1 < /dev/null &
child=$!
# A signal ends a wait, not the cell.
while kill -0 "$child" 2> /dev/null; do wait "$child"; done
wait "$child"
status=$?
[ "$status" != ${CELL_STATUS.held} ] || exit 0
if [ -n "$warned" ] && [ "$status" = ${CELL_STATUS.stopped} ] && command -v scontrol > /dev/null; then
  # Slurm's controller may be away for a moment. Where this fails, the next deno task ablate submits it.
  for pause in 1 2 4 8 16 32; do
    scontrol requeue "$task" && break
    sleep $pause
  done
fi
exit "$status"
`;
}

/** The script of the job that writes the table. */
export function tableScript(launch: Launch, { setup = "", within = [] }: ScriptOptions): string {
  return `#!/bin/bash\n${setup}\nexport NO_COLOR=1\nexec ${quoted([...within, ...launch.table])}\n`;
}

/** Arguments of a shell. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => asArgument(word, "linux")).join(" ");
}
