import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import type { Launch } from "../../../core/plugin.ts";
import { kubernetes } from "../../../plugins/launchers/kubernetes.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const launchIn = (folder: string): Launch => ({
  folder,
  cells: ["a0", "a1", "a2"].map((address) => ({ address, label: "" })),
  directory: folder,
  cores: 4,
  memory: 0,
  jobs: 2,
  log: (address) => `${folder}/cells/${address}.log`,
  cell: (address) => [Deno.execPath(), "run", "cell.ts", "it's", address],
  work: () => [],
  table: [],
});

describe("the Kubernetes launcher", { skip: Deno.build.os === "windows" }, () => {
  it("writes the Job that fixtures/check_manifest.sh checks by Kubernetes' schema", () =>
    inTemporaryFolder(async (root) => {
      const folder = await Deno.realPath(root);
      const [said = ""] = await kubernetes({
        image: "lab/pairlab:1",
        claim: "shared",
        mount: folder,
        namespace: "vision",
        memory: "8Gi",
        gpus: 1,
      }).submit(launchIn(folder));
      const [written] = await Array.fromAsync(Deno.readDir(join(folder, "kubernetes")));
      const name = written!.name;
      assertEquals(
        said.endsWith(`kubectl apply -f ${join(folder, "kubernetes", name)}`),
        true,
        said,
      );
      const text = (await Deno.readTextFile(join(folder, "kubernetes", name)))
        .replaceAll(name.replace(".json", ""), "pairlab-0").replaceAll(folder, "/shared/sweep");
      const checked = new URL("fixtures/job.json", import.meta.url);
      assertEquals(JSON.parse(text), JSON.parse(await Deno.readTextFile(checked)));
    }));

  it("rejects a sweep that is not on the volume that pods see", () =>
    inTemporaryFolder(async (folder) => {
      const launcher = kubernetes({ image: "pairlab", claim: "shared", mount: "/shared" });
      await assertRejects(() => launcher.submit(launchIn(folder)), Error, "is not on the volume");
    }));
});
