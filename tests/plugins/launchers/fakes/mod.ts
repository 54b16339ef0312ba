/** Stand-ins of the programs of clusters, for tests without one. */
import { join } from "@std/path";
import { fileURLToPath } from "node:url";

/** The folder of the stand-ins. */
const FAKES = fileURLToPath(new URL("./", import.meta.url));

/** Puts the stand-ins of Slurm's programs into a new folder. */
export async function fakeSlurm(): Promise<string> {
  return await copies("slurm", ["sbatch", "squeue", "sacct", "scancel", "scontrol"]);
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

/** Runs the pods of the manifests that are below a sweep's folder, as Kubernetes would. */
export function runPods(folder: string): { ended: Promise<void>; cancel(): void } {
  const running = new Set<Deno.ChildProcess>();
  let cancelled = false;
  const run = async (): Promise<void> => {
    const own = join(folder, "kubernetes");
    for await (const { name } of Deno.readDir(own)) {
      const { spec } = JSON.parse(await Deno.readTextFile(join(own, name)));
      const [{ command: [program, ...args], workingDir }] = spec.template.spec.containers;
      const indices = Array.from({ length: spec.completions }, (_, index) => index);
      const serve = async (): Promise<void> => {
        for (let index = indices.shift(); index !== undefined; index = indices.shift()) {
          if (cancelled) return;
          const pod = new Deno.Command(program, {
            args,
            cwd: workingDir,
            env: { JOB_COMPLETION_INDEX: `${index}` },
          }).spawn();
          running.add(pod);
          await pod.status;
          running.delete(pod);
        }
      };
      await Promise.all(Array.from({ length: spec.parallelism }, serve));
    }
  };
  return {
    ended: run(),
    cancel: () => {
      cancelled = true;
      for (const pod of running) pod.kill("SIGTERM");
    },
  };
}
