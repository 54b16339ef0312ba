import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { vectors } from "../../../../core/backends/tensorflow/processor.ts";
import { configProto, loadRuntime } from "../../../../core/backends/tensorflow/runtime.ts";
import { openLibrary } from "../../../../core/backends/tensorflow/symbols.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { libraryPath, skip } from "./installed.ts";

describe("configProto", () => {
  // By hand from config.proto: fields 2 and 5 are varints, field 6 holds field 4 = true.
  it("encodes the threads of an operation and between operations, and a GPU's growing memory", () => {
    assertEquals([...configProto(4)], [0x10, 4, 0x28, 4, 0x32, 2, 0x20, 1]);
  });

  it("encodes numbers that take more than one byte", () => {
    assertEquals([...configProto(300)].slice(0, 6), [0x10, 0xac, 0x02, 0x28, 0xac, 0x02]);
  });
});

describe("openLibrary", () => {
  it("says which file cannot be loaded, and what would work", () => {
    const { message } = assertThrows(() => openLibrary("no/such/library.so"), PairlabError);
    assert(message.startsWith('Cannot load TensorFlow\'s library "no/such/library.so": '), message);
    assert(message.includes("--backend=wasm"), message);
  });
});

describe("openLibrary of a library that lacks a function", { skip }, () => {
  it("says so, and the process ends as it should", () => {
    const module = new URL("../../../../core/backends/tensorflow/symbols.ts", import.meta.url).href;
    // TensorFlow's other library has no function of the eager API.
    const other = libraryPath.replace("libtensorflow_cc", "libtensorflow_framework");
    const script = `
      import { openLibrary } from "${module}";
      try {
        openLibrary(${JSON.stringify(other)});
      } catch (error) {
        console.log(error.name, error.message);
      }`;
    const { code, stdout } = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", script],
      env: { NO_COLOR: "1" },
    }).outputSync();
    const said = new TextDecoder().decode(stdout);
    assert(/^PairlabError Cannot load TensorFlow's library .*TensorFlow 2\.16/.test(said), said);
    assertEquals(code, 0);
  });
});

describe("loadRuntime", { skip }, () => {
  it("keeps the number of threads that the process started with", () => {
    const first = loadRuntime(libraryPath, { threads: 1 });
    const second = loadRuntime(libraryPath, { threads: 2 });
    assertEquals([first.threads, second.threads], [1, 1]);
    assert(/^2\.\d+\.\d+/.test(first.version), first.version);
    first.close();
    second.close();
  });

  it("refuses a number of threads that there cannot be", () => {
    const error = "Cannot compute with 0 threads";
    // In a process of its own, as this one has its number already.
    const module = new URL("../../../../core/backends/tensorflow/runtime.ts", import.meta.url).href;
    const script = `import { loadRuntime } from "${module}";
      loadRuntime(${JSON.stringify(libraryPath)}, { threads: 0 });`;
    const { code, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", script],
      env: { NO_COLOR: "1" },
    }).outputSync();
    assertEquals(code, 1);
    assert(new TextDecoder().decode(stderr).includes(error));
  });
});

describe("loadRuntime", { skip }, () => {
  /** What `TF_ENABLE_ONEDNN_OPTS` is in a process of its own after TensorFlow was loaded. */
  async function oneDnnOf(oneDnn: boolean, given?: string): Promise<string> {
    const url = (file: string): string =>
      new URL(`../../../../core/backends/tensorflow/${file}`, import.meta.url).href;
    const script = `
      import { loadRuntime } from "${url("runtime.ts")}";
      loadRuntime(${JSON.stringify(libraryPath)}, { oneDnn: ${oneDnn} }).close();
      console.log(Deno.env.get("TF_ENABLE_ONEDNN_OPTS") ?? "unset");
      Deno.exit(0);`;
    const environment: Record<string, string> = { ...Deno.env.toObject(), NO_COLOR: "1" };
    delete environment["TF_ENABLE_ONEDNN_OPTS"];
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", script],
      clearEnv: true,
      env: { ...environment, ...given !== undefined && { TF_ENABLE_ONEDNN_OPTS: given } },
    }).output();
    return new TextDecoder().decode(stdout).trim();
  }

  it("asks for oneDNN's kernels where that is wanted, and does not overrule the user", async () => {
    const wanted = vectors() === "other" ? "unset" : "1";
    assertEquals(await oneDnnOf(true), wanted);
    assertEquals(await oneDnnOf(false), "unset");
    assertEquals(await oneDnnOf(true, "0"), "0");
  });
});
