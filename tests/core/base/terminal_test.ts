import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { exists } from "../../../core/base/files.ts";
import { printable } from "../../../core/base/terminal.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const PROGRAM = fileURLToPath(new URL("./talkative_program.ts", import.meta.url));

const deno = [Deno.execPath(), "run", "-A", "--no-check", PROGRAM];

/** How the program ended, and the output of what followed it. */
interface Ending {
  readonly status: number;
  readonly finished: boolean;
  readonly output: string;
  readonly errors: string;
}

/** Runs the program within a line of a shell, in which it is `program "$@"`. */
async function inShell(line: string): Promise<Ending> {
  let ending: Ending | undefined;
  await inTemporaryFolder(async (folder) => {
    const done = join(folder, "done"), status = join(folder, "status");
    const script = `program() { "$@"; echo $? > "${status}"; }; ${line}`;
    const { stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script, "bash", ...deno, done],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder();
    ending = {
      status: Number(await Deno.readTextFile(status)),
      finished: await exists(done),
      output: text.decode(stdout),
      errors: text.decode(stderr),
    };
  });
  assert(ending !== undefined);
  return ending;
}

const posix = { skip: Deno.build.os === "windows" };

describe("lost output", () => {
  it("ends nothing when the reader of standard output goes away", posix, async () => {
    const { status, finished, output, errors } = await inShell('program "$@" | head -n 1');
    assertEquals([status, finished, output], [0, true, "line 1\n"]);
    assert(!errors.includes("EPIPE"), errors);
    assertStringIncludes(errors, "note 50\n");
  });

  it("ends nothing when the reader of both streams goes away", posix, async () => {
    const { status, finished } = await inShell('program "$@" 2>&1 | head -n 1');
    assertEquals([status, finished], [0, true]);
  });

  it("ends nothing when both streams are closed from the beginning", posix, async () => {
    const { status, finished } = await inShell('program "$@" >&- 2>&-');
    assertEquals([status, finished], [0, true]);
  });

  it("lets the work be done on a full disk, and then says so", {
    skip: Deno.build.os !== "linux",
  }, async () => {
    const { status, finished, errors } = await inShell('program "$@" > /dev/full');
    assertEquals([status, finished], [1, true]);
    assertStringIncludes(errors, "Cannot print everything: No space left on device");
    assert(!errors.includes("This was not foreseen"), errors);
  });

  it("ends nothing when a terminal is closed", { skip: Deno.build.os !== "linux" }, async () => {
    // Python closes a pseudo-terminal; a session of its own keeps the program from the hang-up signal.
    const python = "import os, pty, sys, time\n" +
      "pid, terminal = pty.fork()\n" +
      "if pid == 0: os.execvp('setsid', ['setsid', '--wait', *sys.argv[1:]])\n" +
      "os.read(terminal, 1); os.close(terminal)\n" +
      "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n";
    await inTemporaryFolder(async (folder) => {
      const done = join(folder, "done");
      await new Deno.Command("python3", { args: ["-c", python, ...deno, done] }).output();
      for (let waited = 0; waited < 100 && !await exists(done); waited++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert(await exists(done));
    });
  });
});

describe("printable text", () => {
  it("escapes what a terminal acts on, and keeps lines, tabs and letters", () => {
    assertEquals(printable("Rosé\t花\n\u001b]0;x\u0007"), "Rosé\t花\n\\u001b]0;x\\u0007");
    assertEquals(printable("\u009b31m\u202egpj\r"), "\\u009b31m\\u202egpj\\u000d");
  });
});
