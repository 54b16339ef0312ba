/**
 * Takes steps as `tests/bench/messages.ts` says, without computing anything.
 *
 *     deno run fake_stepper.ts NAME LOG [fail-at-start | fail-at-step=N | nan-at-step=N]
 *
 * Appends its name to the file LOG at each step, so that a test sees whose turn it was.
 */
// deno-lint-ignore-file no-console
import { linesOf } from "./lines.ts";

const [name = "", log = "", fault = ""] = Deno.args;
const [kind, at] = fault.split("=");
if (kind === "fail-at-start") {
  console.error("there is no such framework");
  Deno.exit(3);
}
console.log("A library says hello");
console.log(
  JSON.stringify({ engine: name, version: "1.0", threads: 1, compile: "off", flops: 2e9 }),
);

let step = 0;
for await (const line of linesOf(Deno.stdin.readable)) {
  const order: { do: string; count?: number; path?: string } = JSON.parse(line);
  if (order.do !== "steps") {
    Deno.writeTextFileSync(log, `${order.do} ${order.path}\n`, { append: true });
    console.log('{"done":true}');
    continue;
  }
  for (let i = 0; i < (order.count ?? 0); i++) {
    step++;
    Deno.writeTextFileSync(log, name, { append: true });
    if (kind === "fail-at-step" && step === Number(at)) Deno.exit(4);
    const value = kind === "nan-at-step" && step === Number(at) ? "null" : "0.5";
    // The first step is slow, as with every framework.
    const milliseconds = step === 1 ? 1000 : 10 + step;
    console.log(
      `{"milliseconds":${milliseconds},"losses":{"generator":${value}},"peakBytes":${step}}`,
    );
  }
}
