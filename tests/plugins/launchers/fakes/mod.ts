/** Stand-ins of the programs of clusters, for tests without one. */
import { join } from "@std/path";
import { fileURLToPath } from "node:url";

/** The folder of the stand-ins. */
const FAKES = fileURLToPath(new URL("./", import.meta.url));

/** Puts the stand-ins of Slurm's programs into a new folder. */
export async function fakeSlurm(): Promise<string> {
  return await copies("slurm", ["sbatch", "squeue", "scancel", "scontrol"]);
}

/** Puts a stand-in of ssh into a new folder, which runs commands here. */
export async function fakeSsh(): Promise<string> {
  return join(await copies("ssh", ["ssh"]), "ssh");
}

async function copies(fake: string, names: readonly string[]): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
  for (const name of names) {
    await Deno.copyFile(join(FAKES, fake), join(folder, name));
    await Deno.chmod(join(folder, name), 0o755);
  }
  return folder;
}
