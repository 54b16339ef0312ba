import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Check } from "../../../core/doctor/check.ts";
import { checkEngines } from "../../../core/doctor/engines.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { OWN_PROCESS, skip } from "../backends/webgpu/adapter.ts";

describe("checkEngines", () => {
  // A library that this machine names would be found in spite of the options.
  const elsewhere = !Deno.env.has(OWN_PROCESS)
    ? "it opens WebGPU, and runs with its tests"
    : Deno.env.get("PAIRLAB_LIBTENSORFLOW")
    ? "PAIRLAB_LIBTENSORFLOW is set"
    : false;

  it(
    "finds the engines that work, and what TensorFlow would take where it is not",
    { skip: elsewhere },
    async () => {
      await inTemporaryFolder(async (folder) => {
        const system = { os: "linux", arch: "x86_64", nvidia: false } as const;
        const checks = await checkEngines({ library: { cache: folder, pythons: [], system } });
        assertEquals(checks.map(({ name, state }) => [name, state]), [
          ["engine tensorflow", "missing"],
          ["engine webgpu", skip ? "missing" : "ok"],
          ["engine wasm", "ok"],
          ["engine cpu", "ok"],
        ]);
        const [tensorflow, webgpu, wasm] = checks as [Check, Check, Check];
        if (!skip) {
          assertMatch(webgpu.found, /\nadapter: .+ware.*, tensors up to \d+ MiB/);
        }
        assertStringIncludes(tensorflow.remedy ?? "", '"deno task setup" fetches it (274 MB');
        assertMatch(wasm.found, /^[\d.]+ \(SIMD, \d+ threads?\): [\d.e+-]+ GFLOP\/s/);
      });
    },
  );

  it("says where there is no TensorFlow for a system at all", { skip: elsewhere }, async () => {
    await inTemporaryFolder(async (folder) => {
      const system = { os: "windows", arch: "x86_64", nvidia: false } as const;
      const [tensorflow] = await checkEngines({ library: { cache: folder, pythons: [], system } });
      assertEquals(tensorflow?.state, "missing");
      assertStringIncludes(tensorflow?.remedy ?? "", "there is none for Windows on x86_64");
    });
  });
});
