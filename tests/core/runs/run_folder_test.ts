import { STANDARD } from "../../../core/experiment/parameters.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { PairlabError } from "../../../core/base/errors.ts";
import { refuseLinks } from "../../../core/base/files.ts";
import {
  checkNewFolder,
  createRunFolder,
  defaultRunFolder,
  readRunRecord,
  recordPath,
  runIdentity,
  type RunRecord,
  writeRunRecord,
} from "../../../core/runs/run_folder.ts";
import { lockRun } from "../../../core/base/lock.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyShape } from "../train/tiny.ts";

const record: RunRecord = {
  format: 1,
  experiment: { name: "tiny", module: "tiny", source: "", sha256: "", imports: [] },
  parameters: { ...STANDARD, epochs: 1, dataset: "dataset", mirror: true },
  limit: null,
  seed: 23,
  shape: tinyShape,
  data: { description: "noise", fingerprint: "noise" },
  predictions: [{ callback: "samples", mode: "paper", weights: "trained" }],
  engine: { name: "cpu", version: "4.22.0", threads: 1, compile: "off", machine: "a machine" },
  repeats: "bit for bit",
  notFinite: "stop",
  versions: { pairlab: "0.1.0" },
  commit: null,
  started: "2026-11-23T17:30:00.000Z",
};

describe("a run folder", () => {
  it("is named by the experiment and the time", () => {
    assertEquals(
      defaultRunFolder("flowers", new Date("2026-11-23T17:30:05Z")),
      join("runs", "flowers-20261123-173005"),
    );
  });

  it("gives its record back", () =>
    inTemporaryFolder(async (folder) => {
      await createRunFolder(join(folder, "deep", "run"), record);
      assertEquals(await readRunRecord(join(folder, "deep", "run")), record);
    }));

  it("is not begun where there is something already", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "thesis.tex"), "");
      await assertRejects(() => createRunFolder(folder, record), PairlabError, '"thesis.tex"');
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["thesis.tex"]);
    }));

  it("says so when a folder is none", () =>
    inTemporaryFolder(async (folder) => {
      await assertRejects(() => readRunRecord(folder), PairlabError, "it has no run.json");
    }));

  it("names the field of a record that is off", () =>
    inTemporaryFolder(async (folder) => {
      const wrong = { ...record, seed: "twenty-three" };
      await Deno.writeTextFile(join(folder, "run.json"), JSON.stringify(wrong));
      await assertRejects(() => readRunRecord(folder), PairlabError, "seed");
    }));

  it("takes what a run leaves that was stopped before it began, and nothing else", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, ".run.json.part-0123abcd"), "{");
      await Deno.writeTextFile(join(folder, "lock"), "123 on a machine\n");
      await checkNewFolder(folder);
      await Deno.writeTextFile(join(folder, "lock"), "a diary");
      await assertRejects(() => checkNewFolder(folder), PairlabError, '"lock"');
    }));

  it("is refused to the second of two runs that begin in it at once", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "run");
      const locks: Disposable[] = [];
      const lock = async (at: string): Promise<void> => void locks.push(await lockRun(at));
      const seeds = [1, 2];
      const ends = await Promise.allSettled(
        seeds.map((seed) => createRunFolder(path, { ...record, seed }, lock)),
      );
      const [winner] = ends.flatMap(({ status }, index) => status === "fulfilled" ? [index] : []);
      assertEquals(ends.filter(({ status }) => status === "fulfilled").length, 1);
      assertEquals((await readRunRecord(path)).seed, seeds[winner!]);
      for (const held of locks) held[Symbol.dispose]();
    }));

  it("tells a record that was altered, whatever of it, and takes one that is laid out otherwise", () =>
    inTemporaryFolder(async (folder) => {
      await writeRunRecord(folder, record);
      const text = await Deno.readTextFile(recordPath(folder));
      await Deno.writeTextFile(recordPath(folder), JSON.stringify(JSON.parse(text)));
      assertEquals(await readRunRecord(folder), record);
      for (
        const [from, to] of [['"seed": 23', '"seed": 24'], ["noise", "nois3"], ["true", "false"]]
      ) {
        await Deno.writeTextFile(recordPath(folder), text.replace(from!, to!));
        await assertRejects(() => readRunRecord(folder), PairlabError, "its contents changed");
      }
    }));

  it("is known by its beginning, not by how it went on", () => {
    const going = { step: 3, time: "", engine: record.engine, parameters: {}, notFinite: "stop" };
    const identity = runIdentity(JSON.stringify(record));
    assertEquals(
      runIdentity(JSON.stringify({ ...record, resumed: [going], sha256: "1" })),
      identity,
    );
    assert(runIdentity(JSON.stringify({ ...record, seed: 24 })) !== identity);
  });

  it("is refused with a link in it, wherever that leads", () =>
    inTemporaryFolder(async (folder) => {
      for (const [name, target] of [["samples", "/tmp"], ["lock", "run.json"], ["a", "nowhere"]]) {
        await writeRunRecord(folder, record);
        await Deno.symlink(target!, join(folder, name!));
        await assertRejects(() => readRunRecord(folder), PairlabError, `"${name}" in it is a link`);
        await assertRejects(() => refuseLinks(folder), PairlabError);
        await Deno.remove(join(folder, name!));
      }
      await Deno.mkdir(join(folder, "checkpoints", "epoch-0001"), { recursive: true });
      await Deno.symlink("/etc/passwd", join(folder, "checkpoints", "epoch-0001", "state.json"));
      await assertRejects(() => readRunRecord(folder), PairlabError, "state.json");
    }));

  it("gives its lock to no link, and what that leads to stays as it is", () =>
    inTemporaryFolder(async (folder) => {
      const precious = join(folder, "precious");
      await Deno.writeTextFile(precious, "thesis");
      await Deno.symlink(precious, join(folder, "lock"));
      await assertRejects(() => lockRun(folder), PairlabError, "is a link");
      assertEquals(await Deno.readTextFile(precious), "thesis");
    }));

  it("locks nothing, and is of use all the same, where a file system keeps no locks", () =>
    inTemporaryFolder(async (folder) => {
      const { tryLock } = Deno.FsFile.prototype;
      const refuse = (code: string): void => {
        Deno.FsFile.prototype.tryLock = () =>
          Promise.reject(Object.assign(new Error(code), { code }));
      };
      try {
        refuse("ENOLCK");
        (await lockRun(folder))[Symbol.dispose]();
        refuse("EIO");
        await assertRejects(() => lockRun(folder), PairlabError, "EIO");
      } finally {
        Deno.FsFile.prototype.tryLock = tryLock;
      }
    }));
});
