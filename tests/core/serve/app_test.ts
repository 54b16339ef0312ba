import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Picture } from "../../../core/interfaces/pictures.ts";
import { decodePicture } from "../../../core/pictures/decode.ts";
import { encodePicture } from "../../../core/pictures/encode.ts";
import { resizePicture } from "../../../core/pictures/resize.ts";
import { type AppOptions, createApp } from "../../../core/serve/app.ts";
import type { ServedModel } from "../../../core/serve/model.ts";

const SHAPE = { height: 2, width: 2, channels: 3 };

/** A model that turns pictures to their negative; it can be held up. */
function negative(name: string, wait: () => Promise<void> = () => Promise.resolve()): ServedModel {
  return {
    name,
    mode: "running",
    description: {
      shape: { input: SHAPE, target: SHAPE },
      resize: "cubic",
      fit: "resize",
      step: 7,
    },
    batches: [1, 2, 4],
    fit: (picture) => resizePicture(picture, SHAPE, "nearest"),
    predict: async (pictures) => {
      await wait();
      return pictures.map((picture) => ({
        ...SHAPE,
        data: Uint8Array.from(picture.data, (level) => 255 - level),
      }));
    },
  };
}

const OPTIONS: AppOptions = {
  limits: { bytes: 10_000, pixels: 1000, instances: 2 },
  queue: 1,
  timeout: 5000,
  version: "0.0.0",
};

const PICTURE: Picture = {
  ...SHAPE,
  data: Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110),
};
const NEGATIVE = Uint8Array.from(PICTURE.data, (level) => 255 - level);
const FILE = new Uint8Array(await encodePicture(PICTURE, ".png"));

const ADDRESS = "http://localhost:8077";

function post(
  body: BodyInit | null,
  headers: Record<string, string> = {},
  model = "negative",
): Request {
  const all = { host: "localhost:8077", ...headers };
  return new Request(`${ADDRESS}/v1/models/${model}:predict`, {
    method: "POST",
    body,
    headers: all,
  });
}

function get(path: string, headers: Record<string, string> = {}): Request {
  return new Request(`${ADDRESS}${path}`, { headers: { host: "localhost:8077", ...headers } });
}

const json = (body: unknown): Request =>
  post(JSON.stringify(body), { "content-type": "application/json" });

const app = createApp([negative("negative")], OPTIONS);

