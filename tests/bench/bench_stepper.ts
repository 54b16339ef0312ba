/**
 * A process that `deno task bench` measures: takes training steps of an experiment when it is told
 * to on standard input, a line of JSON each, and says on standard output how long each took.
 *
 * Not a command for people: `deno task bench` starts it.
 *
 * @module
 */
import process from "node:process";
import { startEngine } from "../../core/backends/engine.ts";
import { linesOf } from "./lines.ts";
import { peakMemory } from "./machine.ts";
import { type Order, type Ready, StepperOptions, type TakenStep } from "./messages.ts";
import { createTrainer, type Trainer } from "./trainer.ts";
import { planBench } from "./bench_plan.ts";
import { runCommand } from "../../core/base/program.ts";

/** The trainer, and what is to be said of its networks and pictures. */
async function build(
  options: StepperOptions,
): Promise<[Trainer, Pick<Ready, "receptiveField" | "size" | "batch">]> {
  const { wiring, shape, findings, parameters } = await planBench(options);
  const { size, batch } = parameters;
  const { compile, seed } = options;
  const trainer = createTrainer({
    wiring,
    shape,
    batch,
    compile,
    ...seed !== undefined && { seed },
  });
  return [trainer, { receptiveField: findings.receptiveField, size, batch }];
}

function say(message: Ready | TakenStep | { readonly done: true }): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function takeSteps(trainer: Trainer, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const losses = await trainer.step();
    say({ milliseconds: performance.now() - start, losses, peakBytes: await peakMemory() });
  }
}

await runCommand(async () => {
  const options = StepperOptions.parse(JSON.parse(Deno.args[0] ?? "{}"));
  const engine = await startEngine(options.backend, {
    threads: options.threads,
    exact: options.exact,
  });
  const [trainer, about] = await build(options);
  const { name, version, threads } = engine;
  const { compile, order, flops } = trainer;
  say({ engine: name, version, threads, compile, order, flops, ...about });

  for await (const line of linesOf(Deno.stdin.readable)) {
    const order = JSON.parse(line) as Order;
    if (order.do === "steps") await takeSteps(trainer, order.count);
    else {
      if (order.do === "save") await trainer.save(order.path);
      else if (order.do === "load") await trainer.load(order.path);
      else if (order.do === "keep") await trainer.keep(order.path);
      else if (order.do === "restore") await trainer.restore(order.path);
      else if (order.do === "predict") await trainer.predict(order.path, order.to);
      else await trainer.usePictures(order.path);
      say({ done: true });
    }
  }
});
