/** Cells as an Indexed Job of Kubernetes. */
import { join, relative } from "@std/path";
import {
  asArgument,
  CELL_STATUS,
  counted,
  type DetachedLauncher,
  JOB_VARIABLE,
  type Launch,
  PairlabError,
  writeTextDurably,
} from "../../core/plugin.ts";

/** What each cell gets of the cluster. */
export interface KubernetesOptions {
  /** The image that cells run in. It has Deno, and what the engine needs. */
  readonly image: string;
  /** The claim of the volume on which Pairlab, the pictures and the sweep's folder are. */
  readonly claim: string;
  /** Where that volume is mounted, in pods as on this machine. */
  readonly mount: string;
  /** @default the one that kubectl uses */
  readonly namespace?: string | undefined;
  /** As Kubernetes writes it: `8Gi`. */
  readonly memory?: string | undefined;
  /** Cores, which are a cell's threads: decided by whoever launches the sweep first. @default 1 */
  readonly cores?: number | undefined;
  /** Of NVIDIA. @default 0 */
  readonly gpus?: number | undefined;
  /** Cells at once at most, unless `--jobs` says so. @default all */
  readonly parallelism?: number | undefined;
  /** Attempts for each cell that fails; those that are moved to another node do not count. @default 3 */
  readonly attempts?: number | undefined;
  /** Seconds that a cell gets to save when its pod is moved. @default 120 */
  readonly warning?: number | undefined;
  /** Deno in the image. @default "deno" */
  readonly deno?: string | undefined;
}

/**
 * Writes the manifest of an Indexed Job, for `kubectl apply`: pod N runs the cell of that number. A pod
 * that is moved to another node saves, and goes on there. Needs Kubernetes 1.29 or later, and a volume
 * that can be mounted by many (ReadWriteMany).
 *
 * @example
 * ```ts
 * import { kubernetes } from "./kubernetes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const launcher = kubernetes({ image: "lab/pairlab:1", claim: "shared", mount: "/shared" });
 * assertEquals([launcher.name, launcher.cores], ["kubernetes", 1]);
 * ```
 */
export function kubernetes(options: KubernetesOptions): DetachedLauncher {
  const { cores = 1 } = options;
  return {
    name: "kubernetes",
    cores,
    submit: (launch) => submit(launch, options),
    // Pods tell of themselves by their leases; kubectl may be on another machine.
    pending: () => Promise.resolve({ cells: new Map() }),
  };
}

async function submit(launch: Launch, options: KubernetesOptions): Promise<string[]> {
  const { folder, cells, directory } = launch;
  for (const path of [folder, directory]) {
    if (!relative(options.mount, path).startsWith("..")) continue;
    throw new PairlabError(
      `Cannot run cells in pods: "${path}" is not on the volume at "${options.mount}". Move it there, or set \`mount\`.`,
    );
  }
  const own = join(folder, "kubernetes");
  await Deno.mkdir(own, { recursive: true });
  // Names of jobs are unique in a namespace.
  const name = `pairlab-${crypto.randomUUID().slice(0, 8)}`;
  const path = join(own, `${name}.json`);
  await writeTextDurably(path, `${JSON.stringify(manifestOf(name, launch, options), null, 2)}\n`);
  const where = options.namespace === undefined ? "" : ` --namespace=${options.namespace}`;
  return [
    `Wrote the Job ${name} of ${
      counted(cells.length, "cell")
    }. Start it with:\n  kubectl apply -f ${asArgument(path, "linux")}`,
    `Cancel it with:\n  kubectl delete job ${name}${where}`,
  ];
}

/** The Job, as its API has it: batch/v1. */
function manifestOf(name: string, launch: Launch, options: KubernetesOptions): unknown {
  const { cells, directory, cores, jobs } = launch;
  const { image, claim, mount, namespace, memory, gpus, attempts = 3, warning = 120 } = options;
  const amounts = {
    cpu: `${cores}`,
    ...memory === undefined ? {} : { memory },
    ...gpus === undefined ? {} : { "nvidia.com/gpu": `${gpus}` },
  };
  const ignored = [CELL_STATUS.stopped, CELL_STATUS.held];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, ...namespace === undefined ? {} : { namespace } },
    spec: {
      completionMode: "Indexed",
      completions: cells.length,
      parallelism: Math.min(cells.length, jobs ?? options.parallelism ?? cells.length),
      backoffLimitPerIndex: attempts - 1,
      maxFailedIndexes: cells.length,
      // One pod for each cell at any time.
      podReplacementPolicy: "Failed",
      podFailurePolicy: {
        rules: [
          {
            action: "FailIndex",
            onExitCodes: { operator: "In", values: [CELL_STATUS.rejected] },
          },
          { action: "Ignore", onExitCodes: { operator: "In", values: ignored } },
          {
            action: "Ignore",
            onPodConditions: [{ type: "DisruptionTarget", status: "True" }],
          },
        ],
      },
      template: {
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: warning,
          containers: [{
            name: "cell",
            image,
            workingDir: directory,
            command: ["sh", "-c", scriptOf(name, launch, options)],
            env: [{ name: "NO_COLOR", value: "1" }],
            resources: { requests: amounts, limits: amounts },
            volumeMounts: [{ name: "shared", mountPath: mount }],
          }],
          volumes: [{ name: "shared", persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

/** The script of every pod: it becomes the cell of its number. */
function scriptOf(name: string, launch: Launch, { deno = "deno" }: KubernetesOptions): string {
  const quoted = (word: string): string => asArgument(word, "linux");
  const cases = launch.cells.map(({ address }, index) => {
    const words = launch.cell(address).map((word) => word === Deno.execPath() ? deno : word);
    return `${index}) log=${quoted(launch.log(address))}; set -- ${words.map(quoted).join(" ")} ;;`;
  });
  return [
    `export ${JOB_VARIABLE}="kubernetes ${name}/$JOB_COMPLETION_INDEX"`,
    "case $JOB_COMPLETION_INDEX in",
    ...cases,
    "esac",
    'exec "$@" >> "$log" 2>&1 < /dev/null',
  ].join("\n");
}
