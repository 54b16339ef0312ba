import { join } from "@std/path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import type { Manifest } from "../../../../core/backends/tensorflow/cache.ts";
import { ensureLibrary, findLibrary } from "../../../../core/backends/tensorflow/library.ts";
import { AlteredLibraryError, verifyBuild } from "../../../../core/backends/tensorflow/verify.ts";
import { inTemporaryFolder } from "../../../temporary_folder.ts";
import { fakePython, skipScripts, SYSTEM, TARGET } from "./fake_wheel.ts";

const LIBRARY = "library.so";
const CONTENTS = "what was fetched";
const at = new Date("2020-01-01");

/** A build of one file, as old as can be. */
async function build(folder: string): Promise<Manifest> {
  const path = join(folder, LIBRARY);
  await Deno.writeTextFile(path, CONTENTS);
  await Deno.utime(path, at, at);
  const sha256 = createHash("sha256").update(CONTENTS).digest("hex");
  const files = [{ name: LIBRARY, size: CONTENTS.length, sha256 }];
  return { version: "1", library: LIBRARY, files, from: "a.whl" };
}

const noteOf = (folder: string): Promise<string> =>
  Deno.readTextFile(join(folder, "verified.json"));

/** Writes other contents of the same length into the same file, and sets its times back. */
async function alter(path: string): Promise<void> {
  const { length } = await Deno.readFile(path);
  await Deno.writeTextFile(path, "!".repeat(length));
  await Deno.utime(path, at, at);
}

describe("verifyBuild", () => {
  it("takes what was fetched, and refuses anything else, naming the file and what would work", () =>
    inTemporaryFolder(async (folder) => {
      const manifest = await build(folder);
      await verifyBuild(folder, manifest);
      await alter(join(folder, LIBRARY));
      const { message } = await assertRejects(
        () => verifyBuild(folder, manifest),
        AlteredLibraryError,
      );
      assertStringIncludes(message, `"${join(folder, LIBRARY)}" changed since it was fetched`);
      assertStringIncludes(message, "deno task setup");
    }));

  it("notes what it has hashed, and hashes it again only when the file looks otherwise", () =>
    inTemporaryFolder(async (folder) => {
      const manifest = await build(folder);
      await verifyBuild(folder, manifest, { settled: 0 });
      // Were it hashed, it would not be what this manifest and this note say.
      const [file] = manifest.files;
      const pretended = { ...manifest, files: [{ ...file!, sha256: "pretended" }] };
      const note = (await noteOf(folder)).replace(file!.sha256, "pretended");
      await Deno.writeTextFile(join(folder, "verified.json"), note);
      await verifyBuild(folder, pretended, { settled: 0 });
      // Another file in its place, of the same length and times.
      await Deno.copyFile(join(folder, LIBRARY), join(folder, "copy"));
      await Deno.utime(join(folder, "copy"), at, at);
      await Deno.rename(join(folder, "copy"), join(folder, LIBRARY));
      await assertRejects(
        () => verifyBuild(folder, pretended, { settled: 0 }),
        AlteredLibraryError,
      );
    }));

  it("recognises a file that was altered after it was noted, its length and times kept", () =>
    inTemporaryFolder(async (folder) => {
      const manifest = await build(folder);
      await verifyBuild(folder, manifest, { settled: 0 });
      const noted = await noteOf(folder);
      // Until the time of a change, in whole seconds, is another: nothing else tells of it.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await alter(join(folder, LIBRARY));
      await assertRejects(() => verifyBuild(folder, manifest, { settled: 0 }), AlteredLibraryError);
      assertEquals(await noteOf(folder), noted);
    }));

  it("relies on no file that was written a moment ago", () =>
    inTemporaryFolder(async (folder) => {
      const manifest = await build(folder);
      await verifyBuild(folder, manifest);
      await assertRejects(() => noteOf(folder), Deno.errors.NotFound);
    }));

  it("hashes where its note is damaged", () =>
    inTemporaryFolder(async (folder) => {
      const manifest = await build(folder);
      for (const damaged of ["", "{}", '{"library.so": 3}', "[]"]) {
        await Deno.writeTextFile(join(folder, "verified.json"), damaged);
        await verifyBuild(folder, manifest, { settled: 0 });
      }
      await alter(join(folder, LIBRARY));
      await Deno.writeTextFile(join(folder, "verified.json"), "{");
      await assertRejects(() => verifyBuild(folder, manifest), AlteredLibraryError);
    }));
});

describe("an altered library in the cache", { skip: skipScripts }, () => {
  it("is refused, not fetched anew unasked, and mended when that is asked for", () =>
    inTemporaryFolder(async (root) => {
      const fake = fakePython(root);
      const cache = join(root, "cache");
      const options = { cache, pythons: [fake.python], system: SYSTEM };
      const folder = join(cache, "libtensorflow", TARGET.key);
      for (const name of TARGET.files) {
        await ensureLibrary({ ...options, mend: true });
        const path = join(folder, name);
        await alter(path);
        await assertRejects(() => findLibrary(options), AlteredLibraryError, path);
        await assertRejects(() => ensureLibrary(options), AlteredLibraryError);
      }
      const before = fake.downloads().length;
      const { path } = await ensureLibrary({ ...options, mend: true });
      assertEquals(fake.downloads().length, before + 1);
      assert((await Deno.readTextFile(path)).startsWith("library "));
    }));

  it("is not loaded in place of the one that was verified", () =>
    inTemporaryFolder(async (root) => {
      const cache = join(root, "cache");
      const options = { cache, pythons: [fakePython(root).python], system: SYSTEM };
      await ensureLibrary(options);
      const folder = join(cache, "libtensorflow", TARGET.key);
      await Deno.writeTextFile(join(folder, "other.so"), "");
      const manifest = JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
      await Deno.writeTextFile(
        join(folder, "manifest.json"),
        JSON.stringify({ ...manifest, library: "other.so" }),
      );
      assertEquals(await findLibrary({ ...options, pythons: [] }), null);
    }));
});
