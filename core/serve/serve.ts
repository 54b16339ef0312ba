/** A server at work. */
import { PairlabError } from "../base/errors.ts";
import type { ServerApp } from "./app.ts";

/** A server that listens. */
export interface Server {
  readonly address: string;
  /** Takes no more requests, answers those that it has, and ends. */
  stop(): Promise<void>;
  readonly finished: Promise<void>;
}

/**
 * Listens on one port of one address.
 *
 * @throws {PairlabError} If the port is in use, or the address is not this machine's.
 */
export function listen(
  app: ServerApp,
  { host, port }: { readonly host: string; readonly port: number },
): Server {
  let server: Deno.HttpServer;
  try {
    server = Deno.serve(
      { hostname: host, port, onListen: () => {} },
      (request) => app.fetch(request),
    );
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new PairlabError(
        `Cannot listen on port ${port}: another program does. Choose another with --port.`,
      );
    }
    throw new PairlabError(
      `Cannot listen on "${host}": ${
        error instanceof Error ? error.message : String(error)
      }. Use --host=127.0.0.1, or an address of this machine.`,
    );
  }
  const { port: taken } = server.addr as Deno.NetAddr;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    address: `http://${name}:${taken}/`,
    finished: server.finished,
    stop: async () => {
      await app.stop();
      await server.shutdown();
    },
  };
}
