/** `deno task new KIND NAME`: writes a plug-in to start from, and its test. */
import { join, relative, resolve } from "@std/path";
import { KIND_NAMES, kindOf, KINDS } from "../new/kinds.ts";
import { parseName } from "../new/name.ts";
import { scaffold } from "../new/scaffold.ts";
import { say } from "../base/terminal.ts";
import { runCommand } from "../base/program.ts";
import { asArgument } from "../base/shell_argument.ts";
import { command, userPath } from "./cli.ts";

/** The default folder, if the command is typed in the project's. */
const OWN_FOLDER = "mine";

await runCommand(async () => {
  const program = command(
    "new",
    "Write a working plug-in or experiment to start from, with its test.",
  )
    .argument("<kind>", KIND_NAMES.join(", "))
    .argument("<name>", "e.g. edge_loss, edge-loss or edgeLoss")
    .option(
      "--folder <folder>",
      `the folder to write to (default: the current one, or ${OWN_FOLDER}/ in the project's folder)`,
    )
    .parse(Deno.args, { from: "user" });
  const [word = "", given = ""] = program.args;
  const { folder } = program.opts();
  const kind = kindOf(word);
  const name = parseName(given);

  const typedIn = resolve(userPath("."));
  const here = typedIn === resolve(Deno.cwd()) ? join(typedIn, OWN_FOLDER) : typedIn;
  const into = folder === undefined ? here : resolve(userPath(folder));
  const written = await scaffold({ kind, name, folder: into });

  const { words, guide, use } = KINDS[kind];
  // Paths as `deno task` takes them, whose folder is the project's.
  const shown = (path: string): string => {
    const short = relative(Deno.cwd(), path);
    return short.startsWith("..") ? path : short;
  };
  const used = use.replaceAll("NAME", name.camel).replaceAll(
    "FILE",
    asArgument(shown(written.plugin)),
  );
  say(`Wrote:   ${shown(written.plugin)}, ${words} that works: change it`);
  say(`         ${shown(written.test)}, its test`);
  say(`Test it: deno task try ${asArgument(shown(written.test))}`);
  if (use.startsWith("deno task")) say(`Run it:  ${used}`);
  else {
    say("Use it in an experiment beside it:");
    say(`         import { ${name.camel} } from "./${name.snake}.ts";`);
    say(`         ${used}`);
  }
  say(`Guide:   docs/writing_${guide}.md`);
});
