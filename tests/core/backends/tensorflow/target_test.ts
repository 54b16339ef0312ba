import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { targetFor } from "../../../../core/backends/tensorflow/target.ts";

describe("targetFor", () => {
  it("knows the packages on the Python package index", () => {
    const known = ([os, arch, nvidia]: ["linux" | "darwin", "x86_64" | "aarch64", boolean]) => {
      const target = targetFor({ os, arch, nvidia });
      return [target?.package, target?.pipPlatform, target?.library];
    };
    assertEquals(known(["linux", "x86_64", false]), [
      "tensorflow-cpu",
      "manylinux_2_27_x86_64",
      "libtensorflow_cc.so.2",
    ]);
    assertEquals(known(["linux", "x86_64", true]), [
      "tensorflow",
      "manylinux_2_27_x86_64",
      "libtensorflow_cc.so.2",
    ]);
    assertEquals(known(["linux", "aarch64", false]), [
      "tensorflow",
      "manylinux_2_27_aarch64",
      "libtensorflow_cc.so.2",
    ]);
    assertEquals(known(["darwin", "aarch64", false]), [
      "tensorflow",
      "macosx_12_0_arm64",
      "libtensorflow_cc.2.dylib",
    ]);
  });

  it("keeps builds apart in a cache that several machines share", () => {
    const key = (nvidia: boolean) => targetFor({ os: "linux", arch: "x86_64", nvidia })?.key;
    assert(key(true) !== key(false));
  });

  it("knows none for Windows and for Macs with Intel processors", () => {
    assertEquals(targetFor({ os: "windows", arch: "x86_64", nvidia: true }), null);
    assertEquals(targetFor({ os: "darwin", arch: "x86_64", nvidia: false }), null);
  });
});
