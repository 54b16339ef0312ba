import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeCString } from "../../../../core/backends/tensorflow/c_strings.ts";
import { Status } from "../../../../core/backends/tensorflow/status.ts";
import type { TensorflowApi } from "../../../../core/backends/tensorflow/symbols.ts";
import { PairlabError } from "../../../../core/base/errors.ts";

/** A status as TensorFlow would leave it. */
function statusOf(code: number, message: string): Status {
  const text = encodeCString(message);
  const api = {
    TF_NewStatus: () => null,
    TF_GetCode: () => code,
    TF_Message: () => Deno.UnsafePointer.of(text),
  };
  return new Status(api as unknown as TensorflowApi);
}

function failureOf(code: number, message: string): Error {
  return assertThrows(() => statusOf(code, message).check(() => 'run op "Conv2D"'));
}

describe("Status", () => {
  it("lets a good call pass, without describing it", () => {
    statusOf(0, "").check(() => {
      throw new Error("described");
    });
  });

  it("says what could not be done, and TensorFlow's reason", () => {
    const { message } = failureOf(3, "input depth must be evenly divisible");
    assertEquals(message, 'Cannot run op "Conv2D": input depth must be evenly divisible');
  });

  it("leaves out the names that TensorFlow gives to its own wrapping", () => {
    const inner = "{{function_node __wrapped__Conv2D_device_/job:localhost/replica:0}} bad shape " +
      "[Op:Conv2D] name: ";
    assertEquals(failureOf(3, inner).message, 'Cannot run op "Conv2D": bad shape');
  });

  it("says what would work when memory does not suffice, as the user can mend that", () => {
    const error = failureOf(8, "OOM when allocating tensor with shape[9]");
    assert(error instanceof PairlabError);
    assertStringIncludes(error.message, "OOM when allocating tensor with shape[9]");
    assertStringIncludes(error.message, "smaller pictures");
  });
});
