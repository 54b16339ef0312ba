import { assert, assertEquals, assertMatch } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { parseMetrics } from "../../../core/runs/metrics_line.ts";
import { skip } from "../backends/tensorflow/installed.ts";
import { ended, run, start } from "../commands/process.ts";

const EXPERIMENT = fileURLToPath(new URL("./workers_experiment.ts", import.meta.url));

/** The losses of each step of a run. */
async function lossesOf(folder: string): Promise<Record<string, number>[]> {
  const { lines } = parseMetrics(await Deno.readTextFile(join(folder, "metrics.jsonl")));
  return lines.flatMap(({ line }) => line.kind === "step" ? [line.losses] : []);
}

/** Ports that are free on this machine. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ port: 0 }));
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

describe("training with several workers", { skip }, () => {
  let root: string;
  before(async () => {
    root = await Deno.makeTempDir();
  });
  after(() => Deno.remove(root, { recursive: true }));

  const train = (folder: string, ...args: string[]) =>
    ["train", EXPERIMENT, "--no-check", `--run=${join(root, folder)}`, ...args] as const;
  const list = (): string => `--workers=${freePorts(2).map((port) => `127.0.0.1:${port}`)}`;

  it("gives two workers the losses of one process with twice the batch, and the same bits again", async () => {
    // 5 pairs: the last step of an epoch has one picture, and one worker none.
    const one = await run(...train("one", "--batch=2", "--backend=tensorflow"));
    const two = await run(...train("two", "--workers=2"));
    const again = await run(...train("again", "--workers=2"));
    for (const { code, output } of [one, two, again]) assertEquals(code, 0, output);

    const [expected, found] = await Promise.all(
      ["one", "two"].map((folder) => lossesOf(join(root, folder))),
    ) as [Record<string, number>[], Record<string, number>[]];
    assertEquals(found.length, 6);
    for (const [step, losses] of expected.entries()) {
      for (const [name, loss] of Object.entries(losses)) {
        const off = Math.abs(found[step]![name]! - loss) / Math.abs(loss);
        assert(off < 2e-6, `${name} of step ${step + 1} is off by ${off}`);
      }
    }
    assertEquals(await lossesOf(join(root, "again")), found);
  });

  it("resumes with as many workers bit for bit, and says what another number changes", async () => {
    const short = await run(...train("short", "--epochs=1", "--workers=2"));
    assertEquals(short.code, 0, short.output);
    await Deno.mkdir(join(root, "copy"));
    const copied = await new Deno.Command("cp", {
      args: ["-r", `${join(root, "short")}/.`, join(root, "copy")],
    }).output();
    assert(copied.success);

    const same = await run("resume", join(root, "short"), "--trust", "--epochs=2", "--workers=2");
    assertEquals(same.code, 0, same.output);
    const whole = await run(...train("whole", "--workers=2"));
    assertEquals(whole.code, 0, whole.output);
    assertEquals(await lossesOf(join(root, "short")), await lossesOf(join(root, "whole")));

    const three = await run("resume", join(root, "copy"), "--trust", "--workers=3");
    assertMatch(three.output, /with 3 workers: its steps have 2 pairs/);
    const alone = await run("resume", join(root, "copy"), "--trust", "--epochs=2");
    assertEquals(alone.code, 0, alone.output);
    assertMatch(alone.output, /workers 2, now 1/);
  });

  it("ends when a worker dies, with its name and the last checkpoint", async () => {
    const addresses = list();
    const args = ["--epochs=9999", "--checkpoint-every=5", addresses];
    const [first, second] = [0, 1].map((place) =>
      start(...train("killed", ...args, `--worker=${place}`))
    ) as [Deno.ChildProcess, Deno.ChildProcess];
    const [end, other] = [ended(first), ended(second)];
    const checkpoints = join(root, "killed", "checkpoints");
    const isSaved = (): boolean => {
      try {
        return [...Deno.readDirSync(checkpoints)].some(({ name }) => /^(epoch|step)/.test(name));
      } catch {
        return false;
      }
    };
    let running = true;
    void end.then(() => running = false);
    while (running && !isSaved()) await new Promise((resolve) => setTimeout(resolve, 100));
    second.kill("SIGKILL");
    await other;
    const { code, output } = await end;
    assertEquals(code, 1, output);
    // By its broken connection, or by the question that each asks from time to time.
    assertMatch(output, /Cannot continue: worker 1 \(127\.0\.0\.1:\d+\) (has ended|is lost): /);
    assertMatch(output, /The last checkpoint is ".*killed.checkpoints./);
  });

  it("says before training that a worker has other data, that a port is taken, and what cannot be", async () => {
    const addresses = list();
    const ends = await Promise.all(
      [["--worker=0"], ["--worker=1", "--pairs=4"]].map((args) =>
        run(...train("other", addresses, ...args))
      ),
    );
    for (const { code, output } of ends) {
      assertEquals(code, 1);
      assertMatch(output, /worker 1 has another set of parameters and another data set than/);
    }

    using taken = Deno.listen({ port: 0 });
    const { port } = taken.addr as Deno.NetAddr;
    const busy = await run(
      ...train("busy", `--workers=127.0.0.1:${port},127.0.0.1:1`, "--worker=0"),
    );
    assertMatch(busy.output, new RegExp(`Cannot listen on 127.0.0.1:${port}`));

    const wasm = await run(
      ...train("wasm", "--backend=wasm", "--workers=127.0.0.1:1,b:1", "--worker=0"),
    );
    assertMatch(wasm.output, /Cannot train with 2 workers on the engine wasm/);
    for (const folder of ["other", "busy", "wasm"]) {
      assertEquals(await Deno.stat(join(root, folder)).catch(() => null), null);
    }
  });
});
