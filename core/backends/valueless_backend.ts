/** What tfjs backends share whose tensors have no values. */
import * as tf from "@tensorflow/tfjs";
import type { BackendValues, DataType, TensorInfo } from "@tensorflow/tfjs";

/** What a tensor is without its values. */
export interface Described {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** Counts references to tensors, and holds nothing else. */
export abstract class ValuelessBackend extends tf.KernelBackend {
  readonly #references = new Map<object, number>();

  /** Why values cannot be read: a message. */
  protected abstract readonly unreadable: string;

  /** A new tensor. */
  make({ shape, dtype }: Described): TensorInfo {
    const dataId = {};
    this.#references.set(dataId, 1);
    return { dataId, shape: [...shape], dtype };
  }

  override write(_values: BackendValues | null, shape: number[], dtype: DataType): object {
    return this.make({ shape, dtype }).dataId;
  }

  override readSync(): never {
    throw new TypeError(this.unreadable);
  }

  override read(): Promise<never> {
    return Promise.reject(new TypeError(this.unreadable));
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

/** Runs `fn` on a backend without values, disposes of its tensors, and restores the one at work. */
export function onBackend(name: string, backend: ValuelessBackend, fn: () => void): void {
  const former = tf.engine().backendName as string | null | undefined;
  tf.registerBackend(name, () => backend, -1);
  // Set at once: only backends that are made asynchronously are set asynchronously.
  void tf.setBackend(name);
  try {
    tf.tidy(fn);
  } finally {
    tf.removeBackend(name);
    if (former !== null && former !== undefined) void tf.setBackend(former);
  }
}
