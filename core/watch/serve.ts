/** Serves the page of some folders. */
import { PairlabError } from "../base/errors.ts";
import { isLoopback, makeToken } from "./access.ts";
import { createApp } from "./app.ts";
import { openBoard } from "./board.ts";
import { createFinder } from "./folders.ts";

/** Where the page is served. */
export interface ServeOptions {
  /** The address that is listened to; another than loopback needs the token. @default "127.0.0.1" */
  readonly host?: string;
  /** @default 7077, or the next one that is free */
  readonly port?: number | undefined;
  /** Told what a user should know, e.g. that another port was taken. */
  readonly say?: (line: string) => void;
}

/** A page being served. */
export interface ServedPage {
  /** What to open in a browser, with the token if there is one. */
  readonly address: string;
  readonly finished: Promise<void>;
  close(): Promise<void>;
}

const PORT = 7077;

/** Ports that are tried after the first. */
const TRIES = 50;

/**
 * Serves the live page of runs, sweeps, or folders of them. It only ever reads.
 *
 * @throws {PairlabError} If the host cannot be listened to, or no port is free.
 *
 * @example
 * ```ts ignore
 * const { address, close } = await servePage(["runs"]);
 * ```
 */
export async function servePage(
  folders: readonly string[],
  { host = "127.0.0.1", port, say = () => {} }: ServeOptions = {},
): Promise<ServedPage> {
  const token = isLoopback(host) ? undefined : makeToken();
  const board = openBoard(createFinder(folders));
  await board.refresh();
  const app = createApp(board, { token });
  const server = listen(host, port ?? PORT, (request) => app.fetch(request));
  const { port: taken } = server.addr as Deno.NetAddr;
  if (taken !== (port ?? PORT)) {
    say(`Port ${port ?? PORT} is in use; the page is at port ${taken}`);
  }
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    address: `http://${name}:${taken}/${token === undefined ? "" : `?token=${token}`}`,
    finished: server.finished,
    close: () => server.shutdown(),
  };
}

function listen(host: string, first: number, handler: Deno.ServeHandler): Deno.HttpServer {
  for (let port = first; port <= Math.min(first + TRIES, 65_535); port++) {
    try {
      return Deno.serve({ hostname: host, port, onListen: () => {}, onError }, handler);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) continue;
      if (error instanceof Deno.errors.NotCapable) {
        throw new PairlabError(
          `Cannot listen on "${host}": the task may use this machine's own addresses only. Run "deno run --allow-read --allow-env --allow-net core/commands/watch.ts --host=${host}" with the same folders.`,
        );
      }
      throw new PairlabError(
        `Cannot listen on "${host}": ${
          error instanceof Error ? error.message : String(error)
        }. Use --host=127.0.0.1, or an address of this machine.`,
      );
    }
  }
  throw new PairlabError(
    `Cannot serve the page: ports ${first} to ${
      first + TRIES
    } are in use. Choose another with --port.`,
  );
}

function onError(): Response {
  // Defects of the page end one answer, and say nothing of files.
  return new Response("The server could not answer.", { status: 500 });
}
