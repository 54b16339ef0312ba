import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { libraryPath, skip } from "./installed.ts";

const RUNTIME = new URL("../../../../core/backends/tensorflow/runtime.ts", import.meta.url);

/** Starts TensorFlow in a process of its own, which then writes a line to standard error. */
async function standardErrorOf(env: Record<string, string>): Promise<string> {
  const script = `
    import { loadRuntime } from ${JSON.stringify(RUNTIME.href)};
    loadRuntime(${JSON.stringify(libraryPath)}).close();
    console.error("afterwards");
    Deno.exit(0);
  `;
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", script],
    env: { NO_COLOR: "1", ...env },
  }).output();
  return new TextDecoder().decode(stderr);
}

describe("silenced", { skip }, () => {
  it("keeps TensorFlow's log from standard error, which works again afterwards", async () => {
    assertEquals(await standardErrorOf({}), "afterwards\n");
  });

  it("shows the log to whoever asks for it", async () => {
    const log = await standardErrorOf({ TF_CPP_MIN_LOG_LEVEL: "0" });
    assertStringIncludes(log, "cpu_feature_guard");
    assertStringIncludes(log, "afterwards");
  });
});
