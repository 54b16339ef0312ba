/** The programs of Slurm. */
import { join } from "@std/path";
import { PairlabError } from "../../../core/plugin.ts";

/** Where they are. */
interface Where {
  /** Their folder. @default they are found through PATH */
  readonly programs?: string | undefined;
}

/** Submits a script; returns the number of the job. @throws {PairlabError} If Slurm refuses. */
export async function sbatch(
  options: Where,
  script: string,
  args: readonly string[],
): Promise<string> {
  const printed = await call(options, "sbatch", ["--parsable", ...args], script);
  // With several clusters: 17;name.
  return printed.trim().split(";")[0]!;
}

/** A program as it is called. */
export function pathOf({ programs }: Where, program: string): string {
  return programs === undefined ? program : join(programs, program);
}

/** What a program of Slurm prints. @throws {PairlabError} If it is missing, or refuses. */
export async function call(
  options: Where,
  program: string,
  args: readonly string[],
  input = "",
): Promise<string> {
  let failed: string;
  try {
    const child = new Deno.Command(pathOf(options, program), {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    // Rejects if the program does not read it.
    const written = writer.write(new TextEncoder().encode(input))
      .then(() => writer.close()).catch(() => {});
    const { success, stdout, stderr } = await child.output();
    await written;
    if (success) return new TextDecoder().decode(stdout);
    failed = new TextDecoder().decode(stderr).trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    failed = "it is not installed here; use a machine that submits jobs, such as the login node";
  }
  throw new PairlabError(`Cannot use ${program} of Slurm: ${failed}`);
}
