/**
 * After the paper's Table 3: how much of the picture each of D's logits should see.
 *
 * The paper's fields, up to 286x286, do not suit 64x64 pictures. What counts is the share of the
 * picture that a logit sees, from one pixel to more than the whole.
 */
import { ablation, patchGan, type WiringChanges } from "../../mod.ts";
import flowers, { METRICS, NIGHT, PAPER, QUICK } from "./base/flowers.ts";

/** Receptive fields for pictures of a size, in pixels on a side; for 256, the paper's own. */
function fieldsAt(size: number): Record<"small" | "large" | "whole", number> {
  if (size < 128) return { small: 16, large: 34, whole: 70 };
  return size < 256 ? { small: 16, large: 34, whole: 142 } : { small: 16, large: 70, whole: 286 };
}

function field(
  receptiveField: number,
  { size, width }: { readonly size: number; readonly width: number },
): WiringChanges {
  return {
    label: `${receptiveField}x${receptiveField}${receptiveField > size ? " (whole picture)" : ""}`,
    discriminator: patchGan({ receptiveField, filters: width }),
  };
}

export default ablation({
  title: "Receptive fields (the form of the paper's Table 3)",
  experiment: flowers,
  variants: {
    "pixel": (p) => field(1, p),
    "small patch": (p) => field(fieldsAt(p.size).small, p),
    "large patch": (p) => field(fieldsAt(p.size).large, p),
    "whole picture": (p) => field(fieldsAt(p.size).whole, p),
  },
  // What the paper recommends.
  reference: "large patch",
  seeds: [1, 2, 3],
  scale: { quick: QUICK, night: NIGHT, paper: PAPER },
  metrics: METRICS,
});
