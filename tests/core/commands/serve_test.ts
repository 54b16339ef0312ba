import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { crc32, deflateSync } from "node:zlib";
import { join } from "@std/path";
import { encodePicture } from "../../../core/pictures/encode.ts";
import { run, start, TINY, watch } from "./process.ts";

const isWindows = Deno.build.os === "windows";

/** A PNG of one grey, 1 bit a pixel: a few kilobytes for any size. */
function blackPng(width: number, height: number): Uint8Array<ArrayBuffer> {
  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const named = new Uint8Array([...new TextEncoder().encode(type), ...data]);
    const framed = new Uint8Array(named.length + 8), view = new DataView(framed.buffer);
    view.setUint32(0, data.length);
    framed.set(named, 4);
    view.setUint32(named.length + 4, crc32(named));
    return framed;
  };
  const header = new Uint8Array(13), view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 1; // bits; the rest is zero: grey, deflate, no interlace
  const rows = deflateSync(new Uint8Array(height * (1 + Math.ceil(width / 8))));
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const chunks = [chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", new Uint8Array())];
  return new Uint8Array([...signature, ...chunks.flatMap((bytes) => [...bytes])]);
}

describe("serve", () => {
  let folder: string, path: string, file: Uint8Array<ArrayBuffer>;
  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
    path = join(folder, "run");
    const { code, output } = await run(
      ...["train", TINY, "--backend=cpu", "--no-check", "--epochs=1", `--run=${path}`] as const,
    );
    assertEquals(code, 0, output);
    const data = new Uint8Array(40 * 40 * 3).map((_, index) => index % 251);
    const picture = { height: 40, width: 40, channels: 3, data };
    file = new Uint8Array(await encodePicture(picture, ".png"));
  });
  after(() => Deno.remove(folder, { recursive: true }));

  /** A server of the run, and how to stop it; it is told to end when the test is over. */
  async function serving(
    body: (server: { address: string; port: number; stop(): void }) => Promise<void>,
    ...args: string[]
  ): Promise<{ code: number; output: string }> {
    const process = start("serve", `tiny=${path}`, "--port=0", "--backend=cpu", ...args);
    const watched = watch(process);
    let told = false;
    const stop = (): void => {
      if (!told) process.kill("SIGTERM");
      told = true;
    };
    try {
      await watched.printed("Try: curl");
      const address = watched.soFar().match(/Serving at (\S+)/)![1]!;
      await body({
        address: `${address}v1/models/tiny:predict`,
        port: Number(new URL(address).port),
        stop,
      });
    } finally {
      try {
        stop();
      } catch {
        // It has ended.
      }
    }
    const output = await watched.toTheEnd();
    return { code: (await process.status).code, output };
  }

  const predict = (address: string): Promise<Response> =>
    fetch(address, { method: "POST", body: file });

  /** The beginning of a request whose body is announced as one of so many bytes. */
  const headOf = (length: number): Uint8Array =>
    new TextEncoder().encode(
      `POST /v1/models/tiny:predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`,
    );

  const answerOn = async (connection: Deno.TcpConn): Promise<string> =>
    new TextDecoder().decode(await new Response(connection.readable).arrayBuffer());

  it("answers after half requests, slow ones, bombs and rubbish, and fills no memory", async () => {
    const { code, output } = await serving(async ({ address, port }) => {
      const memory = async (): Promise<number> => {
        const text = await (await fetch(`http://localhost:${port}/metrics`)).text();
        return Number(/^pairlab_resident_memory_bytes (\S+)$/m.exec(text)![1]);
      };
      await (await predict(address)).bytes();
      const before = await memory();

      for (let times = 0; times < 20; times++) {
        const half = await Deno.connect({ port });
        await half.write(headOf(file.length));
        await half.write(file.subarray(0, file.length / 2));
        half.close();
      }
      const slow = await Deno.connect({ port });
      await slow.write(headOf(file.length));
      await slow.write(file.subarray(0, 10));
      // It may still send, so the connection is open; that does not keep the server from ending.
      const beginning = new Uint8Array(100);
      await slow.read(beginning);
      assertStringIncludes(new TextDecoder().decode(beginning), "408 Request Timeout");

      const bomb = blackPng(20_000, 20_000);
      assert(bomb.length < 100_000, `${bomb.length}`);
      const bombs = Array.from(
        { length: 10 },
        () => fetch(address, { method: "POST", body: bomb }),
      );
      for (const response of await Promise.all(bombs)) {
        assertEquals(response.status, 413);
        assertStringIncludes((await response.json()).error, "20000x20000 pixels");
      }
      const rubbish: [status: number, body: BodyInit, type: string][] = [
        [415, "GIF89a", "image/gif"],
        [422, `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`, "image/svg+xml"],
        [400, "[".repeat(100_000), "application/json"],
        [400, JSON.stringify({ instances: "all" }), "application/json"],
        [400, JSON.stringify({ instances: [{ b64: 7 }] }), "application/json"],
        [400, "--a", "multipart/form-data; boundary=a"],
        [400, "--a", "multipart/form-data"],
      ];
      for (const [status, body, type] of rubbish) {
        const headers = { "content-type": type };
        const response = await fetch(address, { method: "POST", body, headers });
        assertEquals([status, typeof (await response.json()).error], [response.status, "string"]);
      }
      const wrong = await Deno.connect({ port });
      await wrong.write(new TextEncoder().encode("\x16\x03\x01 no HTTP\r\n\r\n"));
      assert(!(await answerOn(wrong)).includes(" 200 "));

      const response = await predict(address);
      assertEquals([response.status, (await response.bytes())[0]], [200, 0x89]);
      const grown = (await memory() - before) / 2 ** 20;
      // One decoded bomb would have 381 MiB at 8 bits.
      assert(grown < 250, `${grown} MiB`);
    }, "--timeout=1");
    assertEquals(code, 0, output);
  });

  it(
    "answers the eight requests that are under way when it is told to end, and ends with 0",
    { skip: isWindows },
    async () => {
      const answers: string[] = [];
      const { code, output } = await serving(async ({ port, stop }) => {
        const connections = await Promise.all(
          Array.from({ length: 8 }, () => Deno.connect({ port })),
        );
        for (const connection of connections) {
          await connection.write(headOf(file.length));
          await connection.write(file.subarray(0, 20));
        }
        // A whole request behind them: they have been taken.
        await (await fetch(`http://localhost:${port}/health`)).json();
        stop();
        await new Promise((resolve) => setTimeout(resolve, 300));
        for (const connection of connections) await connection.write(file.subarray(20));
        answers.push(...await Promise.all(connections.map(answerOn)));
      });
      assertEquals(answers.map((answer) => answer.slice(0, 15)), Array(8).fill("HTTP/1.1 200 OK"));
      assertStringIncludes(output, "Answering what has arrived, then ending");
      assertEquals(code, 0, output);
    },
  );

  it("says which port is in use", async () => {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr as Deno.NetAddr;
    const { code, output } = await run("serve", path, `--port=${port}`, "--backend=cpu");
    taken.close();
    assertEquals(code, 1);
    assertStringIncludes(output, `Cannot listen: port ${port} is in use. Choose another`);
  });

  it("serves no two models by one name", async () => {
    const { code, output } = await run("serve", path, path, "--backend=cpu");
    assertEquals(code, 1);
    assertStringIncludes(output, 'Cannot serve two models as "run"');
  });
});
