import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import settings from "../../../deno.json" with { type: "json" };
import { inTemporaryFolder } from "../../temporary_folder.ts";

/** Every task but one fetches missing packages before anything else. */
const FETCHES_FIRST = "deno task -q packages && ";

/** The permissions of each task that runs a command. */
const granted = new Map(
  Object.entries(settings.tasks)
    .filter(([, { command }]) => command.startsWith(FETCHES_FIRST) && command.includes("deno run "))
    .map(([task, { command }]) => [
      task,
      command.split(" ").filter((word) => word.startsWith("--allow")),
    ]),
);

const tasksWith = (permission: string): string[] =>
  [...granted].filter(([, words]) => words.includes(permission)).map(([task]) => task).sort();

describe("the tasks of deno.json", () => {
  it("give no command the network, or all permissions; watch and serve addresses of their own", () => {
    const addresses: Readonly<Record<string, string>> = {
      watch: " --allow-net=127.0.0.1,localhost,[::1] ",
      serve: " --allow-net=127.0.0.1,localhost,[::1],0.0.0.0,[::] ",
      // The tests ask the servers that they start.
      test: " --allow-net=127.0.0.1,localhost,[::1],0.0.0.0 ",
    };
    for (const [task, { command: given }] of Object.entries(settings.tasks)) {
      const command = given.replace(addresses[task] ?? " ", " ");
      assert(!/--allow-(net|all|import|hrtime)\b|(^|\s)-\w*A/.test(command), command);
    }
  });

  it("each say what they do", () => {
    for (const { description } of Object.values(settings.tasks)) {
      assert(/^[A-Z]/.test(description), description);
    }
  });

  it("keep the package manager's lines from the user", () => {
    for (const { command } of Object.values(settings.tasks)) {
      assert(!/deno run (?!-q )/.test(command), command);
    }
    for (const [task, { command }] of Object.entries(settings.tasks)) {
      const needsPackages = /deno (run|test|check) /.test(command);
      assertEquals(needsPackages, command.includes(FETCHES_FIRST), task);
    }
    // Otherwise Deno fetches them before the task, and prints a line for each.
    assertEquals(settings.nodeModulesDir, "manual");
  });

  it("let only those start programs that look for Python, ask the compiler or start cells", () => {
    assertEquals(tasksWith("--allow-run"), [
      ...["ablate", "bench", "doctor", "evaluate", "resume", "setup", "train"],
    ]);
  });

  it("let the list of experiments and the live page write nothing, and the page only read", () => {
    assert(!tasksWith("--allow-write").includes("list"));
    const words = granted.get("watch")!.map((word) => word.split("=")[0]);
    assertEquals(words, ["--allow-read", "--allow-env", "--allow-net"]);
  });

  it("let the server write nothing and start nothing, and what exports start nothing", () => {
    const words = granted.get("serve")!.map((word) => word.split("=")[0]);
    assertEquals(words, [
      ...["--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", "--allow-net"],
    ]);
    for (const task of ["export", "import", "demo"]) {
      assertEquals(granted.get(task), [
        ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-ffi"],
      ]);
    }
  });
});

describe("a command that is sent where Deno lets no task", () => {
  it(
    "says so, without a trace of the stack",
    { skip: Deno.build.os === "windows" },
    () =>
      inTemporaryFolder(async (folder) => {
        const program = import.meta.resolve("../../../core/base/program.ts");
        const script = join(folder, "write.ts");
        await Deno.writeTextFile(
          script,
          `import { runCommand } from ${JSON.stringify(program)};
        await runCommand(() => Deno.mkdir("/dev/pairlab"));`,
        );
        const config = fileURLToPath(import.meta.resolve("../../../deno.json"));
        const options = ["--no-check", "--no-prompt", "--config", config];
        const { code, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", ...options, ...granted.get("predict")!, script],
          env: { NO_COLOR: "1" },
          stdout: "null",
          stderr: "piped",
        }).output();
        assertEquals([code, new TextDecoder().decode(stderr)], [
          1,
          'Cannot continue: Deno gives no task access to "/dev/pairlab". Use another place.\n',
        ]);
      }),
  );
});

describe("predict, which may not start programs", () => {
  it("looks for TensorFlow where none is fetched without asking Python, and says what fetches it", () =>
    inTemporaryFolder(async (cache) => {
      const library = import.meta.resolve("../../../core/backends/engine.ts");
      const script = join(cache, "start.ts");
      await Deno.writeTextFile(
        script,
        `import { startEngine } from ${JSON.stringify(library)};
        try { await startEngine("tensorflow", { fetch: false }); } catch ({ message }) {
          console.log(message);
        }`,
      );
      const config = fileURLToPath(import.meta.resolve("../../../deno.json"));
      const options = ["--no-check", "--no-prompt", "--config", config];
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", ...options, ...granted.get("predict")!, script],
        env: { PAIRLAB_CACHE: cache, PAIRLAB_LIBTENSORFLOW: "", NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }).output();
      const [printed, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert(printed!.includes('Run "deno task setup" to fetch it'), `${printed}${complaint}`);
    }));
});
