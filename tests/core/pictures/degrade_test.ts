import { assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { degradePicture } from "../../../core/pictures/degrade.ts";
import type { Picture } from "../../../core/plugin.ts";
import { randomStream } from "../../../core/random/stream.ts";

const grey: Picture = { data: new Uint8Array(4), width: 2, height: 2, channels: 1 };

describe("a degradation", () => {
  it("that throws or returns something else is named", async () => {
    for (
      const [apply, message] of [
        [() => {
          throw new Error("dry");
        }, 'Cannot degrade a picture by "smear": dry'],
        [() => grey, "of what it returned as picture, it is undefined"],
        [() => ({ picture: grey }), "it returned no parameters"],
      ] as const
    ) {
      const smear = { name: "smear", apply } as never;
      await assertRejects(
        () => degradePicture(grey, [smear], randomStream(2)),
        PairlabError,
        message,
      );
    }
  });
});
