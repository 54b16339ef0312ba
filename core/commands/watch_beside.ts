/** The live page of a training, in a process of its own beside it. */
import { messageOf } from "../base/errors.ts";
import { say } from "../base/terminal.ts";

/** What the page's process may do: read, and listen on this machine's own addresses. */
const PERMISSIONS = [
  "--allow-read",
  "--allow-env=INIT_CWD,NO_COLOR,FORCE_COLOR,CLICOLOR_FORCE",
  "--allow-net=127.0.0.1,localhost,[::1]",
  "--no-prompt",
];

/** The program that opens an address in the user's browser, by operating system. */
const OPENERS: Readonly<Partial<Record<typeof Deno.build.os, readonly string[]>>> = {
  darwin: ["open"],
  windows: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

/**
 * Serves the page of a run folder while this process lives, says its address, and opens it where
 * there is a browser. Whatever becomes of the page, the training is not disturbed: it waits for
 * nothing, and a page that cannot be served is a warning.
 */
export function watchBeside(folder: string): void {
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...PERMISSIONS, import.meta.resolve("./watch.ts"), folder, "--while-open"],
      // It ends when this pipe does, with the training.
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    child.unref();
    void announce(child).catch(() => {});
  } catch (error) {
    warn(messageOf(error));
  }
}

async function announce(child: Deno.ChildProcess): Promise<void> {
  const errors = new Response(child.stderr).text();
  let said = "";
  let opened = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (opened) continue;
    said += text;
    const address = /^Watch .* at (http:\S+)$/m.exec(said)?.[1];
    if (address === undefined) continue;
    opened = true;
    say(`Watch: ${address}`);
    await openBrowser(address);
  }
  if (!opened) warn((await errors).trim());
}

function warn(reason: string): void {
  say(`Warning: cannot serve the live page: ${reason}. The training continues without it`);
}

/** Opens an address in the user's browser, if there is one. */
async function openBrowser(address: string): Promise<void> {
  const [program, ...args] = OPENERS[Deno.build.os] ?? [];
  const isSeen = Deno.build.os !== "linux" ||
    ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => Deno.env.get(name) !== undefined);
  if (program === undefined || !isSeen) return;
  try {
    const command = new Deno.Command(program, {
      args: [...args, address],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    await command.spawn().status;
  } catch {
    // The address has been said.
  }
}
