/** Texts that the shaders share. */

/** Threads of a workgroup that computes value by value. */
const THREADS = 64;

/** Workgroups that a dimension may have, on every device. */
const MOST_WORKGROUPS = 65535;

/** The types of a shader's buffers, by name. */
export interface Buffers {
  readonly inputs: Readonly<Record<string, "f32" | "i32">>;
  readonly outputs: Readonly<Record<string, "f32" | "i32" | "atomic<i32>">>;
  /** Names of int32 numbers, which the shader finds in `given`. */
  readonly uniforms?: readonly string[];
}

/** The declarations of a shader's buffers, in the order in which they are bound. */
export function declare({ inputs, outputs, uniforms = [] }: Buffers): string {
  const read = Object.entries(inputs).map(([name, type]) => [name, type, "read"]);
  const written = Object.entries(outputs).map(([name, type]) => [name, type, "read_write"]);
  const lines = [...read, ...written].map(([name, type, access], binding) =>
    `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${type}>;`
  );
  if (uniforms.length > 0) {
    lines.push(
      `struct Given { ${uniforms.map((name) => `${name}: i32`).join(", ")} }`,
      `@group(0) @binding(${lines.length}) var<uniform> given: Given;`,
    );
  }
  return lines.join("\n");
}

/**
 * A shader that runs `body` for each index `i` of the buffer `over`.
 *
 * @param helpers Functions that the body uses.
 */
export function forEach(buffers: Buffers, over: string, body: string, helpers = ""): string {
  return `${declare(buffers)}
${helpers}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let i = (group.y * groups.x + group.x) * ${THREADS}u + local;
  if (i >= arrayLength(&${over})) { return; }
  ${body}
}`;
}

/** The workgroups of {@link forEach} over `count` values. */
export function workgroupsFor(count: number): [number, number, number] {
  const groups = Math.ceil(count / THREADS);
  const rows = Math.ceil(groups / MOST_WORKGROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}
