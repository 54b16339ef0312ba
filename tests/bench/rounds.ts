/** Several steppers measured in turn. */
import { PairlabError } from "../../core/base/errors.ts";
import { type Timing, timingOf } from "./statistics.ts";
import { type Program, startStepper, type Stepper } from "./stepper.ts";

/** Options of {@link measureInTurn}. */
export interface RoundsOptions {
  /** Steps of each stepper that count. */
  readonly steps: number;
  /** Steps in one go before it is the next one's turn. @default 5 */
  readonly block?: number;
  /** Steps before, not counted: compilation, caches, memory pools. @default 3 */
  readonly warmUp?: number;
  /** Called with a line about each stage. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Called when a program fails; true continues without it. @default stop */
  readonly onFailure?: ((program: Program, error: Error) => boolean) | undefined;
}

/** What was measured of one stepper. */
export interface Measured {
  readonly stepper: Stepper;
  readonly timing: Timing;
  /** The most memory that its process has had at once. */
  readonly peakBytes: number;
}

/**
 * Measures programs in turn: a block of steps of the first, of the second, and again. What slows
 * the machine down for a while slows them all alike.
 *
 * All are processes of their own and wait, at no cost, while another one computes. In one process
 * they would share the pool of threads, the allocator, and the fragments that each leaves in memory;
 * measured one after another they would be measured on a machine that is hotter or busier each time.
 *
 * @throws {PairlabError} If a stepper fails.
 */
export async function measureInTurn(
  programs: readonly Program[],
  { steps, block = 5, warmUp = 3, onProgress = () => {}, onFailure = () => false }: RoundsOptions,
): Promise<Measured[]> {
  const started: Stepper[] = [];
  const racers = new Set<Racer>();
  const unlessItFails = async (program: Program, body: () => Promise<void>): Promise<boolean> => {
    try {
      await body();
      return true;
    } catch (error) {
      if (error instanceof Error && onFailure(program, error)) return false;
      throw error;
    }
  };
  try {
    for (const program of programs) {
      onProgress(`Starting ${program.name}`);
      await unlessItFails(program, async () => {
        const stepper = await startStepper(program);
        started.push(stepper);
        if (warmUp > 0) await stepper.steps(warmUp);
        racers.add({ program, stepper, times: [], peakBytes: 0 });
      });
    }
    for (let done = 0; done < steps; done += block) {
      const count = Math.min(block, steps - done);
      onProgress(`Steps ${done + 1} to ${done + count} of ${steps}`);
      for (const racer of racers) {
        if (!await unlessItFails(racer.program, () => takeSteps(racer, count))) {
          racers.delete(racer);
        }
      }
    }
  } finally {
    await Promise.all(started.map((stepper) => stepper.end()));
  }
  return [...racers].map(({ stepper, times, peakBytes }) => ({
    stepper,
    timing: timingOf(times),
    peakBytes,
  }));
}

/** A running program and its times. */
interface Racer {
  readonly program: Program;
  readonly stepper: Stepper;
  readonly times: number[];
  peakBytes: number;
}

async function takeSteps(racer: Racer, count: number): Promise<void> {
  for (const { milliseconds, losses, peakBytes } of await racer.stepper.steps(count)) {
    checkLosses(racer.stepper.name, losses);
    racer.times.push(milliseconds);
    racer.peakBytes = peakBytes;
  }
}

/** Rejects NaN and infinite losses, which are computed faster or slower than others. */
function checkLosses(name: string, losses: Readonly<Record<string, number>>): void {
  const bad = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new PairlabError(`Cannot measure ${name}: its loss "${bad[0]}" is ${bad[1]}`);
}
