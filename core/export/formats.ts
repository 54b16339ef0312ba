/** The formats that generators are exported to; another one is a file and a line here. */
import type { ExportFormat } from "./format.ts";
import { onnxFormat } from "./formats/onnx.ts";
import { pytorchFormat } from "./formats/pytorch.ts";
import { savedModelFormat } from "./formats/saved_model.ts";
import { tfjsFormat } from "./formats/tfjs.ts";

/** All formats, in the order of the help. */
export const FORMATS: readonly ExportFormat[] = [
  onnxFormat,
  tfjsFormat,
  savedModelFormat,
  pytorchFormat,
];