describe("a server", () => {
  it("gives a picture for the bytes of a picture", async () => {
    const response = await app.fetch(post(FILE));
    assertEquals([response.status, response.headers.get("content-type")], [200, "image/png"]);
    const { data } = await decodePicture(await response.bytes());
    assertEquals(data, NEGATIVE);
  });

  it("gives a JPEG where one is asked for", async () => {
    const response = await app.fetch(post(FILE, { accept: "image/jpeg" }));
    assertEquals([...(await response.bytes()).slice(0, 2)], [0xff, 0xd8]);
  });

  it("gives a picture for a form with a file", async () => {
    const form = new FormData();
    form.append("picture", new File([FILE], "picture.png"));
    const response = await app.fetch(post(form));
    assertEquals((await decodePicture(await response.bytes())).data, NEGATIVE);
  });

  it("gives arrays for arrays, as TensorFlow Serving does", async () => {
    const rows = [[[0, 10, 20], [30, 40, 50]], [[60, 70, 80], [90, 100, 110]]];
    const response = await app.fetch(json({ instances: [rows] }));
    assertEquals(await response.json(), {
      predictions: [[[[255, 245, 235], [225, 215, 205]], [[195, 185, 175], [165, 155, 145]]]],
    });
  });

  it("gives base64 for base64", async () => {
    const response = await app.fetch(json({ instances: [{ b64: FILE.toBase64() }] }));
    const { predictions: [{ b64 }] } = await response.json();
    assertEquals((await decodePicture(Uint8Array.fromBase64(b64))).data, NEGATIVE);
  });

  it("lists its models, and describes itself", async () => {
    const { models } = await (await app.fetch(get("/v1/models"))).json();
    assertEquals(models.map(({ name, step }: { name: string; step: number }) => [name, step]), [[
      "negative",
      7,
    ]]);
    assertEquals((await app.fetch(get("/v1/models/negative"))).status, 200);
    const api = await (await app.fetch(get("/openapi.json"))).json();
    assertEquals(api.openapi, "3.1.0");
    assert("/v1/models/{name}:predict" in api.paths);
  });

  it("shows its page, whose files are those it was given and no others", async () => {
    const text = (words: string) => new TextEncoder().encode(words);
    const page = new Map([["index.html", text("<p>a page")], ["demo.js", text("1")]]);
    const shown = createApp([negative("negative")], { ...OPTIONS, page });
    const index = await shown.fetch(get("/"));
    assertEquals(index.headers.get("content-type"), "text/html; charset=utf-8");
    assertEquals(await index.text(), "<p>a page");
    const script = await shown.fetch(get("/demo.js"));
    assertEquals(script.headers.get("content-type"), "text/javascript; charset=utf-8");
    assertEquals((await shown.fetch(get("/deno.json"))).status, 404);
    assertEquals((await app.fetch(get("/"))).headers.get("location"), "/openapi.json");
  });

  it("counts for Prometheus", async () => {
    const counted = createApp([negative("negative")], OPTIONS);
    await counted.fetch(post(FILE));
    await counted.fetch(post("rubbish"));
    const text = await (await counted.fetch(get("/metrics"))).text();
    assertStringIncludes(text, 'pairlab_requests_total{model="negative",status="200"} 1');
    assertStringIncludes(text, 'pairlab_requests_total{model="negative",status="415"} 1');
    assertStringIncludes(text, 'pairlab_pictures_total{model="negative"} 1');
    assertStringIncludes(text, 'pairlab_waiting_requests{model="negative"} 0');
  });
});

