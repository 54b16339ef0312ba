import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readFileSync } from "node:fs";
import {
  type Feature,
  hasFeature,
  vectors,
} from "../../../../core/backends/tensorflow/processor.ts";

/** What the system says, where this process may read it. */
function flags(): Set<string> | undefined {
  try {
    const text = readFileSync("/proc/cpuinfo", "utf8");
    return new Set(/^flags.*$/m.exec(text)?.[0].split(/\s+/));
  } catch {
    return undefined;
  }
}

describe("the processor", () => {
  const given = Deno.build.os === "linux" && Deno.build.arch === "x86_64" ? flags() : undefined;
  const skip = given === undefined && "its flags cannot be read here";

  it("has the features that the system lists", { skip }, () => {
    const features: Feature[] = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];
    const found = features.map(hasFeature);
    assertEquals(found, features.map((feature) => given!.has(feature)));
  });

  it("counts as one with narrower vectors if oneDNN is limited to them", { skip }, () => {
    const before = Deno.env.get("ONEDNN_MAX_CPU_ISA");
    try {
      Deno.env.set("ONEDNN_MAX_CPU_ISA", "avx2");
      assertEquals(vectors(), given!.has("avx2") ? "AVX2" : "other");
    } finally {
      if (before === undefined) Deno.env.delete("ONEDNN_MAX_CPU_ISA");
      else Deno.env.set("ONEDNN_MAX_CPU_ISA", before);
    }
  });
});
