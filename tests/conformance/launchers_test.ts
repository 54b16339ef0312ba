import { assertEquals } from "@std/assert";
import { dirname } from "@std/path";
import { after, describe, it } from "@std/testing/bdd";
import { kubernetes, local, slurm, ssh } from "../../mod.ts";
import type { Launcher } from "../../core/plugin.ts";
import { fakeSlurm, fakeSsh, runPods } from "../plugins/launchers/fakes/mod.ts";
import { exportedFrom } from "./exported.ts";
import { conformsAsLauncher, type LauncherNeeds } from "./launcher.ts";

const programs = await fakeSlurm(), program = await fakeSsh();

/** Everything exported, by its name. */
const LAUNCHERS: Readonly<
  Record<string, readonly [make: () => Launcher, needs?: LauncherNeeds]>
> = {
  kubernetes: [
    () => kubernetes({ image: "pairlab", claim: "shared", mount: "/" }),
    { carryOut: runPods },
  ],
  local: [() => local()],
  slurm: [() => slurm({ programs })],
  ssh: [() => ssh({ hosts: ["node1"], program })],
};

describe("the suite for launchers", () => {
  after(async () => {
    for (const folder of [programs, dirname(program)]) {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("is run for everything exported", () => {
    assertEquals(Object.keys(LAUNCHERS).sort(), exportedFrom("plugins/launchers"));
  });

  for (const [name, [make, needs]] of Object.entries(LAUNCHERS)) {
    conformsAsLauncher(name, make, needs);
  }
});
