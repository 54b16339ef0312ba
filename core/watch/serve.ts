/** Serves the page of some folders. */
import { isLoopback, makeToken } from "../http/access.ts";
import { listen } from "../http/listen.ts";
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
  const first = port ?? PORT;
  const server = listen((request) => app.fetch(request), { host, port: first, tries: TRIES });
  if (server.port !== first) {
    say(`Port ${first} is in use; the page is at port ${server.port}`);
  }
  return {
    address: `${server.address}${token === undefined ? "" : `?token=${token}`}`,
    finished: server.finished,
    close: server.shutdown,
  };
}
