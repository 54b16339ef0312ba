/** Listening on a port of this machine. */
import { messageOf, PairlabError } from "../base/errors.ts";

/** Where a server listens. */
export interface ListenOptions {
  /** An address of this machine, e.g. `127.0.0.1`. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** How many ports after the first are tried while they are in use. @default 0 */
  readonly tries?: number;
}

/** A server that listens. */
export interface Listening {
  /** What to open in a browser, e.g. `http://127.0.0.1:8077/`. */
  readonly address: string;
  /** The port that is listened to. */
  readonly port: number;
  /** Resolves when the server has stopped. */
  readonly finished: Promise<void>;
  /**
   * Takes no more connections, and waits for the answers under way.
   *
   * @param patience Milliseconds after which it no longer waits for clients that keep their connection
   * open; those are cut when the process ends. @default Infinity
   */
  shutdown(patience?: number): Promise<void>;
}

/**
 * Listens on one port of one address. Errors of the handler end one answer, and say nothing of files.
 *
 * @throws {PairlabError} If no port is free, or the address is not this machine's.
 *
 * @example
 * ```ts ignore
 * const server = listen((request) => app.fetch(request), { host: "127.0.0.1", port: 0 });
 * ```
 */
export function listen(
  handler: (request: Request) => Response | Promise<Response>,
  { host, port: first, tries = 0 }: ListenOptions,
): Listening {
  const last = Math.min(first + tries, 65_535);
  const onError = (): Response => new Response("The server could not answer.", { status: 500 });
  for (let port = first; port <= last; port++) {
    try {
      const settings = { hostname: host, port, onListen: () => {}, onError };
      const server = Deno.serve(settings, handler);
      const { port: taken } = server.addr as Deno.NetAddr;
      const name = host.includes(":") ? `[${host}]` : host;
      return {
        address: `http://${name}:${taken}/`,
        port: taken,
        finished: server.finished,
        shutdown: async (patience = Infinity) => {
          let timer: ReturnType<typeof setTimeout> | undefined;
          const enough = new Promise<void>((resolve) => {
            if (Number.isFinite(patience)) timer = setTimeout(resolve, patience);
          });
          await Promise.race([server.shutdown(), enough]);
          clearTimeout(timer);
        },
      };
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) continue;
      if (error instanceof Deno.errors.NotCapable) {
        throw new PairlabError(
          `Cannot listen on "${host}": Deno permits the task only the addresses in deno.json. Add "${host}" to its --allow-net there.`,
        );
      }
      throw new PairlabError(
        `Cannot listen on "${host}": ${
          messageOf(error)
        }. Use --host=127.0.0.1, or an address of this machine.`,
      );
    }
  }
  const ports = first === last ? `port ${first} is` : `ports ${first} to ${last} are`;
  throw new PairlabError(`Cannot listen: ${ports} in use. Choose another with --port.`);
}
