/** What a server counts, as Prometheus reads it. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** The counters of one server. */
export interface ServerMetrics {
  /** A request was answered. */
  answered(model: string, status: number, seconds: number): void;
  /** A batch was predicted. */
  predicted(model: string, pictures: number, seconds: number): void;
  /** The text of `/metrics`, and its type. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * Opens the counters.
 *
 * @param waiting Requests that wait for a model.
 */
export function openMetrics(
  models: readonly string[],
  waiting: (model: string) => number,
): ServerMetrics {
  const registers = [new Registry()];
  const requests = new Counter({
    name: "pairlab_requests_total",
    help: "Requests by model and HTTP status.",
    labelNames: ["model", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "pairlab_request_seconds",
    help: "Seconds from a request to its answer.",
    labelNames: ["model"],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  });
  const pictures = new Counter({
    name: "pairlab_pictures_total",
    help: "Predicted pictures.",
    labelNames: ["model"],
    registers,
  });
  const batches = new Histogram({
    name: "pairlab_batch_pictures",
    help: "Pictures that were predicted at once.",
    labelNames: ["model"],
    buckets: [1, 2, 4, 8],
    registers,
  });
  const engine = new Counter({
    name: "pairlab_engine_seconds_total",
    help: "Seconds that the engine was at work.",
    labelNames: ["model"],
    registers,
  });
  new Gauge({
    name: "pairlab_waiting_requests",
    help: "Requests that wait for the engine.",
    labelNames: ["model"],
    registers,
    collect() {
      for (const model of models) this.set({ model }, waiting(model));
    },
  });
  new Gauge({
    name: "pairlab_resident_memory_bytes",
    help: "Memory of the process.",
    registers,
    collect() {
      this.set(Deno.memoryUsage().rss);
    },
  });
  const [registry] = registers as [Registry];
  return {
    answered: (model, status, took) => {
      requests.inc({ model, status: String(status) });
      seconds.observe({ model }, took);
    },
    predicted: (model, count, took) => {
      pictures.inc({ model }, count);
      batches.observe({ model }, count);
      engine.inc({ model }, took);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
