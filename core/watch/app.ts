/** The page's addresses. */
import { fileURLToPath } from "node:url";
import { join } from "@std/path";
import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import { isToken, namesLoopback, SECURITY_HEADERS } from "../http/access.ts";
import type { LiveBoard } from "./board.ts";
import { SAMPLE_FILE } from "./samples.ts";
import { startStream } from "./stream.ts";
import { TRACE_FILE } from "./traces.ts";

/** How the page is served. */
export interface AppOptions {
  /** Whoever asks must know it; without one, only requests to this machine by its own name are answered. */
  readonly token?: string | undefined;
  /** Milliseconds between two looks at the runs. @default 1000 */
  readonly every?: number;
}

/** The page's own files, by address. */
const ASSETS: Readonly<Record<string, readonly [url: string, type: string]>> = {
  "/": ["./page/watch.html", "text/html"],
  "/watch.js": ["./page/watch.js", "text/javascript"],
  "/charts.js": ["./page/charts.js", "text/javascript"],
  "/samples.js": ["./page/samples.js", "text/javascript"],
  "/trace.js": ["./page/trace.js", "text/javascript"],
  "/timeline.js": ["./page/timeline.js", "text/javascript"],
  "/report/page/chart.js": ["../report/page/chart.js", "text/javascript"],
  "/report/page/wipe.js": ["../report/page/wipe.js", "text/javascript"],
  "/watch.css": ["./page/watch.css", "text/css"],
  "/report.css": ["../report/page/report.css", "text/css"],
  "/uplot.js": ["uplot/dist/uPlot.iife.min.js", "text/javascript"],
  "/uplot.css": ["uplot/dist/uPlot.min.css", "text/css"],
};

/** Milliseconds after which a stream that has nothing to say says that it is alive. */
const HEARTBEAT = 10_000;

/** Runs that one page follows at the most. */
const MOST_FOLLOWED = 24;

const COOKIE = "pairlab_watch";

/** The server of a board's page. */
export function createApp(board: LiveBoard, { token, every = 1000 }: AppOptions = {}): Hono {
  const app = new Hono();
  const refresh = sharing(() => board.refresh());

  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
    if (token === undefined) {
      if (namesLoopback(context.req.header("host"))) return await next();
      return context.text("This page answers to localhost only.", 403);
    }
    if (isToken(context.req.query("token"), token)) {
      setCookie(context, COOKIE, token, { httpOnly: true, sameSite: "Strict", path: "/" });
      return context.redirect("/");
    }
    if (isToken(getCookie(context, COOKIE), token)) return await next();
    return context.text("Open the address with the token that the terminal shows.", 403);
  });

  for (const [address, [url, type]] of Object.entries(ASSETS)) {
    app.get(address, async (context) => {
      const text = await Deno.readTextFile(fileURLToPath(import.meta.resolve(url)));
      return context.body(text, 200, {
        "Content-Type": `${type}; charset=utf-8`,
        "Cache-Control": "no-cache",
      });
    });
  }

  app.get("/favicon.ico", (context) => context.body(null, 204));

  app.get("/samples/:run/:file", async (context) => {
    const { run, file } = context.req.param();
    const folder = board.folderOf(run);
    if (folder === undefined || !SAMPLE_FILE.test(file)) return context.notFound();
    const type = file.endsWith("png") ? "image/png" : "image/jpeg";
    return await sendFile(context, join(folder, "samples", file), type);
  });

  app.get("/traces/:run/:file", async (context) => {
    const { run, file } = context.req.param();
    const folder = board.folderOf(run);
    if (folder === undefined || !TRACE_FILE.test(file)) return context.notFound();
    return await sendFile(context, join(folder, file), "application/json");
  });

  app.get("/events", (context) => {
    const ids = [...new Set(context.req.queries("run") ?? [])].slice(0, MOST_FOLLOWED);
    const tell = startStream(ids);
    return streamSSE(context, async (stream) => {
      let heard = performance.now();
      while (!stream.aborted && !stream.closed) {
        // First, so that a run that is looked at for the first time is read.
        for (const id of ids) board.follow(id);
        await refresh();
        const messages = tell(board, Date.now());
        for (const message of messages) await stream.writeSSE(message);
        const now = performance.now();
        if (messages.length > 0) heard = now;
        else if (now - heard > HEARTBEAT) {
          await stream.writeSSE({ event: "alive", data: "" });
          heard = now;
        }
        await stream.sleep(every);
      }
    });
  });

  return app;
}

/** Answers with a file of a run, or that the browser has it already. */
async function sendFile(context: Context, path: string, type: string): Promise<Response> {
  try {
    // A link would lead out of the run folder.
    const { isFile, size, mtime } = await Deno.lstat(path);
    if (!isFile) return context.notFound();
    const tag = `"${size}-${mtime?.getTime() ?? 0}"`;
    const headers = { ETag: tag, "Cache-Control": "no-cache" };
    if (context.req.header("if-none-match") === tag) return context.body(null, 304, headers);
    return context.body(await Deno.readFile(path), 200, { "Content-Type": type, ...headers });
  } catch {
    return context.notFound();
  }
}

/** Lets calls that come while one is under way wait for that one. */
function sharing(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  return () =>
    underWay ??= work().finally(() => {
      underWay = undefined;
    });
}
