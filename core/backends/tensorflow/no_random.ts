/** Keeps JavaScript's random numbers out of compiled functions. */
import { PairlabError } from "../../base/errors.ts";
import { callSite } from "./call_site.ts";

/**
 * Runs `body` and rejects draws from `Math.random`, which tfjs' own random tensors and dropout use:
 * every call of the function `name` would see the same numbers.
 */
export function withoutRandom(name: string, body: () => void): void {
  const { random } = Math;
  Math.random = () => {
    throw new PairlabError(
      `Cannot draw random numbers from JavaScript in "${name}"${callSite()}: every call of the ` +
        "compiled function would see the same ones. Use statelessUniform or statelessNormal with a " +
        "seed that is an argument",
    );
  };
  try {
    body();
  } finally {
    Math.random = random;
  }
}
