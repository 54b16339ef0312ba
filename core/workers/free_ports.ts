/** `free_ports.ts COUNT` prints as many ports that are free on this machine: its caller may not listen. */
const [count] = Deno.args;
const listeners = Array.from(
  { length: Number(count) },
  () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
);
const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
for (const listener of listeners) listener.close();
await Deno.stdout.write(new TextEncoder().encode(ports.join("\n")));
