/** A program that takes the lease that it is given, says so, and waits to be killed. */
import { takeLease } from "../../../core/ablate/lease.ts";

await takeLease(Deno.args[0]!, { beat: 0.05, expires: 60 });
Deno.stdout.writeSync(new TextEncoder().encode("taken\n"));
