/** The server's addresses. */
import { Hono } from "hono";
import type { Context } from "hono";
import type { Picture } from "../interfaces/pictures.ts";
import { encodePicture } from "../pictures/encode.ts";
import { isToken, namesLoopback } from "../http/access.ts";
import { type BatchQueue, openQueue, QueueFullError } from "./batch_queue.ts";
import { openMetrics } from "./metrics.ts";
import type { ServedModel } from "./model.ts";
import { describeApi } from "./openapi.ts";
import {
  type Limits,
  type PictureRequest,
  readBody,
  readPictures,
  RequestError,
} from "./requests.ts";

/** How a server answers. */
export interface AppOptions {
  readonly limits: Limits;
  /** Requests that may wait for each model. */
  readonly queue: number;
  /** Milliseconds that a request may take. */
  readonly timeout: number;
  /** Whoever asks must send it; without one, only requests to this machine are answered. */
  readonly token?: string | undefined;
  /** Pairlab's version. */
  readonly version: string;
  /** The files of the page at `/`; without them, `/` leads to the description of the API. */
  readonly page?: ReadonlyMap<string, Uint8Array> | undefined;
}

/** A server's addresses, and how they come to an end. */
export interface ServerApp {
  fetch(request: Request): Response | Promise<Response>;
  /** Takes no more requests, and waits for those that it has. */
  stop(): Promise<void>;
}

const HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
};

/** Addresses of the API, which need the token; the others tell nothing of pictures. */
const OPEN = ["/health", "/ready"];

