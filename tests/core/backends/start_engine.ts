/**
 * Starts an engine as a program of its own, so that tests can give it another environment, and
 * prints its name and reason, or what is wrong.
 *
 *     deno run -A start_engine.ts auto '{"fetch":false}'
 */
// deno-lint-ignore-file no-console
import { type EngineChoice, startEngine } from "../../../core/backends/engine.ts";
import { PairlabError } from "../../../core/base/errors.ts";

const [choice = "auto", options = "{}"] = Deno.args;
try {
  const { name, reason } = await startEngine(choice as EngineChoice, {
    onProgress: () => {},
    ...JSON.parse(options),
  });
  console.log(JSON.stringify({ name, reason }));
} catch (error) {
  if (!(error instanceof PairlabError)) throw error;
  console.log(JSON.stringify({ refused: error.message }));
}
Deno.exit(0);
