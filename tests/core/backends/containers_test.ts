import * as tf from "@tensorflow/tfjs";
import type { TensorContainer } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { takeApart } from "../../../core/backends/containers.ts";
import { PairlabError } from "../../../core/base/errors.ts";

function signatureOf(container: TensorContainer): string {
  return takeApart(container, "take").signature;
}

describe("takeApart", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("gives the tensors in order, and puts others in their places", () => {
    const [a, b, c] = [1, 2, 3].map((value) => tf.scalar(value)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const { tensors, rebuild } = takeApart([{ a, list: [b, true] }, c, "text", undefined], "take");
    assertEquals(tensors.map(({ id }) => id), [a.id, b.id, c.id]);
    const [record, last, text, nothing] = rebuild([c, a, b]) as unknown as [
      { a: tf.Tensor; list: [tf.Tensor, boolean] },
      tf.Tensor,
      string,
      undefined,
    ];
    assert(record.a === c && record.list[0] === a && last === b);
    assertEquals([record.list[1], text, nothing], [true, "text", undefined]);
  });

  it("takes a tensor alone, and nothing at all", () => {
    const x = tf.scalar(1);
    assert(takeApart(x, "take").rebuild([x]) === x);
    assertEquals(takeApart(undefined, "take").tensors.length, 0);
  });

  it("signs alike what differs in values alone", () => {
    const sign = (value: number): string => signatureOf([{ x: tf.fill([2, 3], value) }, true]);
    assertEquals(sign(1), sign(2));
  });

  it("signs differently what differs in form, type, shape or constants", () => {
    const x = tf.ones([2, 3]);
    const containers: TensorContainer[] = [
      x,
      [x],
      [x, x],
      { x },
      { y: x },
      [[x], x],
      [x, [x]],
      tf.ones([3, 2]),
      tf.ones([6]),
      tf.ones([2, 3], "int32"),
      [x, true],
      [x, false],
      [x, "true"],
      [x, null as unknown as undefined],
      "float32,2,3",
      ["float32"],
    ];
    const signatures = containers.map(signatureOf);
    assertEquals(new Set(signatures).size, signatures.length, signatures.join("\n"));
  });

  it("refuses what changes or cannot be taken apart", () => {
    const refused: [unknown, string][] = [
      [3, "Cannot use the number 3. Use tf.scalar(3)."],
      [new Map(), "Cannot use a value of type Map. Use tensors"],
      [Promise.resolve(), "of type Promise"],
      [() => {}, "of type function"],
    ];
    for (const [value, message] of refused) {
      for (const container of [value, [value], { deep: [{ value }] }]) {
        assertThrows(() => takeApart(container as TensorContainer, "use"), PairlabError, message);
      }
    }
  });
});
