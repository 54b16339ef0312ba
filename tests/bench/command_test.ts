import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { run, start, TINY } from "../core/commands/process.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

const QUICK = ["--size=32", "--backend=wasm"];

/** The lines of JSON that a command prints on standard output alone. */
async function results(...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await start("bench", ...args).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  assertEquals(code, 0, decode(stderr));
  return decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

function numbersOf(result: Record<string, unknown>, ...keys: string[]): number[] {
  return keys.map((key) => {
    const value = result[key];
    assert(typeof value === "number" && value > 0, `"${key}" is ${value}`);
    return value;
  });
}

describe("deno task bench step", () => {
  it("prints a line of JSON, and nothing else, on standard output", async () => {
    const [result, ...more] = await results("step", TINY, ...QUICK, "--steps=2", "--json");
    assertEquals(more, []);
    const { engine, compile, size, batch, order, steps, receptive_field } = result!;
    assertEquals(
      { engine, compile, size, batch, order, steps, receptive_field },
      {
        engine: "wasm",
        compile: "off",
        size: 32,
        batch: 1,
        order: "alternate",
        steps: 2,
        receptive_field: 16,
      },
    );
    const [median, min, gflop, gflops] = numbersOf(
      result!,
      "median_ms",
      "min_ms",
      "gflop",
      "gflops",
    );
    assert(min! <= median!);
    assert(Math.abs(gflops! - gflop! / median! * 1000) < 1e-9 * gflops!);
    numbersOf(result!, "peak_bytes", "threads");
    const { cpu, cores } = result!["machine"] as { cpu: string; cores: number };
    assert(cpu.length > 0 && cores >= 1);
  });

  it("measures the order and the receptive field asked for, once where nothing is compiled", async () => {
    const options = ["--steps=1", "--order=simultaneous", "--receptive-field=1", "--compile=all"];
    const found = await results("step", TINY, ...QUICK, ...options, "--json");
    const told = found.map(({ order, receptive_field, compile }) => ({
      order,
      receptive_field,
      compile,
    }));
    assertEquals(told, [{ order: "simultaneous", receptive_field: 1, compile: "off" }]);
  });

  it("prints a table that names the machine and the experiment", async () => {
    const { code, output } = await run("bench", "step", TINY, ...QUICK, "--steps=1");
    assertEquals(code, 0, output);
    assertStringIncludes(output, "tiny_experiment: 32x32, batch 1, alternate, D sees 16x16");
    assert(/wasm [\d.]+, compile off +[\d.]+ +[\d.]+ +[\d.]+ +\d+$/m.test(output), output);
  });

  it("writes a trace, and prints its costliest operations", () =>
    inTemporaryFolder(async (folder) => {
      const trace = join(folder, "trace.json");
      const given = ["step", TINY, ...QUICK, "--steps=1", `--trace=${trace}`];
      const { code, output } = await run("bench", ...given);
      assertEquals(code, 0, output);
      assertMatch(output, /^without what runs within it +calls a step +ms a step +%$/m);
      assertStringIncludes(output, `The trace is in "${trace}".`);
      const { traceEvents } = JSON.parse(await Deno.readTextFile(trace));
      const steps = traceEvents.filter(({ name }: { name: string }) => name === "training step");
      assertEquals(steps.length, 1);
      const again = await run("bench", ...given);
      assertEquals(again.code, 1);
      assertStringIncludes(again.output, `Cannot write the trace "${trace}": it exists.`);
    }));

  it("rejects a trace of all ways at once, and a data set without a trace", async () => {
    const all = await run("bench", "step", TINY, "--compile=all", "--trace=x.json");
    assertEquals(all.code, 1);
    assertStringIncludes(all.output, "Cannot trace --compile=all. Use --compile=off, on or xla.");
    const useless = await run("bench", "step", TINY, "--dataset=flowers");
    assertEquals(useless.code, 1);
    assertStringIncludes(useless.output, "Cannot use --dataset without --trace");
  });
});

describe("deno task bench data", () => {
  it("measures each stage, all of them, and what they add to a step", async () => {
    const [result] = await results("data", TINY, ...QUICK, "--steps=2", "--json");
    numbersOf(result!, "images_per_second_decoding", "images_per_second_kept", "step_ms");
    numbersOf(result!, "step_beside_ms", "longest_wait_ms");
    const stages = result!["stages"] as Record<string, number>;
    assertEquals(Object.keys(stages), ["load", "augment", "fit", "tensor"]);
    const { step_ms, step_beside_ms, wait_ms, share } = result as Record<string, number>;
    assert(Math.abs(share! - ((step_beside_ms! + wait_ms!) / step_ms! - 1)) < 1e-9);
  });
});

describe("deno task bench", () => {
  const cases: [what: string, words: string, args: string[]][] = [
    ["a misspelt measurement", "Did you mean step?", ["stpe"]],
    ["a size of none", "Use a whole number from 1 on", ["step", "--size=0"]],
    ["a text for a number", "Use a whole number from 1 on", ["peers", "--steps=many"]],
    ["a width of none", "Use a number above 0", ["ops", "--width=0"]],
    ["a way that is none", "Allowed choices are off, on, xla, all", ["step", "--compile=fast"]],
    ["an order that is none", "Allowed choices are alternate", ["step", "--order=both"]],
    ["a misspelt option", "Did you mean --batch?", ["step", "--bacth=2"]],
    ["a misspelt experiment", 'Did you mean "flowers_deblur"?', ["step", "flowers_debur"]],
    ["a size that cannot be halved", "Use 256x256", ["step", "--size=250"]],
    ["an unknown receptive field", "a receptive field of 71", ["step", "--receptive-field=71"]],
    ["a data set that is not there", '"/nowhere"', ["data", "--dataset=/nowhere"]],
  ];
  for (const [what, words, args] of cases) {
    it(`refuses ${what}, in one message`, async () => {
      const { code, output } = await run("bench", ...args);
      assertStringIncludes(output, words);
      assertEquals(code, 1);
      assert(!/^\s+at .*core\/.*:\d+:\d+/m.test(output), `there is a stack trace:\n${output}`);
    });
  }
});

describe("deno task bench serve", () => {
  it("puts each load on the server, and tells how fast it answers", async () => {
    const load = ["--clients=1,3", "--seconds=1", "--rounds=2"];
    const network = ["--alone", "--size=64", "--width=0.05"];
    const found = await results("serve", ...network, ...load, "--json");
    assertEquals(found.map(({ name, clients, failures }) => [name, clients, failures]), [
      ["Pairlab", 1, 0],
      ["Pairlab", 3, 0],
    ]);
    for (const result of found) {
      const [answers, rate, p50, p99] = numbersOf(
        ...[result, "answers", "per_second", "p50_ms", "p99_ms"] as const,
      );
      assertEquals(rate, answers! / 1);
      assert(p50! <= p99!);
    }
  });
});
