import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";

/** Of each plug-in in `faulty_plugins.ts`: what its suite says to whoever wrote it. */
const SAID: Readonly<Record<string, string>> = {
  "a generator that leaves -1…1": "end with tanh",
  "a generator without names": "give every layer a `name`",
  "a generator without a seed": "derive the seed of each layer's initializer",
  "a generator with a dead end": "idle/kernel has no gradient: every layer must contribute",
  "a loss of the first picture": "no gradient reaches picture 2 of 3",
  "a loss with a bare root": "a root, logarithm or quotient needs an epsilon",
  "a loss that keeps": "tf.keep and tf.variable belong into `prepare`",
  "a loss that counts": "a term must follow from the views alone",
  "an optimizer with a hidden memory": "all that it remembers belongs into `state`",
  "a schedule that remembers": "it must remember nothing",
  "an augment of one side": "draw once for both, or tell the suite { joint: false }",
  "a degradation in place": "copy data.slice() first",
  "data of another fingerprint each time": "a run could not be resumed",
  "a metric of the whole batch": "no mean over the batch",
  "a callback that forgets": "what it must remember belongs into `state`",
  "a callback that remembers Infinity": "its state is Infinity: checkpoints keep JSON",
  "a callback with a slip": 'Did you mean "onEpochEnd"?',
  "a callback that throws": "Its onEpochEnd threw, which ends a training: no more paper",
  "a callback with an unnamed record": "it records pace: name that in its `records: [...]`",
  "a callback with tensors": "Its onStepEnd leaves tensors behind",
};

describe("the suites", () => {
  it("find the fault of each faulty plug-in, and say what to do about it", async () => {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "--allow-all",
        "--no-check",
        fileURLToPath(new URL("faulty_plugins.ts", import.meta.url)),
      ],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "null",
    }).output();
    const output = new TextDecoder().decode(stdout);
    assert(!success, output);
    const [, errors = ""] = output.split("\n ERRORS \n");
    const blocks = errors.split("\n\n").map((block) => block.trim());
    for (const [plugin, words] of Object.entries(SAID)) {
      const about = blocks.filter((block) => block.startsWith(`[${plugin}]`));
      assert(about.some((block) => block.includes(words)), `${plugin}: ${about.join("\n")}`);
    }
  });
});
