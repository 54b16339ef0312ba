/** Catches promises that a callback does not wait for and that reject. */
import { AsyncLocalStorage } from "node:async_hooks";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Callback } from "../interfaces/callbacks.ts";

/** While it is open, an unhandled rejection does not end the process. */
export interface CallbackGuard extends Disposable {
  /** Calls a hook; what it leaves running is known by the callback's name. */
  call(
    callback: Callback,
    hook: (callback: Callback) => void | Promise<void>,
  ): void | Promise<void>;
  /** The first such rejection, or null. */
  readonly failure: PairlabError | null;
  /** @throws {PairlabError} The failure, if there is one. */
  throwIfFailed(): void;
}

const caller = new AsyncLocalStorage<string>();

/** Opens a guard. */
export function guardCallbacks(): CallbackGuard {
  let failure: PairlabError | null = null;
  const onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    const name = caller.getStore();
    const who = name === undefined ? "a part of the experiment" : `the callback "${name}"`;
    failure ??= new PairlabError(
      `Cannot continue: a promise that ${who} does not wait for was rejected: ${
        messageOf(event.reason)
      }. Await it, or catch its errors`,
      { cause: event.reason },
    );
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    call: (callback, hook) => caller.run(callback.name, () => hook(callback)),
    get failure() {
      return failure;
    },
    throwIfFailed: () => {
      if (failure !== null) throw failure;
    },
    [Symbol.dispose]: () => globalThis.removeEventListener("unhandledrejection", onRejection),
  };
}
