import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { noteEnd } from "../../../core/runs/ending.ts";
import { createApp } from "../../../core/watch/app.ts";
import { type LiveBoard, openBoard } from "../../../core/watch/board.ts";
import { createFinder } from "../../../core/watch/folders.ts";
import type { RunView } from "../../../core/watch/followed_run.ts";
import { servePage } from "../../../core/watch/serve.ts";
import type { CurvesMessage, ListedRun } from "../../../core/watch/stream.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { writeFakeRun } from "../report/fake_run.ts";

type App = ReturnType<typeof createApp>;

const HERE = { headers: { host: "localhost:7077" } };

const ask = async (app: App, path: string, init: RequestInit = HERE): Promise<Response> =>
  await app.request(`http://localhost:7077${path}`, init);

/** The board of a folder, as it is now. */
async function boardOf(...folders: string[]): Promise<LiveBoard> {
  const board = openBoard(createFinder(folders));
  await board.refresh();
  return board;
}

/** Server-sent events, until `enough` says so of those that have come. */
async function eventsOf(
  response: Response,
  enough: (events: { event: string; data: string }[]) => boolean,
): Promise<{ event: string; data: string }[]> {
  const events: { event: string; data: string }[] = [];
  let text = "";
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const [, event = ""] = /^event: (.*)$/m.exec(block) ?? [];
      events.push({ event, data: /^data: (.*)$/m.exec(block)?.[1] ?? "" });
    }
    if (enough(events)) break;
  }
  return events;
}

