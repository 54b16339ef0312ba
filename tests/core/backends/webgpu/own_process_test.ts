import { dirname, join } from "@std/path";
import { fileURLToPath } from "node:url";
import { assert } from "@std/assert";
import { it } from "@std/testing/bdd";
import { OWN_PROCESS } from "./adapter.ts";

const here = dirname(fileURLToPath(import.meta.url));

it(
  "the engine webgpu passes its tests in a process without TensorFlow",
  { skip: Deno.env.has(OWN_PROCESS) && "this is that process" },
  async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["test", "-A", "--no-check", here],
        join(here, "..", "..", "doctor", "engines_test.ts"),
        join(here, "..", "..", "..", "fidelity"),
      ],
      env: { [OWN_PROCESS]: "1", NO_COLOR: "1" },
    }).output();
    const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    assert(success, decode(stdout) + decode(stderr));
  },
);
