/** A server at work. */
import { listen, type ListenOptions } from "../http/listen.ts";
import type { ServerApp } from "./app.ts";

/** Where a server listens, and how long it waits for its clients at the end. */
export interface ServerOptions extends ListenOptions {
  /** Milliseconds for which it waits, once all is answered, for clients to close their connections. */
  readonly patience: number;
}

/** A server that answers. */
export interface Server {
  readonly address: string;
  readonly finished: Promise<void>;
  /** Takes no more requests, answers those that it has, and ends. */
  stop(): Promise<void>;
}

/**
 * Serves an app on one port of one address.
 *
 * @throws {PairlabError} If the port is in use, or the address is not this machine's.
 */
export function startServer(app: ServerApp, options: ServerOptions): Server {
  const { address, finished, shutdown } = listen((request) => app.fetch(request), options);
  return {
    address,
    finished,
    stop: async () => {
      await app.stop();
      await shutdown(options.patience);
    },
  };
}
