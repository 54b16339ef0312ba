/** The part of yauzl that is used here; the package has no types of its own. */
import type { Readable } from "node:stream";

export interface Entry {
  readonly fileName: string;
  readonly uncompressedSize: number;
}

export interface ZipFile {
  eachEntry(): AsyncIterableIterator<Entry>;
  openReadStreamPromise(entry: Entry): Promise<Readable>;
  close(): void;
}

export interface OpenOptions {
  readonly autoClose?: boolean;
}

declare const yauzl: {
  openPromise(path: string, options?: OpenOptions): Promise<ZipFile>;
};
export default yauzl;
