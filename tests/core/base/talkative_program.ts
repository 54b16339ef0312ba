/** Prints many lines for half a second, then writes a file, as a training writes its checkpoint. */
import { openBar, say, sayError } from "../../../core/base/terminal.ts";
import { runCommand } from "../../../core/base/program.ts";

await runCommand(async () => {
  const bar = openBar("Talking", 50);
  for (let line = 1; line <= 50; line++) {
    say(`line ${line}`);
    sayError(`note ${line}`);
    bar.update(line);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  bar.stop();
  await Deno.writeTextFile(Deno.args[0]!, "finished");
});
