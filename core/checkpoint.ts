/** Checkpoints: both networks, both optimizers and where the training stood, in one folder. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Variable } from "@tensorflow/tfjs";
import { join } from "@std/path";
import { z } from "zod";
import { isTemporary, writeFolderDurably, writeTextDurably } from "./durable.ts";
import { messageOf, PairlabError } from "./errors.ts";
import { namedVariables, type Networks } from "./networks.ts";
import type { UpdateRule } from "./plugin.ts";
import {
  readSafetensors,
  type StoredTensor,
  type TensorSource,
  writeSafetensors,
} from "./safetensors.ts";

/** The two optimizers at work. */
export interface Updates {
  readonly generator: UpdateRule;
  readonly discriminator?: UpdateRule;
}

const Identity = z.object({ bytes: z.int(), sha256: z.string() });

const State = z.object({
  format: z.literal(1),
  /** Finished epochs. */
  epoch: z.int().nonnegative(),
  /** Finished steps of the run. */
  step: z.int().nonnegative(),
  /** Finished steps of the epoch under way: the position in its shuffled order. */
  stepInEpoch: z.int().nonnegative(),
  /** Sums of the losses over those steps, for the epoch's means. */
  lossSums: z.record(z.string(), z.number()),
  /** Seconds that those steps took. */
  secondsInEpoch: z.number(),
  files: z.record(z.string(), Identity),
});

/** Where a training stands. Every random stream is named by these numbers, and so is the data. */
export type Position = Omit<z.infer<typeof State>, "format" | "files">;

/** A checkpoint on disk. */
export interface Checkpoint {
  readonly folder: string;
  readonly state: z.infer<typeof State>;
}

/** What can be read off the generator's file alone; see `core/predictor.ts`. */
export type About = Readonly<Record<string, string>>;

/** `epoch-0025` at the end of an epoch, `step-00001234` within one. */
export function checkpointName({ epoch, step, stepInEpoch }: Position): string {
  return stepInEpoch === 0
    ? `epoch-${String(epoch).padStart(4, "0")}`
    : `step-${String(step).padStart(8, "0")}`;
}

/**
 * Writes a checkpoint into `checkpoints` (a folder of the run), all of it or nothing.
 *
 * @param about Goes into the metadata of the generator's file.
 * @returns The checkpoint that was written.
 */
export async function saveCheckpoint(
  checkpoints: string,
  { networks, updates, position, about }: {
    networks: Networks;
    updates: Updates;
    position: Position;
    about: About;
  },
): Promise<Checkpoint> {
  const folder = join(checkpoints, checkpointName(position));
  const files: Checkpoint["state"]["files"] = {};
  const state: Checkpoint["state"] = { format: 1, ...position, files };
  await writeFolderDurably(folder, async (beside) => {
    for (const [name, variables] of contents(networks, updates)) {
      const metadata = name === "generator.safetensors" ? about : { format: "pairlab" };
      files[name] = await writeSafetensors(join(beside, name), sourcesOf(variables), metadata);
    }
    await writeTextDurably(join(beside, "state.json"), `${JSON.stringify(state, null, 2)}\n`);
  });
  return { folder, state };
}

/** Every variable of a training, by file and name. */
function contents(networks: Networks, updates: Updates): [string, Map<string, Variable>][] {
  const optimizer = new Map<string, Variable>();
  for (const [network, rule] of Object.entries(updates) as [string, UpdateRule][]) {
    for (const [name, variable] of Object.entries(rule.state)) {
      optimizer.set(`${network}/${name}`, variable);
    }
  }
  const { generator, discriminator } = networks;
  return [
    ["generator.safetensors", namedVariables(generator)],
    ...discriminator === undefined
      ? []
      : [["discriminator.safetensors", namedVariables(discriminator)] as [
        string,
        Map<string, Variable>,
      ]],
    ["optimizer.safetensors", optimizer],
  ];
}

function sourcesOf(variables: Map<string, Variable>): TensorSource[] {
  return [...variables].map(([name, variable]) => ({
    name,
    shape: variable.shape,
    dtype: variable.dtype === "int32" ? "int32" : "float32",
    read: () => variable.data() as Promise<Float32Array | Int32Array>,
  }));
}

/**
 * The checkpoints of a run, the newest first. Folders that were being written when a run died are
 * not among them.
 */
export async function listCheckpoints(checkpoints: string): Promise<Checkpoint[]> {
  const found: Checkpoint[] = [];
  try {
    for await (const entry of Deno.readDir(checkpoints)) {
      if (!entry.isDirectory || isTemporary(entry.name)) continue;
      const folder = join(checkpoints, entry.name);
      found.push({ folder, state: await readState(folder) });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort((a, b) => b.state.step - a.state.step);
}

/** The state of the checkpoint in a folder. */
export async function readState(folder: string): Promise<Checkpoint["state"]> {
  const path = join(folder, "state.json");
  try {
    return State.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    const found = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new PairlabError(
      `Cannot read "${path}": ${found}; without this folder, the checkpoint before it would work`,
    );
  }
}

/**
 * Puts a checkpoint's numbers into networks and optimizers.
 *
 * @throws {PairlabError} If a file is damaged, or was written by other networks.
 */
export async function restoreCheckpoint(
  { folder, state }: Checkpoint,
  networks: Networks,
  updates: Updates,
): Promise<void> {
  for (const [name, variables] of contents(networks, updates)) {
    const path = join(folder, name);
    const { tensors } = await readSafetensors(path, state.files[name]);
    assignAll(path, variables, tensors);
  }
}

/** Puts the numbers of a generator's file into a model built alike. */
export function assignWeights(
  path: string,
  model: LayersModel,
  tensors: ReadonlyMap<string, StoredTensor>,
): void {
  assignAll(path, namedVariables(model), tensors);
}

function assignAll(
  path: string,
  variables: ReadonlyMap<string, Variable>,
  stored: ReadonlyMap<string, StoredTensor>,
): void {
  const missing = [...variables.keys()].filter((name) => !stored.has(name));
  const unknown = [...stored.keys()].filter((name) => !variables.has(name));
  if (missing.length + unknown.length > 0) {
    throw new PairlabError(
      `Cannot use "${path}": it was written by another network (${
        [...list("it lacks", missing), ...list("it has", unknown)].join("; ")
      }), the experiment as it was then would work`,
    );
  }
  for (const [name, variable] of variables) {
    const { shape, dtype, values } = stored.get(name)!;
    if (shape.join() !== variable.shape.join()) {
      throw new PairlabError(
        `Cannot use "${path}": "${name}" has the shape [${shape}] where this network has [${variable.shape}], the experiment as it was then would work`,
      );
    }
    const tensor = tf.tensor(values, shape, dtype);
    variable.assign(tensor);
    tensor.dispose();
  }
}

function list(what: string, names: string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > 2 ? ` and ${names.length - 2} more` : "";
  return [`${what} ${names.slice(0, 2).map((name) => `"${name}"`).join(", ")}${more}`];
}

/**
 * Removes the checkpoints within epochs that a newer one has made needless. Those at the end of an
 * epoch were asked for by the experiment and stay.
 */
export async function pruneCheckpoints(checkpoints: string): Promise<void> {
  const [, ...older] = await listCheckpoints(checkpoints);
  for (const { folder, state } of older) {
    if (state.stepInEpoch !== 0) await Deno.remove(folder, { recursive: true });
  }
}
