/** Keeps random numbers of JavaScript out of functions that are compiled. */
import { PairlabError } from "../../base/errors.ts";
import { callSite } from "./call_site.ts";

/**
 * Runs `body` and refuses whoever draws from `Math.random`, on which tfjs' own random tensors and
 * dropout rest: the numbers would be the same in every call of the function named `name`.
 */
export function withoutRandom(name: string, body: () => void): void {
  const { random } = Math;
  Math.random = () => {
    throw new PairlabError(
      `Cannot draw random numbers from JavaScript in "${name}"${callSite()}: every call of the ` +
        "compiled function would be given the same, statelessUniform or statelessNormal would " +
        "work, with a seed that is an argument",
    );
  };
  try {
    body();
  } finally {
    Math.random = random;
  }
}
