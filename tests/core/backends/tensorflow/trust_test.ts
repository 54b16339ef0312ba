import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { EngineError } from "../../../../core/backends/engine_error.ts";
import { refuseWritableByOthers } from "../../../../core/backends/tensorflow/trust.ts";
import { inTemporaryFolder } from "../../../temporary_folder.ts";

const posix = { skip: Deno.build.os === "windows" };
/** Only root can give files away. */
const root = { skip: Deno.build.os === "windows" || Deno.uid() !== 0 };

/** A cache with a library in it, as it is fetched. */
async function withCache(
  body: (library: string, cache: string, build: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const cache = join(folder, "cache"), build = join(cache, "libtensorflow", "build");
    await Deno.mkdir(build, { recursive: true, mode: 0o755 });
    const library = join(build, "libtensorflow.so.2");
    await Deno.writeTextFile(library, "", { mode: 0o644 });
    await body(library, cache, build);
  });
}

async function refused(library: string, cache: string | undefined, words: string): Promise<void> {
  await assertRejects(() => refuseWritableByOthers(library, cache), EngineError, words);
}

describe("a library that others could replace", posix, () => {
  it("is loaded where only its owner writes, below a sticky folder such as /tmp, too", () =>
    withCache(async (library, cache) => {
      await refuseWritableByOthers(library, cache);
      await Deno.chmod(cache, 0o1777);
      await refuseWritableByOthers(library);
    }));

  it("is rejected if every user can write the file, its folder, or one above", () =>
    withCache(async (library, cache, build) => {
      for (const [path, mode] of [[library, 0o646], [build, 0o757], [cache, 0o777]] as const) {
        const { mode: before } = await Deno.stat(path);
        await Deno.chmod(path, mode);
        await refused(library, cache, `every user can write to "${path}"`);
        // A path that the user or Python names is held to the same.
        await refused(library, undefined, `chmod go-w "${path}"`);
        await Deno.chmod(path, before! & 0o777);
      }
      await refuseWritableByOthers(library, cache);
    }));

  it("is rejected behind a link, too", () =>
    withCache(async (library, cache) => {
      await Deno.symlink(cache, `${cache}-link`);
      await Deno.chmod(cache, 0o777);
      const linked = library.replace(cache, `${cache}-link`);
      await refused(linked, `${cache}-link`, "every user can write");
    }));

  it(
    "is loaded from a cache of the user's own group, and from no other group's",
    root,
    () =>
      withCache(async (library, cache, build) => {
        await Deno.chmod(build, 0o775);
        await refuseWritableByOthers(library, cache);
        await Deno.chown(build, null, 12345);
        await refused(library, cache, `the group 12345 can write to "${build}"`);
      }),
  );

  it(
    "is rejected in a cache that belongs to somebody else",
    root,
    () =>
      withCache(async (library, cache) => {
        await Deno.chown(library, 12345, null);
        await refused(library, cache, `the user 12345 can write to "${library}"`);
        // Python's packages are as trustworthy as the Python that is asked for them.
        await refuseWritableByOthers(library);
      }),
  );
});

describe("the Python that is asked for TensorFlow", posix, () => {
  it("imports nothing from the current folder, and nothing that PYTHONPATH names", () =>
    inTemporaryFolder(async (folder) => {
      const mark = join(folder, "ran");
      const code = `open(${JSON.stringify(mark)}, "a").write(__name__)\n`;
      for (const name of ["json", "ctypes", "runpy", "pip", "site"]) {
        await Deno.writeTextFile(join(folder, `${name}.py`), code);
      }
      await Deno.mkdir(join(folder, "tensorflow"));
      await Deno.writeTextFile(join(folder, "tensorflow", "__init__.py"), code);
      await Deno.writeTextFile(join(folder, "tensorflow", "libtensorflow_cc.so.2"), "none");
      const python = import.meta.resolve("../../../../core/backends/tensorflow/python.ts");
      const script = `import { findPythonTensorflow, pythonWithPip } from ${JSON.stringify(python)};
        const found = await findPythonTensorflow(["python3"], "libtensorflow_cc.so.2");
        await pythonWithPip(["python3"]);
        console.log(found === null || !found.path.startsWith(Deno.cwd()));`;
      await Deno.writeTextFile(join(folder, "ask.ts"), script);
      const config = new URL("../../../../deno.json", import.meta.url).pathname;
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--config", config, join(folder, "ask.ts")],
        cwd: folder,
        env: { PYTHONPATH: folder, NO_COLOR: "1" },
      }).output();
      const text = new TextDecoder();
      assertEquals([text.decode(stdout).trim(), text.decode(stderr)], ["true", ""]);
      await assertRejects(() => Deno.stat(mark), Deno.errors.NotFound);
    }));
});
