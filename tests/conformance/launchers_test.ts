import { assertEquals } from "@std/assert";
import { after, describe, it } from "@std/testing/bdd";
import { local, slurm } from "../../mod.ts";
import type { Launcher } from "../../core/plugin.ts";
import { fakeSlurm } from "../plugins/launchers/fakes/mod.ts";
import { exportedFrom } from "./exported.ts";
import { conformsAsLauncher, type LauncherNeeds } from "./launcher.ts";

const programs = await fakeSlurm();

/** Everything exported, by its name. */
const LAUNCHERS: Readonly<
  Record<string, readonly [make: () => Launcher, needs?: LauncherNeeds]>
> = {
  local: [() => local()],
  slurm: [() => slurm({ programs })],
};

describe("the suite for launchers", () => {
  after(() => Deno.remove(programs, { recursive: true }));

  it("is run for everything exported", () => {
    assertEquals(Object.keys(LAUNCHERS).sort(), exportedFrom("plugins/launchers"));
  });

  for (const [name, [make, needs]] of Object.entries(LAUNCHERS)) {
    conformsAsLauncher(name, make, needs);
  }
});
