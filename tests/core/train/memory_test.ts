import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { skip } from "../backends/tensorflow/installed.ts";

const Sample = z.object({
  step: z.int(),
  tensors: z.int(),
  handles: z.int(),
  bytes: z.int(),
});

/** What is held in the course of a training in a process of its own. */
async function samples(engine: string, steps: number): Promise<z.infer<typeof Sample>[]> {
  const script = fileURLToPath(new URL("./memory_process.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", script, engine, "on", `${steps}`],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const lines = new TextDecoder().decode(stdout).split("\n");
  return lines.filter((line) => line.startsWith('{"step"')).map((line) =>
    Sample.parse(JSON.parse(line))
  );
}

/** Room for fragments and for what the runtime optimises; a leak in every step takes more. */
const ROOM = 24 * 2 ** 20;

async function staysFlat(engine: string, steps: number): Promise<void> {
  const [, , , , settled, ...later] = await samples(engine, steps);
  const last = later.at(-1);
  assert(settled !== undefined && last?.step === steps, "the training ended early");
  for (const { step, tensors, handles } of later) {
    assertEquals(
      { tensors, handles },
      { tensors: settled.tensors, handles: settled.handles },
      `${step}`,
    );
  }
  const grown = last.bytes - settled.bytes;
  assert(grown < ROOM, `from step ${settled.step} to ${last.step} it grew by ${grown} bytes`);
}

describe("a training's memory", () => {
  it(
    "is flat over two thousand compiled steps on tensorflow",
    { skip },
    () => staysFlat("tensorflow", 2000),
  );

  it("is flat on wasm", () => staysFlat("wasm", 150));
});
