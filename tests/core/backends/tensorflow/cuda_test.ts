import { join } from "@std/path";
import { createHash } from "node:crypto";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  CUDA_LIBRARIES,
  CUDA_PACKAGES,
  type CudaPackage,
  ensureCuda,
  findCuda,
  loadCuda,
} from "../../../../core/backends/tensorflow/cuda.ts";
import { findDriver } from "../../../../core/backends/tensorflow/driver.ts";
import { prepareGpu } from "../../../../core/backends/tensorflow/gpu.ts";
import { EngineError } from "../../../../core/backends/engine_error.ts";
import { checkNvidia } from "../../../../core/doctor/machine.ts";
import { inTemporaryFolder } from "../../../temporary_folder.ts";
import { fakePython, skipScripts, zip } from "./fake_wheel.ts";

/** A package as NVIDIA makes them, in small. */
function writePackage(folder: string, name: string): CudaPackage {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files: Record<string, Uint8Array> = {
    [`nvidia/${name}/__init__.py`]: encode(""),
    [`nvidia/${name}/lib/lib${name}.so.12`]: encode(`the library ${name}`),
    [`nvidia/${name}/include/${name}.h`]: encode("not needed"),
  };
  const record = Object.entries(files).map(([path, content]) =>
    `${path},sha256=${createHash("sha256").update(content).digest("base64url")},${content.length}\n`
  );
  const wheel = zip({ ...files, "nvidia.dist-info/RECORD": encode(record.join("")) });
  Deno.writeFileSync(join(folder, `${name}.wheel`), wheel);
  const sha256 = createHash("sha256").update(wheel).digest("hex");
  return { package: name, version: "12.9", sha256 };
}

/** The requirement is the last argument: it says which package is copied. */
const COPY = 'for one; do :; done; cp "$(dirname "$0")/${one%%==*}.wheel" "$dest/package.whl"';

describe("CUDA's libraries", { skip: skipScripts }, () => {
  it("are fetched once, package by package, each in its place to the others", async () => {
    await inTemporaryFolder(async (folder) => {
      const packages = ["cudart", "cublas"].map((name) => writePackage(folder, name));
      const { python, downloads } = fakePython(folder, { download: COPY });
      const cache = join(folder, "cache");
      const said: string[] = [];
      const options = {
        ...{ cache, packages, pythons: [python], onProgress: () => {} },
        onPackage: (name: string, index: number, count: number) =>
          void said.push(`${name}, ${index} of ${count}`),
      };
      assertEquals(await findCuda(cache), null);
      const found = await ensureCuda(options);
      assertEquals(said, ["cudart 12.9, 1 of 2", "cublas 12.9, 2 of 2"]);
      assertEquals(
        await Deno.readTextFile(join(found, "cublas", "lib", "libcublas.so.12")),
        "the library cublas",
      );
      assertEquals([...Deno.readDirSync(join(found, "cublas"))].map(({ name }) => name), ["lib"]);
      assertEquals(await ensureCuda(options), found);
      assertEquals(downloads().length, 2);
      await Deno.writeTextFile(
        join(found, "cublas", "lib", "libcublas.so.12"),
        "another library...",
      );
      await assertRejects(() => findCuda(cache), EngineError);
    });
  });

  it("are refused where the index gives other packages than the pinned ones, and nothing is left", async () => {
    await inTemporaryFolder(async (folder) => {
      const packages = [{ ...writePackage(folder, "cudart"), sha256: "0".repeat(64) }];
      const { python } = fakePython(folder, { download: COPY });
      const options = { cache: folder, packages, pythons: [python], onProgress: () => {} };
      await assertRejects(() => ensureCuda(options), EngineError, "is not the one that was pinned");
      assertEquals(await findCuda(folder), null);
    });
  });

  it("are pinned by version and hash", () => {
    for (const { package: name, version, sha256 } of CUDA_PACKAGES) {
      assertMatch(name, /^nvidia-[a-z-]+-cu12$/);
      assertMatch(version, /^\d+(\.\d+)+$/);
      assertMatch(sha256, /^[0-9a-f]{64}$/);
    }
  });
});

describe("loading for an NVIDIA card", { skip: Deno.build.os !== "linux" && "Linux only" }, () => {
  it("names the libraries that do not load, and no other", async () => {
    assertEquals(await loadCuda(null, ["libc.so.6", "libnone.so.12"]), ["libnone.so.12"]);
  });

  it("finds no driver where there is none", () => {
    assertEquals(findDriver("libnone.so.1"), null);
  });

  it("says in plain words why a card is not used", async () => {
    await inTemporaryFolder(async (cache) => {
      assertEquals(await prepareGpu(cache, { cuda: "12.8", cards: [] }), null);
      const old = await prepareGpu(cache, { cuda: "11.4", cards: ["Tesla K80"] });
      assertMatch(
        old?.whyNot ?? "",
        /^Tesla K80 is not used, since its driver runs CUDA 11.4 at most/,
      );
      const gpu = await prepareGpu(cache, { cuda: "12.8", cards: ["H100"] });
      assert(gpu !== null);
      assert(gpu.missing.every((name) => CUDA_LIBRARIES.includes(name)));
      assertMatch(gpu.whyNot, /^H100 is not used, since .*"deno task setup --gpu" fetches it$/);
    });
  });

  it("is reported by doctor where there is a driver, and not elsewhere", async () => {
    assertEquals(await checkNvidia(null), []);
    const [blind] = await checkNvidia({ cuda: "12.8", cards: [] });
    assertEquals(blind?.found, "driver for CUDA 12.8, which sees no card");
    const [check] = await checkNvidia({ cuda: "12.8", cards: ["H100"] });
    assertMatch(check?.found ?? "", /^H100, driver for CUDA 12.8/);
  });
});
