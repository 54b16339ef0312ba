import { basename, join } from "@std/path";
import type { Callback, TrainingRun } from "../../mod.ts";

/** Sends parameters, losses, recorded numbers and the end of a run to MLflow, by its REST API. */
export function mlflow({ server = "http://127.0.0.1:5000", every = 20 } = {}): Callback {
  let id: string | null = null;
  let waiting: { key: string; value: number; step: number; timestamp: number }[] = [];
  const call = async (path: string, body: unknown): Promise<Answer> => {
    const answer = await fetch(new URL(`/api/2.0/mlflow/${path}`, server), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const json = await answer.json();
    if (!answer.ok) throw new Error(json.message ?? answer.statusText);
    return json;
  };
  /** A server that does not answer costs a warning, and its numbers wait. */
  const attempt = async (run: TrainingRun, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      run.say(`Warning: MLflow at ${server}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const begin = async (run: TrainingRun): Promise<void> => {
    if (id !== null) return;
    const { parameters } = JSON.parse(await Deno.readTextFile(join(run.folder, "run.json")));
    const filter = `name = '${run.experiment.replaceAll("'", "")}'`;
    const { experiments = [] } = await call("experiments/search", { filter, max_results: 1 });
    const experiment_id = experiments[0]?.experiment_id ??
      (await call("experiments/create", { name: run.experiment })).experiment_id;
    const about = { experiment_id, run_name: basename(run.folder), start_time: Date.now() };
    const begun = (await call("runs/create", about)).run?.info.run_id ?? null;
    const params = Object.entries(parameters).map(([key, value]) => ({ key, value: `${value}` }));
    await call("runs/log-batch", { run_id: begun, params });
    id = begun;
  };
  const note = (step: number, values: Readonly<Record<string, number>>): void => {
    const timestamp = Date.now();
    for (const [key, value] of Object.entries(values)) {
      waiting.push({ key, value, step, timestamp });
    }
  };
  const send = async (run: TrainingRun): Promise<void> => {
    await begin(run);
    while (waiting.length > 0) {
      await call("runs/log-batch", { run_id: id, metrics: waiting.slice(0, 1000) });
      waiting = waiting.slice(1000);
    }
  };
  const end = (status: "FINISHED" | "KILLED" | "FAILED") => (run: TrainingRun): Promise<void> =>
    attempt(run, async () => {
      await send(run);
      await call("runs/update", { run_id: id, status, end_time: Date.now() });
    });

  return {
    name: "mlflow",
    state: () => id,
    restore: (state) => void (id = typeof state === "string" ? state : null),
    onTrainBegin: (run) => attempt(run, () => begin(run)),
    onStepEnd: async (run, { step, losses }) => {
      note(step, losses);
      if (step % every === 0) await attempt(run, () => send(run));
    },
    onRecord: (_, { step, values }) => note(step, values),
    onInterrupt: end("KILLED"),
    onTrainEnd: end("FINISHED"),
    onError: end("FAILED"),
  };
}

/** As much of MLflow's answers as is read. */
interface Answer {
  readonly experiment_id?: string;
  readonly experiments?: readonly { readonly experiment_id: string }[];
  readonly run?: { readonly info: { readonly run_id: string } };
}