/** The server of some models. */
export function createApp(models: readonly ServedModel[], options: AppOptions): ServerApp {
  const { limits, timeout, token, version, page } = options;
  const byName = new Map(models.map((model) => [model.name, model]));
  const queues = new Map<string, BatchQueue<Picture, Picture>>();
  const metrics = openMetrics([...byName.keys()], (name) => queues.get(name)!.waiting);
  for (const model of models) {
    const queue = openQueue((pictures: Picture[]) => model.predict(pictures), {
      limit: options.queue,
      batches: model.batches,
      onBatch: (pictures, seconds) => metrics.predicted(model.name, pictures, seconds),
    });
    queues.set(model.name, queue);
  }
  let stopping = false;

  const app = new Hono();
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    if (token === undefined) {
      if (namesLoopback(context.req.header("host"))) return await next();
      return context.json({ error: "This server answers to localhost only." }, 403);
    }
    const given = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    if (OPEN.includes(context.req.path) || isToken(given, token)) return await next();
    context.header("WWW-Authenticate", "Bearer");
    return context.json({ error: "Send the token: Authorization: Bearer TOKEN." }, 401);
  });

  app.get("/health", (context) => context.json({ status: "ok" }));
  app.get(
    "/ready",
    (context) =>
      stopping ? context.json({ status: "stopping" }, 503) : context.json({ status: "ready" }),
  );
  app.get(
    "/metrics",
    async (context) =>
      context.body(await metrics.text(), 200, { "Content-Type": metrics.contentType }),
  );
  const api = describeApi(models, limits, { version, secured: token !== undefined });
  app.get("/openapi.json", (context) => context.json(api));
  app.get("/", (context) => serveFile(context, page?.get("index.html"), "index.html"));
  app.get("/:file", async (context, next) => {
    const name = context.req.param("file");
    const bytes = page?.get(name);
    if (bytes === undefined) return await next();
    return serveFile(context, bytes, name);
  });
  app.get("/v1/models", (context) => context.json({ models: models.map(describe) }));
  app.get("/v1/models/:name{[^:]+}", (context) => {
    const model = byName.get(context.req.param("name"));
    return model === undefined ? missing(context) : context.json(describe(model));
  });

  app.post("/v1/models/:call", async (context) => {
    const started = performance.now();
    const name = /^(.*):predict$/.exec(context.req.param("call"))?.[1];
    const model = byName.get(name ?? "");
    if (model === undefined) return missing(context);
    const response = stopping
      ? context.json({ error: "The server is stopping." }, 503, { "Retry-After": "10" })
      : await answer(context, model).catch((error) => refuse(context, error));
    metrics.answered(model.name, response.status, (performance.now() - started) / 1000);
    return response;
  });

  app.all("/v1/models/:call{.+:predict}", (context) => {
    const words = "Send a picture with POST.";
    return context.json({ error: words }, 405, { Allow: "POST" });
  });

  /** Requests that are read, decoded or predicted: each may hold a whole body. */
  let underWay = 0, onIdle = (): void => {};
  const most = 2 * options.queue * models.length;
  // One at a time, so that a crowd of large pictures does not fill the memory.
  const decoding = openQueue(
    async ([read]: (() => Promise<PictureRequest>)[]) => [await read!()],
    { limit: most, batches: [1] },
  );

  const answer = async (context: Context, model: ServedModel): Promise<Response> => {
    if (underWay >= most) throw new QueueFullError(1);
    underWay++;
    try {
      const signal = AbortSignal.timeout(timeout);
      const body = await readBody(context.req.raw, limits.bytes, signal);
      const type = context.req.header("content-type") ?? "";
      const { shape: { input: { channels } }, levels } = model.description;
      const taken = { channels, levels, fit: model.fit };
      const { pictures, form } = await decoding.push(
        () => readPictures(body, type, taken, limits),
        signal,
      );
      const queue = queues.get(model.name)!;
      const predicted = await Promise.all(pictures.map((picture) => queue.push(picture, signal)));
      return await respond(context, predicted, form);
    } finally {
      underWay--;
      if (underWay === 0) onIdle();
    }
  };

  app.notFound((context) =>
    context.json({ error: "There is nothing here. See /openapi.json." }, 404)
  );
  app.onError((_, context) => context.json({ error: "The server could not answer." }, 500));

  const missing = (context: Context): Response =>
    context.json({
      error: `There is no such model. These are served: ${[...byName.keys()].join(", ")}.`,
    }, 404);

  return {
    fetch: (request) => app.fetch(request),
    stop: async () => {
      stopping = true;
      if (underWay > 0) await new Promise<void>((resolve) => onIdle = resolve);
      await Promise.all([...queues.values()].map((queue) => queue.idle()));
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
};

function serveFile(context: Context, bytes: Uint8Array | undefined, name: string): Response {
  if (bytes === undefined) return context.redirect("/openapi.json");
  const type = TYPES[name.split(".").at(-1)!] ?? "application/octet-stream";
  return context.body(new Uint8Array(bytes), 200, { "Content-Type": type });
}

function refuse(context: Context, error: unknown): Response {
  if (error instanceof RequestError) return context.json({ error: error.message }, error.status);
  if (error instanceof QueueFullError) {
    const words = "Too many requests wait. Try again later.";
    return context.json({ error: words }, 503, { "Retry-After": String(error.seconds) });
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    const words = "The request waited too long. Try again later.";
    return context.json({ error: words }, 503, { "Retry-After": "10" });
  }
  throw error;
}

function describe({ name, mode, description }: ServedModel) {
  const { shape, step } = description;
  return {
    name,
    mode,
    step,
    input: shape.input,
    target: shape.target,
    // As TensorFlow Serving says it.
    model_version_status: [{
      version: String(step),
      state: "AVAILABLE",
      status: { error_code: "OK" },
    }],
  };
}

async function respond(
  context: Context,
  predicted: readonly Picture[],
  form: PictureRequest["form"],
): Promise<Response> {
  if (form === "json") return context.json({ predictions: predicted.map(nested) });
  const wanted = context.req.header("accept") ?? "";
  const jpeg = /image\/jpeg/.test(wanted) && !/image\/png/.test(wanted);
  const files = await Promise.all(
    predicted.map((picture) => encodePicture(picture, jpeg ? ".jpg" : ".png")),
  );
  if (form === "base64") {
    return context.json({
      predictions: files.map((file) => ({ b64: new Uint8Array(file).toBase64() })),
    });
  }
  return context.body(new Uint8Array(files[0]!), 200, {
    "Content-Type": jpeg ? "image/jpeg" : "image/png",
  });
}

/** A picture as JSON clients want it: `[height][width][channels]`. */
function nested({ data, height, width, channels }: Picture): number[][][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const at = (y * width + x) * channels;
      return Array.from(data.subarray(at, at + channels));
    }));
}
