import * as tf from "@tensorflow/tfjs";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import {
  type Contender,
  type Engine,
  type EngineChoice,
  race,
  startEngine,
  type StartOptions,
} from "../../../core/backends/engine.ts";
import { canCompile } from "../../../core/backends/compile.ts";
import { EngineError } from "../../../core/backends/engine_error.ts";
import { ENGINE_CHOICES, engineKind } from "../../../core/backends/engines.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { tryElsewhere } from "../../../core/backends/webgpu/engine.ts";
import { tryAdapter } from "../../../core/backends/webgpu/trial_process.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { skip } from "./tensorflow/installed.ts";

/** Trains y = 2x by one weight, which every engine can, in every way. */
async function learns(): Promise<boolean> {
  const weight = tf.variable(tf.tensor4d([0], [1, 1, 1, 1]));
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  for (let i = 0; i < 50; i++) {
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() =>
        tf.mean(tf.square(tf.sub(tf.conv2d(x, weight as tf.Tensor4D, 1, "same"), tf.mul(x, 2))))
      );
      weight.assign(tf.sub(weight, tf.mul(Object.values(grads)[0]!, 0.05)));
    });
  }
  const [value = NaN] = await weight.data();
  tf.dispose([weight, x]);
  return Math.abs(value - 2) < 1e-3;
}

interface Outcome {
  readonly name?: string;
  readonly reason?: string;
  readonly refused?: string;
}

/** Starts an engine in a process of its own, in which `library` is PAIRLAB_LIBTENSORFLOW. */
async function startElsewhere(
  choice: EngineChoice,
  options: StartOptions,
  library = "",
): Promise<Outcome> {
  const script = fileURLToPath(new URL("./start_engine.ts", import.meta.url));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, choice, JSON.stringify(options)],
    env: { PAIRLAB_LIBTENSORFLOW: library },
  }).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  assertEquals(decode(stderr), "");
  return JSON.parse(decode(stdout)) as Outcome;
}

/** A machine on which TensorFlow's library cannot be had. */
function without(cache: string): NonNullable<StartOptions["library"]> {
  return { cache, pythons: [], system: { os: "linux", arch: "x86_64", nvidia: false } };
}

describe("startEngine", () => {
  let engine: Engine | undefined;
  afterEach(() => {
    engine?.close();
    engine = undefined;
  });

  for (const name of ["wasm", "cpu"] as const) {
    it(`starts ${name}, which trains, and says so in one line`, async () => {
      engine = await startEngine(name);
      assertEquals(engine.name, name);
      assertEquals(tf.getBackend(), name);
      assertEquals(canCompile(), engineKind(name)?.compiles);
      assertMatch(engine.version, /^\d+\.\d+\.\d+$/);
      assertEquals(engine.threads, name === "cpu" ? 1 : Math.min(navigator.hardwareConcurrency, 8));
      assertMatch(engine.reason, new RegExp(`^${name} ${engine.version} \\(.+\\), as chosen$`));
      assert(await learns());
    });
  }

  it("takes tensorflow where it is there", { skip }, async () => {
    engine = await startEngine("auto", { fetch: false });
    assertEquals(engine.name, "tensorflow");
    assertEquals(canCompile(), engineKind("tensorflow")?.compiles);
    assertMatch(engine.reason, /^tensorflow [\d.]+.* \(.+\), the fastest engine$/);
    assert(await learns());
  });

  it("takes wasm where there is no TensorFlow, and says why and what would fetch it", async () => {
    await inTemporaryFolder(async (folder) => {
      const options = { fetch: false, library: without(folder), threads: 2 };
      const { name, reason = "" } = await startElsewhere("auto", options);
      assertEquals(name, "wasm");
      assertMatch(
        reason,
        /^wasm [\d.]+ \(SIMD, 2 threads\), because tensorflow does not start/,
      );
      assertMatch(reason, /its library is missing. Run "deno task setup" to fetch it/);
      assert(!reason.includes("\n"));
    });
  });

  it("takes wasm where TensorFlow cannot be fetched, without advising to do so", async () => {
    await inTemporaryFolder(async (folder) => {
      const { name, reason = "" } = await startElsewhere("auto", { library: without(folder) });
      assertEquals(name, "wasm");
      assertMatch(reason, /no Python was found/);
      assert(!reason.includes("--backend=wasm"));
      const system = { os: "windows", arch: "x86_64", nvidia: false } as const;
      const windows = await startElsewhere("auto", { library: { ...without(folder), system } });
      assertMatch(windows.reason ?? "", /there is none for Windows on x86_64/);
      assert(!windows.reason?.includes("--backend=wasm"));
    });
  });

  it("takes wasm where what should be TensorFlow's library is not, and names the file", async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, "libtensorflow_cc.so.2");
      await Deno.writeTextFile(path, "not a library");
      const { name, reason = "" } = await startElsewhere("auto", {}, path);
      assertEquals(name, "wasm");
      assert(reason.includes(path));
      const { refused = "" } = await startElsewhere("tensorflow", {}, path);
      assert(refused.includes(path));
    });
  });

  it("refuses the engine that was asked for where it does not work", async () => {
    await inTemporaryFolder(async (folder) => {
      const options = { fetch: false, library: without(folder) };
      const { refused = "" } = await startElsewhere("tensorflow", options);
      assertMatch(refused, /its library is missing. Run "deno task setup" to fetch it/);
    });
  });

  it("refuses an engine that does not exist, naming those that do", async () => {
    await assertRejects(
      () => startEngine("tensorfow" as EngineChoice),
      PairlabError,
      'Cannot start the engine "tensorfow": it does not exist. Use one of auto, tensorflow, webgpu, wasm, cpu.',
    );
  });

  it("starts again after it was closed, with nothing of its tensors left", async () => {
    (await startEngine("wasm")).close();
    engine = await startEngine("wasm");
    assertEquals(tf.backend().numDataIds(), 0);
    assert(await learns());
  });

  it("goes from one engine to another with tensors in between", async () => {
    const first = await startEngine("cpu");
    const x = tf.tensor1d([1, 2, 3]);
    engine = await startEngine("wasm");
    assertEquals([...tf.square(x).dataSync()], [1, 4, 9]);
    first.close();
  });
});

