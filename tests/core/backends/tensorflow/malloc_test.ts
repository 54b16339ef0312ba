import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { skip } from "./installed.ts";

const reason = skip || (Deno.build.os !== "linux" && "only glibc is told to keep memory");

describe("what TensorFlow's kernels free", { skip: reason }, () => {
  it("is kept for the next time instead of being given back to the system", async () => {
    const script = fileURLToPath(import.meta.resolve("./page_faults.ts"));
    const args = ["run", "--allow-read", "--allow-env", "--allow-sys", "--allow-ffi"];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--allow-run", "--no-check", script],
      stdout: "piped",
      stderr: "piped",
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const faults = Number(new TextDecoder().decode(stdout).trim().split("\n").at(-1));
    // What is given back comes again page by page: 4x4x512x1024 numbers, eight times.
    const pages = 4 * 4 * 512 * 1024 * 4 / 4096;
    assert(faults < 4 * pages, `${faults} page faults, where 8 times ${pages} pages were needed`);
  });
});
