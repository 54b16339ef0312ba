/** What tfjs backends share whose tensors have no values. */
import * as tf from "@tensorflow/tfjs";

/** Counts references to tensors, and holds nothing else. */
export abstract class ValuelessBackend extends tf.KernelBackend {
  readonly #references = new Map<object, number>();

  /** A handle for a new tensor. */
  protected allocate(): object {
    const dataId = {};
    this.#references.set(dataId, 1);
    return dataId;
  }

  override refCount(dataId: object): number {
    return this.#references.get(dataId) ?? 0;
  }

  override incRef(dataId: object): void {
    this.#references.set(dataId, this.refCount(dataId) + 1);
  }

  override disposeData(dataId: object, force = false): boolean {
    const references = this.refCount(dataId) - 1;
    if (references > 0 && !force) {
      this.#references.set(dataId, references);
      return false;
    }
    this.#references.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#references.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override dispose(): void {
    this.#references.clear();
  }
}
