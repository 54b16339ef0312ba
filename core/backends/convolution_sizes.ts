/** What a convolution's kernel is told of its sizes, on the engines whose kernels are ours. */
import * as tf from "@tensorflow/tfjs";
import type { backend_util, NamedAttrMap } from "@tensorflow/tfjs";

type Shape4 = [number, number, number, number];

/** The sizes of a convolution by the attributes of its kernel; null for another order of axes. */
export function sizesOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: NamedAttrMap,
): backend_util.Conv2DInfo | null {
  if (attrs["dataFormat"] === "NCHW") return null;
  return tf.backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    attrs["strides"] as number | [number, number],
    // The gradients' kernels have no such attribute.
    (attrs["dilations"] as number | [number, number] | undefined) ?? 1,
    attrs["pad"] as "same" | "valid" | number,
    attrs["dimRoundingMode"] as "floor" | "round" | "ceil" | undefined,
  );
}