describe("a server says with a status and a sentence", () => {
  const cases: [what: string, request: () => Request, status: number, sentence: string][] = [
    ["that a model does not exist", () => post(FILE, {}, "other"), 404, "negative"],
    ["that an address does not exist", () => get("/nothing"), 404, "/openapi.json"],
    [
      "that pictures are sent with POST",
      () => get("/v1/models/negative:predict"),
      405,
      "Send a picture with POST",
    ],
    ["that a body is missing", () => post(null), 400, "no body"],
    ["that a body is no picture", () => post("rubbish"), 415, "no picture"],
    ["that a picture is cut short", () => post(FILE.slice(0, FILE.length - 20)), 422, "Cannot"],
    ["that a request is too large", () => post(new Uint8Array(10_001)), 413, "10000 bytes"],
    ["that JSON is none", () => post("{", { "content-type": "application/json" }), 400, "not JSON"],
    ["that JSON lacks instances", () => json({ inputs: [] }), 400, "instances"],
    [
      "that there are too many instances",
      () => json({ instances: [[[[1]]], [[[1]]], [[[1]]]] }),
      413,
      "up to 2",
    ],
    [
      "that rows are of different lengths",
      () => json({ instances: [[[[1, 2, 3]], []]] }),
      422,
      "one length",
    ],
    ["that pixels lack channels", () => json({ instances: [[[[1, 2]]]] }), 422, "3 levels"],
    ["that text is not base64", () => json({ instances: [{ b64: "?" }] }), 400, "not base64"],
    [
      "that a form cannot be read",
      () => post("x", { "content-type": "multipart/form-data; boundary=a" }),
      400,
      "form",
    ],
  ];
  for (const [what, request, status, sentence] of cases) {
    it(what, async () => {
      const response = await app.fetch(request());
      assertEquals(response.status, status);
      assertStringIncludes((await response.json()).error, sentence);
    });
  }

  it("that a picture has too many pixels, before it is decoded", async () => {
    const large = { height: 40, width: 40, channels: 3, data: new Uint8Array(4800) };
    const response = await app.fetch(post(new Uint8Array(await encodePicture(large, ".png"))));
    assertEquals(response.status, 413);
    assertStringIncludes((await response.json()).error, "40x40");
  });

  it("that a picture is too long, whose millions of rows would keep the decoder busy", async () => {
    const limits = { bytes: 100_000, pixels: 1_000_000, instances: 2 };
    const patient = createApp([negative("negative")], { ...OPTIONS, limits });
    const long = { height: 70_000, width: 1, channels: 1, data: new Uint8Array(70_000) };
    const response = await patient.fetch(post(new Uint8Array(await encodePicture(long, ".png"))));
    assertEquals(response.status, 413);
    assertStringIncludes((await response.json()).error, "up to 65535 a side");
  });

  it("that too many wait, and when to try again", async () => {
    let release = (): void => {};
    const held = negative("negative", () => new Promise((resolve) => release = resolve));
    const busy = createApp([held], OPTIONS);
    const first = busy.fetch(post(FILE));
    // The first is worked on, the second waits, the third is one too many.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = busy.fetch(post(FILE));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const third = await busy.fetch(post(FILE));
    assertEquals(third.status, 503);
    assert(Number(third.headers.get("retry-after")) >= 1);
    release();
    assertEquals((await first).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 10));
    release();
    assertEquals((await second).status, 200);
  });

  it("that a request waited too long", async () => {
    const held = negative("negative", () => new Promise((resolve) => setTimeout(resolve, 300)));
    const slow = createApp([held], { ...OPTIONS, timeout: 30 });
    const response = await slow.fetch(post(FILE));
    assertEquals(response.status, 503);
    assertEquals(response.headers.get("retry-after"), "10");
    await slow.stop();
  });

  it("that a body did not arrive in time", async () => {
    const slow = createApp([negative("negative")], { ...OPTIONS, timeout: 30 });
    const never = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(FILE.slice(0, 9)),
    });
    assertEquals((await slow.fetch(post(never))).status, 408);
  });

  it("that it is stopping, after it has answered what it had", async () => {
    let release = (): void => {};
    const held = negative("negative", () => new Promise((resolve) => release = resolve));
    const stopping = createApp([held], OPTIONS);
    const first = stopping.fetch(post(FILE));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = stopping.stop();
    assertEquals((await stopping.fetch(get("/ready"))).status, 503);
    assertEquals((await stopping.fetch(get("/health"))).status, 200);
    assertEquals((await stopping.fetch(post(FILE))).status, 503);
    release();
    assertEquals((await first).status, 200);
    await stopped;
  });

  it("that a model has a defect, without a word of what it is", async () => {
    const broken = createApp([
      negative("negative", () => Promise.reject(new Error("/secret/path"))),
    ], OPTIONS);
    const response = await broken.fetch(post(FILE));
    assertEquals(response.status, 500);
    assertEquals(await response.json(), { error: "The server could not answer." });
  });
});

describe("who may ask", () => {
  it("is this machine, by its own name alone", async () => {
    assertEquals((await app.fetch(get("/health", { host: "evil.example" }))).status, 403);
    assertEquals((await app.fetch(get("/health", { host: "127.0.0.1:8077" }))).status, 200);
  });

  it("is whoever has the token, where there is one", async () => {
    const secured = createApp([negative("negative")], { ...OPTIONS, token: "t0ken" });
    assertEquals((await secured.fetch(get("/v1/models"))).status, 401);
    assertEquals(
      (await secured.fetch(get("/v1/models", { authorization: "Bearer other" }))).status,
      401,
    );
    const host = "pairlab.example";
    const allowed = { host, authorization: "Bearer t0ken" };
    assertEquals((await secured.fetch(get("/v1/models", allowed))).status, 200);
    assertEquals((await secured.fetch(get("/health", { host }))).status, 200);
  });
});
