/** The signals that ask a process to end. */

/** Ctrl-C, a request to end, a closed terminal or lost connection. */
export const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK", "SIGHUP"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Package and task runners pass on a Ctrl-C that the terminal has sent to all: it arrives twice. */
export const SAME_SIGNAL_MS = 1000;

/** Whether the process was started to outlive its terminal, as by nohup. */
export async function isHangupIgnored(): Promise<boolean> {
  if (Deno.build.os === "windows") return false;
  try {
    // A child ignores what its parent does.
    const args = ["-c", "kill -HUP $$; echo ignored"];
    const options = { args, stdin: "null", stderr: "null" } as const;
    const { stdout } = await new Deno.Command("sh", options).output();
    return new TextDecoder().decode(stdout).includes("ignored");
  } catch {
    return false;
  }
}
