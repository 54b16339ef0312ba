import { join } from "@std/path";
import { assert, assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { type FakePython, fakePython, skipScripts, SYSTEM, TARGET, WHEEL } from "./fake_wheel.ts";

const LIBRARY = new URL("../../../../core/backends/tensorflow/library.ts", import.meta.url).href;
const FOREVER = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)";

let root: string;
let cache: string;

beforeEach(() => {
  root = Deno.makeTempDirSync({ prefix: "pairlab-interrupted-" });
  cache = join(root, "cache");
});

afterEach(() => Deno.removeSync(root, { recursive: true }));

/** Starts a process that fetches, prints each phase as it begins, and stands still in `stopIn`. */
function startFetch({ python }: FakePython, stopIn = ""): Deno.ChildProcess {
  const script = `
    import { ensureLibrary } from "${LIBRARY}";
    let last = "";
    const onProgress = ({ phase, done }) => {
      if (phase !== last) console.log(last = phase);
      if (phase === "${stopIn}") ${FOREVER};
    };
    const options = ${JSON.stringify({ cache, pythons: [python], system: SYSTEM })};
    console.log((await ensureLibrary({ ...options, onProgress })).path);
  `;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", script],
    env: { PAIRLAB_LIBTENSORFLOW: "" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** What a process prints, as it comes. */
function listen(process: Deno.ChildProcess): {
  waitFor(line: string): Promise<void>;
  lines(): Promise<string[]>;
} {
  let printed = "";
  let ended = false;
  let changed = Promise.withResolvers<void>();
  const end = (async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of process.stdout) {
      printed += decoder.decode(chunk);
      changed.resolve();
      changed = Promise.withResolvers();
    }
    ended = true;
    changed.resolve();
  })();
  return {
    waitFor: async (line) => {
      while (!printed.split("\n").includes(line)) {
        assert(!ended, `the process ended without "${line}", it printed "${printed}"`);
        await changed.promise;
      }
    },
    lines: async () => {
      await end;
      return printed.trim().split("\n");
    },
  };
}

function builds(): string[] {
  return [...Deno.readDirSync(join(cache, "libtensorflow"))].map(({ name }) => name).sort();
}

describe("a fetch", { skip: skipScripts }, () => {
  for (const phase of ["download", "unpack"]) {
    it(`that is killed in the phase ${phase} leaves nothing that passes for a library`, async () => {
      const fake = fakePython(root);
      const killed = startFetch(fake, phase);
      await listen(killed).waitFor(phase);
      killed.kill("SIGKILL");
      assertEquals((await killed.status).signal, "SIGKILL");
      assert(!builds().includes(TARGET.key), "the build is there");
      assert(builds().length > 1, "nothing was under way");

      const lines = await listen(startFetch(fake)).lines();
      assertEquals(lines.at(-1), join(cache, "libtensorflow", TARGET.key, TARGET.library));
      assertEquals(builds(), [TARGET.key, "lock"]);
    });
  }

  it("that is asked for by two processes at once happens once", async () => {
    // The download lasts until the other process says that it waits.
    const go = join(root, "go");
    const fake = fakePython(root, {
      download: `while [ ! -e "${go}" ]; do sleep 0.05; done; cp "${join(root, WHEEL)}" "$dest"`,
    });
    const first = listen(startFetch(fake));
    await first.waitFor("download");
    const second = listen(startFetch(fake));
    await second.waitFor("wait");
    Deno.writeTextFileSync(go, "");
    const path = join(cache, "libtensorflow", TARGET.key, TARGET.library);
    assertEquals(await first.lines(), ["download", "unpack", path]);
    assertEquals(await second.lines(), ["wait", path]);
    assertEquals(fake.downloads().length, 1);
  });
});