describe("race", () => {
  const engine = (name: "tensorflow" | "webgpu", closed: string[]): Engine => ({
    name,
    version: "1",
    detail: "a device",
    reason: `${name} 1 (a device), ${name === "webgpu" ? "" : "the fastest engine"}`,
    threads: 1,
    exact: true,
    close: () => void closed.push(name),
  });

  /** Races a usual engine of 10 GFLOP/s: what is taken, what was started, what was closed. */
  async function raced(
    trial: () => number | null,
    starts: boolean = true,
  ): Promise<{ engine: Engine; started: boolean; closed: string[] }> {
    const closed: string[] = [];
    let started = false;
    const contender: Contender = {
      name: "webgpu",
      try: async () => {
        const rate = await Promise.resolve(trial());
        return rate === null ? null : { rate };
      },
      start: () => {
        started = true;
        return starts ? Promise.resolve(engine("webgpu", closed)) : Promise.reject(new Error("no"));
      },
    };
    const usual = engine("tensorflow", closed);
    const taken = await race(usual, contender, () => Promise.resolve(10));
    return { engine: taken, started, closed };
  }

  it("takes a contender that is faster, says by how much, and closes the usual engine", async () => {
    const { engine: { name, reason }, closed } = await raced(() => 25);
    assertEquals([name, closed], ["webgpu", ["tensorflow"]]);
    assertMatch(reason, /the fastest engine \(25 GFLOP\/s in a trial, tensorflow 10\)$/);
  });

  it("keeps the usual engine where the contender is slower or as fast, without starting it", async () => {
    for (const rate of [9.9, 10]) {
      const { engine: { name, reason }, started, closed } = await raced(() => rate);
      assertEquals([name, started, closed], ["tensorflow", false, []]);
      assertMatch(reason, /; webgpu is slower here \(.+ GFLOP\/s in a trial, tensorflow 10\)$/);
    }
  });

  it("keeps the usual engine where the contender may not contend, fails or does not start", async () => {
    const fails = (): number => {
      throw new Error("the driver crashed");
    };
    for (const [trial, starts] of [[() => null, true], [fails, true], [() => 25, false]] as const) {
      const { engine: { name, reason }, closed } = await raced(trial, starts);
      assertEquals([name, closed], ["tensorflow", []]);
      assertEquals(reason, "tensorflow 1 (a device), the fastest engine");
    }
  });
});

describe("the trial of webgpu", () => {
  const measure = (): Promise<number> => Promise.resolve(1e6);

  it("measures hardware, and never an adapter that the processor computes", async () => {
    assertEquals(await tryAdapter({ software: false }, measure), { rate: 1e6 });
    assertEquals(await tryAdapter({ software: true }, measure), null);
    assertEquals(await tryAdapter(null, measure), null);
  });

  it("runs in a process of its own, where the drivers that it opens do TensorFlow no harm", () =>
    inTemporaryFolder(async (folder) => {
      const trial = await tryElsewhere(folder);
      assert(trial === null || trial.rate > 0);
      // A rate is kept of what was measured, and of nothing else.
      assertEquals([...Deno.readDirSync(folder)].length, trial === null ? 0 : 1);
    }));
});

describe("the table of engines", () => {
  it("lists the choices", () => {
    assertEquals(ENGINE_CHOICES, ["auto", "tensorflow", "webgpu", "wasm", "cpu"]);
  });

  it("knows no other engine, not even what every object has", () => {
    assertEquals(engineKind("tensorfow"), undefined);
    assertEquals(engineKind("toString"), undefined);
  });

  it("says what TensorFlow lacks without fetching it", async () => {
    await inTemporaryFolder(async (folder) => {
      const found = await engineKind("tensorflow")!.diagnose!({ library: without(folder) });
      // A library that this machine names is found in spite of the options.
      if (Deno.env.get("PAIRLAB_LIBTENSORFLOW")) return assert(found.path !== undefined);
      assertEquals(found.missing?.found, "TensorFlow's library is missing");
      assertEquals([...Deno.readDirSync(folder)], []);
    });
  });
});

describe("EngineError", () => {
  it("says why, what to do, and which engine to use instead", () => {
    const error = new EngineError("Cannot start: no disk", "Add one", {
      detail: "disk said:\n no",
    });
    assertEquals(
      error.message,
      "Cannot start: no disk. Add one, or use --backend=wasm.\ndisk said:\n no",
    );
    assertEquals(
      new EngineError("Cannot start: no disk", "Add one", { instead: "cpu" }).message,
      "Cannot start: no disk. Add one, or use --backend=cpu.",
    );
  });
});
