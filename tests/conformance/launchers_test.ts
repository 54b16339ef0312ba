import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { local } from "../../mod.ts";
import type { Launcher } from "../../core/plugin.ts";
import { exportedFrom } from "./exported.ts";
import { conformsAsLauncher, type LauncherNeeds } from "./launcher.ts";

/** Everything exported, by its name. */
const LAUNCHERS: Readonly<Record<string, readonly [make: () => Launcher, needs?: LauncherNeeds]>> =
  { local: [() => local()] };

describe("the suite for launchers", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(LAUNCHERS).sort(), exportedFrom("plugins/launchers"));
  });
});

for (const [name, [make, needs]] of Object.entries(LAUNCHERS)) {
  conformsAsLauncher(name, make, needs);
}
