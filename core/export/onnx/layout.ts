/** In which order the axes of a tensor lie: tfjs puts channels last, ONNX' kernels want them first. */
import type { GraphConstant, GraphValue } from "../graph.ts";
import type { ValueId } from "../trace.ts";
import type { OnnxBuilder } from "./builder.ts";

/** `last`: as tfjs has it. `first`: `[batch, channels, height, width]`. */
export type Layout = "first" | "last";

/** The order that brings the axes of the other layout into this one. */
const PERM = { first: [0, 3, 1, 2], last: [0, 2, 3, 1] };

/** Where an axis of so many lies in a layout. */
export function axisIn(layout: Layout, axis: number, rank = 4): number {
  const positive = axis < 0 ? axis + rank : axis;
  return layout === "first" ? PERM.first.indexOf(positive) : positive;
}

/** The names of a graph's values in either layout; transposes are made when they are needed. */
export class Values {
  readonly #names = new Map<ValueId, Partial<Record<Layout, string>>>();

  constructor(
    private readonly builder: OnnxBuilder,
    private readonly values: readonly GraphValue[],
    private readonly constants: ReadonlyMap<ValueId, GraphConstant>,
  ) {}

  /** Notes the name of a value that was computed. */
  set(id: ValueId, name: string, layout: Layout): void {
    this.#names.set(id, { [layout]: name });
  }

  /** The rank of a value. */
  rankOf(id: ValueId): number {
    return this.values[id]!.shape.length;
  }

  /** Whether a value is a constant of the graph. */
  constantOf(id: ValueId): GraphConstant | undefined {
    return this.constants.get(id);
  }

  /** The layout in which a value is there already. */
  layoutOf(id: ValueId): Layout {
    return this.#names.get(id)?.first !== undefined ? "first" : "last";
  }

  /** The name of a value in a layout; only one of four axes has channels first. */
  in(layout: Layout, id: ValueId): string {
    const names = this.#of(id);
    const other = names[layout === "first" ? "last" : "first"];
    return names[layout] ??= this.builder.node("Transpose", [other!], { perm: PERM[layout] });
  }

  /** The name of a value in the layout of tfjs. */
  last(id: ValueId): string {
    return this.in("last", id);
  }

  /** The name of a value in a layout, one of fewer axes so that it broadcasts against four. */
  broadcast(id: ValueId, layout: Layout): string {
    const rank = this.rankOf(id);
    if (layout === "last" || rank === 0) return this.last(id);
    if (rank === 4) return this.in(layout, id);
    const constant = this.constants.get(id);
    // One number for each channel, the usual case.
    if (constant?.dtype === "float32" && rank === 1) {
      return this.builder.floats(constant.values as Float32Array, [constant.shape[0]!, 1, 1]);
    }
    const axes = Array.from({ length: 4 - rank }, (_, axis) => axis);
    const expanded = this.builder.node("Unsqueeze", [this.last(id), this.builder.integers(axes)]);
    return this.builder.node("Transpose", [expanded], { perm: PERM.first });
  }

  #of(id: ValueId): Partial<Record<Layout, string>> {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const constant = this.constants.get(id);
    if (constant === undefined) throw new TypeError(`Value ${id} is used before it is computed`);
    const { values, shape, name } = constant;
    const made = {
      last: values instanceof Float32Array
        ? this.builder.floats(values, shape, name)
        : this.builder.constant(values, shape),
    };
    this.#names.set(id, made);
    return made;
  }
}

/** The values of a constant with its axes in another order. */
export function transposed(
  values: Float32Array,
  shape: readonly number[],
  perm: readonly number[],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const extents = perm.map((axis) => shape[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  const result = new Float32Array(values.length);
  const index = extents.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < extents[axis]!) break;
      from -= steps[axis]! * extents[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