describe("the live page", () => {
  it("loads nothing from elsewhere, and no page from elsewhere can show it", () =>
    inTemporaryFolder(async (folder) => {
      const app = createApp(await boardOf(folder));
      const scripts = [
        "/watch.js",
        "/charts.js",
        "/samples.js",
        "/trace.js",
        "/timeline.js",
        "/report/page/chart.js",
        "/report/page/wipe.js",
      ];
      for (const path of ["/", ...scripts, "/watch.css"]) {
        const response = await ask(app, path);
        assertEquals(response.status, 200, path);
        const policy = response.headers.get("content-security-policy") ?? "";
        assert(policy.startsWith("default-src 'none'; script-src 'self'"), path);
        assert(policy.includes("frame-ancestors 'none'"), path);
        assert(!/https?:\/\//.test((await response.text()).replaceAll(/\/\*.*?\*\//gs, "")), path);
      }
      for (const path of ["/report.css", "/uplot.js", "/uplot.css", "/favicon.ico"]) {
        assert((await ask(app, path)).ok, path);
      }
    }));

  it("answers to this machine's own names only, unless it has a token", () =>
    inTemporaryFolder(async (folder) => {
      const board = await boardOf(folder);
      const app = createApp(board);
      for (const host of ["127.0.0.1:7077", "[::1]:7077", "localhost"]) {
        assertEquals((await ask(app, "/", { headers: { host } })).status, 200, host);
      }
      for (const host of ["evil.example:7077", "localhost.evil.example", "192.168.0.1:7077"]) {
        assertEquals((await ask(app, "/", { headers: { host } })).status, 403, host);
      }
      const guarded = createApp(board, { token: "secret" });
      assertEquals((await ask(guarded, "/")).status, 403);
      assertEquals((await ask(guarded, "/events")).status, 403);
      assertEquals((await ask(guarded, "/?token=secreT")).status, 403);
      const entered = await ask(guarded, "/?token=secret");
      assertEquals([entered.status, entered.headers.get("location")], [302, "/"]);
      const cookie = entered.headers.get("set-cookie") ?? "";
      assert(cookie.includes("HttpOnly") && cookie.includes("SameSite=Strict"), cookie);
      const headers = { host: "evil.example", cookie: cookie.split(";")[0]! };
      assertEquals((await ask(guarded, "/", { headers })).status, 200);
    }));

  it("sends the runs, what they are and their curves, then only what is new", () =>
    inTemporaryFolder(async (folder) => {
      await writeFakeRun(join(folder, "one"), { epochs: [1] });
      await writeFakeRun(join(folder, "two"));
      const board = await boardOf(folder);
      const [one, two] = board.runs as readonly [ListedRun, ListedRun];
      assertEquals([one.label, two.label], ["one", "two"]);
      const app = createApp(board, { every: 10 });
      const log = join(folder, "one", "metrics.jsonl");
      const response = await ask(app, `/events?run=${one.id}`);
      let told = false;
      const events = await eventsOf(response, (events) => {
        const curves = events.filter(({ event }) => event === "curves");
        if (curves.length === 1 && !told) {
          told = true;
          const line = {
            kind: "step",
            epoch: 2,
            step: 3,
            losses: { generator: 1 },
            milliseconds: 5,
            pairs: [],
          };
          Deno.writeTextFileSync(log, `${JSON.stringify(line)}\n`, { append: true });
        }
        return curves.length === 2;
      });
      const of = <T>(name: string): T[] =>
        events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data));
      const [view] = of<RunView>("run");
      assertEquals(view!.id, one.id);
      assertEquals([view!.step, view!.epoch, view!.epochs, view!.stepsPerEpoch], [2, 1, 2, 2]);
      assertEquals(view!.parameters["epochs"], "2");
      assertEquals(view!.parameters["lambda"], "100");
      assertEquals([view!.samples.indices, view!.samples.epochs], [[0], [1]]);
      const [first, second] = of<CurvesMessage>("curves");
      assertEquals(first!.restarted, true);
      assertEquals(first!.curves["generator"], { from: 0, steps: [1, 2], values: [4, 2] });
      assertEquals(second!.restarted, false);
      assertEquals(second!.curves["generator"], { from: 2, steps: [3], values: [1] });
    }));

  it("survives half-written lines, foreign records, runs that are removed and unknown ids", () =>
    inTemporaryFolder(async (folder) => {
      await writeFakeRun(join(folder, "torn"));
      await Deno.writeTextFile(join(folder, "torn", "metrics.jsonl"), '{"kind":"st', {
        append: true,
      });
      await writeFakeRun(join(folder, "other"));
      await Deno.writeTextFile(join(folder, "other", "run.json"), '{"format": 99}');
      await Deno.mkdir(join(folder, "empty"));
      await Deno.writeTextFile(join(folder, "file"), "");
      const board = await boardOf(folder);
      assertEquals(board.runs.map(({ label }) => label), ["other", "torn"]);
      const app = createApp(board, { every: 10 });
      const ids = board.runs.map(({ id }) => `run=${id}`).join("&");
      const response = await ask(app, `/events?${ids}&run=unknown`);
      const events = await eventsOf(
        response,
        (events) => events.filter(({ event }) => event === "run").length === 2,
      );
      const views: RunView[] = events.filter(({ event }) => event === "run")
        .map(({ data }) => JSON.parse(data));
      const [other, torn] = views;
      assert(other!.reason?.includes("run.json is of format 99"), other!.reason ?? "");
      assertEquals([torn!.step, torn!.reason], [2, null]);
      await Deno.remove(join(folder, "torn"), { recursive: true });
      const gone = openBoard(createFinder([folder]));
      await gone.refresh();
      assertEquals(gone.runs.map(({ label }) => label), ["other"]);
    }));

  it("says how a run ended, and why", () =>
    inTemporaryFolder(async (folder) => {
      await writeFakeRun(join(folder, "run"), { parameters: { epochs: 9 } });
      const reason = 'Cannot go on: "<script>alert(1)</script>"';
      await noteEnd(join(folder, "run"), { end: "failed", epoch: 1, step: 2, reason });
      const board = await boardOf(folder);
      const run = board.follow(board.runs[0]!.id)!;
      await run.poll();
      const view = run.view(Date.now());
      assertEquals([view.state, view.reason], ["failed", reason]);
    }));

  it("gives samples by their names, and no other file", () =>
    inTemporaryFolder(async (folder) => {
      await writeFakeRun(join(folder, "run"), { epochs: [1] });
      await Deno.writeTextFile(join(folder, "secret.jpg"), "secret");
      await Deno.symlink(join(folder, "secret.jpg"), join(folder, "run", "samples", "9_9.jpg"));
      const board = await boardOf(folder);
      const app = createApp(board);
      const { id } = board.runs[0]!;
      const picture = await ask(app, `/samples/${id}/0_1.jpg`);
      assertEquals(picture.headers.get("content-type"), "image/jpeg");
      const bytes = await picture.bytes();
      assertEquals(bytes, await Deno.readFile(join(folder, "run", "samples", "0_1.jpg")));
      const headers = { host: "localhost", "if-none-match": picture.headers.get("etag")! };
      assertEquals((await ask(app, `/samples/${id}/0_1.jpg`, { headers })).status, 304);
      for (
        const path of [
          `${id}/9_9.jpg`,
          `${id}/0_2.jpg`,
          `${id}/..%2Frun.json`,
          `${id}/%2e%2e%2frun.json`,
          `none/0_1.jpg`,
          `${id}/0_1.jpg%00`,
        ]
      ) {
        assertEquals((await ask(app, `/samples/${path}`)).status, 404, path);
      }
    }));

  it("lists and gives the traces of a run, and no other file", () =>
    inTemporaryFolder(async (folder) => {
      const run = join(folder, "run");
      await writeFakeRun(run);
      const names = ["trace.json", "step10.trace.json", "step9.trace.json"];
      for (const name of names) await Deno.writeTextFile(join(run, name), "[]");
      // None that is no trace, half hidden, a folder, a link or has a name for a shell or a page.
      for (const name of [".trace.json", "trace.json.tmp", "trace<b>.json"]) {
        await Deno.writeTextFile(join(run, name), "[]");
      }
      await Deno.mkdir(join(run, "traces.json"));
      await Deno.symlink("/etc/hostname", join(run, "linked_trace.json"));
      const board = await boardOf(folder);
      const { id } = board.runs[0]!;
      const app = createApp(board);
      const followed = board.follow(id)!;
      await followed.poll();
      assertEquals(followed.view(0).traces, [
        { name: "step9.trace.json", bytes: 2 },
        { name: "step10.trace.json", bytes: 2 },
        { name: "trace.json", bytes: 2 },
      ]);
      const answer = await ask(app, `/traces/${id}/trace.json`);
      assertEquals(answer.headers.get("content-type"), "application/json");
      assertEquals(await answer.text(), "[]");
      for (
        const path of [
          `${id}/run.json`,
          `${id}/linked_trace.json`,
          `${id}/traces.json`,
          `${id}/..%2Frun%2Ftrace.json`,
          "none/trace.json",
        ]
      ) {
        assertEquals((await ask(app, `/traces/${path}`)).status, 404, path);
      }
    }));

  it("finds the runs of a folder of a thousand", () =>
    inTemporaryFolder(async (folder) => {
      await writeFakeRun(join(folder, "run0"));
      const text = await Deno.readTextFile(join(folder, "run0", "run.json"));
      for (let index = 1; index < 1000; index++) {
        await Deno.mkdir(join(folder, `run${index}`));
        await Deno.writeTextFile(join(folder, `run${index}`, "run.json"), text);
      }
      const board = await boardOf(folder);
      assertEquals(board.runs.length, 1000);
      assertEquals(board.runs[2]!.label, "run2");
    }));
});

describe("a served page", () => {
  it("takes the next port when one is in use, and says so", () =>
    inTemporaryFolder(async (folder) => {
      const said: string[] = [];
      const first = await servePage([folder], { port: 17_077, say: (line) => said.push(line) });
      const second = await servePage([folder], { port: 17_077, say: (line) => said.push(line) });
      try {
        assert(first.address !== second.address);
        assert(said.some((line) => line.startsWith("Port 17077 is in use; the page is at port")));
        for (const { address } of [first, second]) {
          const response = await fetch(address);
          assert((await response.text()).includes("<title>Pairlab watch</title>"));
        }
      } finally {
        await first.close();
        await second.close();
      }
    }));

  it("needs a token where others than this machine may ask", () =>
    inTemporaryFolder(async (folder) => {
      const { address, close } = await servePage([folder], { host: "0.0.0.0", port: 17_177 });
      try {
        const { port, searchParams } = new URL(address);
        assertEquals(searchParams.get("token")?.length, 32);
        const refused = await fetch(`http://127.0.0.1:${port}/`);
        assertEquals(refused.status, 403);
        await refused.body?.cancel();
      } finally {
        await close();
      }
    }));
});
