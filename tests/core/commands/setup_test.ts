import { dirname, join } from "@std/path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { targetFor, thisSystem } from "../../../core/backends/tensorflow/target.ts";
import { fakePython, skipScripts } from "../backends/tensorflow/fake_wheel.ts";
import { libraryPath, skip } from "../backends/tensorflow/installed.ts";

const SETUP = fileURLToPath(new URL("../../../core/commands/setup.ts", import.meta.url));

let root: string;

beforeEach(() => {
  root = Deno.makeTempDirSync({ prefix: "pairlab-setup-" });
});

afterEach(() => Deno.removeSync(root, { recursive: true }));

/** Runs the command as its task does. */
async function setup(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const allowed = ["read", "write", "env", "sys", "ffi", "run"].map((name) => `--allow-${name}`);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...allowed, SETUP, ...args],
    env: { NO_COLOR: "1", PAIRLAB_LIBTENSORFLOW: "", PAIRLAB_CACHE: join(root, "cache"), ...env },
  }).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), err: decode(stderr) };
}

describe("deno task setup", () => {
  it("shows its help", async () => {
    const { code, out } = await setup(["--help"]);
    assertEquals(code, 0);
    for (const word of ["deno task setup", "PAIRLAB_LIBTENSORFLOW", "PAIRLAB_CACHE"]) {
      assertStringIncludes(out, word);
    }
  });

  it("refuses what it does not know", async () => {
    const { code, err } = await setup(["--nonsense"]);
    assert(code !== 0);
    assertStringIncludes(err, "--nonsense");
  });

  it("says where the library is and that it works, and nothing else", { skip }, async () => {
    const { code, out, err } = await setup([], { PAIRLAB_LIBTENSORFLOW: dirname(libraryPath) });
    assertEquals([code, err], [0, ""]);
    const [where, works] = out.split("\n") as [string, string];
    assertEquals(where, `${libraryPath} (named in PAIRLAB_LIBTENSORFLOW)`);
    assert(/^TensorFlow 2\.\d+\.\d+ works: /.test(works), works);
  });

  const target = targetFor(thisSystem());
  const fakes = skipScripts || target === null || target.pipPlatform !== "manylinux_2_27_x86_64";
  it("fetches it, and says so if what it got does not load", { skip: fakes }, async () => {
    fakePython(root);
    const path = `${root}:${Deno.env.get("PATH")}`;
    const { code, out, err } = await setup([], { PATH: path });
    assertEquals(code, 1);
    assert(/^Downloading TensorFlow \(\d+ MB\)\nUnpacking TensorFlow/.test(out), out);
    assertStringIncludes(err, "Cannot load TensorFlow's library");
    assert(!err.includes("    at "), err);
  });
});
