/** JPEGs with slips that every decoder in use passes over. */

const SOI = 0xd8, EOI = 0xd9, SOS = 0xda;

/**
 * Versions of a JPEG without what decoders warn of though nothing of the picture is lost, as some
 * telephones write it:
 *
 * - spectral selection in a sequential scan's header, which has none to select (T.81, table B.3);
 * - bytes between the segments before the first scan;
 * - zeros between the data of a scan and the next marker;
 * - revisions of JFIF and colour transforms of Adobe that do not exist.
 *
 * Nothing is taken away that a decoder would use, so what a decoder still warns of is damage.
 *
 * @returns The likeliest first; none for a file that is cut short, or whole already.
 */
export function mendJpeg(bytes: Uint8Array): Uint8Array[] {
  const isNew = (version: Uint8Array, index: number, all: readonly Uint8Array[]): boolean =>
    [bytes, ...all.slice(0, index)].every((other) => !isSame(version, other));
  // The first zero may be the last byte of the scan.
  return [rewrite(bytes, 0), rewrite(bytes, 1)].flatMap((version) => version ?? []).filter(isNew);
}

/** The file segment by segment; of zeros behind a scan at most `kept` are left. */
function rewrite(bytes: Uint8Array, kept: number): Uint8Array | undefined {
  const written = new Uint8Array(bytes.length);
  let size = 0, scans = 0, sequential = false, inScan = false;
  for (let at = 0;;) {
    const from = at;
    while (at < bytes.length && !(bytes[at] === 0xff && isMarker(bytes[at + 1]))) at++;
    const marker = bytes[at + 1];
    if (marker === undefined) return undefined;
    if (inScan) {
      const data = bytes.subarray(from, endOfData(bytes, from, at, kept));
      written.set(data, size);
      size += data.length;
    } else if (at > from && (scans > 0 || isSegment(bytes.subarray(from, at)))) return undefined;
    const bare = marker === SOI || marker === EOI || isRestart(marker);
    const length = bare ? 2 : 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
    if (!(length >= 2) || at + length > bytes.length) return undefined;
    // Baseline and extended sequential frames.
    if (marker === 0xc0 || marker === 0xc1) sequential = true;
    written.set(bytes.subarray(at, at + length), size);
    correct(written.subarray(size, size + length), marker, sequential);
    size += length;
    at += length;
    if (marker === EOI) return written.slice(0, size);
    if (marker === SOS) scans++;
    inScan = marker === SOS || (inScan && isRestart(marker));
  }
}

/** Bytes between segments that are one themselves, with a damaged first byte. */
function isSegment(bytes: Uint8Array): boolean {
  return bytes.length === 2 + bytes[2]! * 256 + bytes[3]!;
}

/** Stuffed zeros and fill bytes are no markers. */
function isMarker(code: number | undefined): boolean {
  return code !== undefined && code >= 0xc0 && code < 0xff;
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker < SOI;
}

/** Where the data of a scan end that a marker follows. */
function endOfData(bytes: Uint8Array, from: number, marker: number, kept: number): number {
  let end = marker;
  while (end > from && bytes[end - 1] === 0) end--;
  // The zero after 0xff belongs to it.
  if (bytes[end - 1] === 0xff) end++;
  return Math.min(marker, end + kept);
}

/** Corrects a segment in place. */
function correct(segment: Uint8Array, marker: number, sequential: boolean): void {
  const text = new TextDecoder("latin1").decode(segment.subarray(4, 9));
  if (marker === SOS && sequential) segment.set([0, 63, 0], segment.length - 3);
  if (marker === 0xe0 && text === "JFIF\0" && segment[9] !== 1) segment.set([1, 1], 9);
  if (marker === 0xee && text === "Adobe" && segment.length >= 16 && segment[15]! > 2) {
    segment[15] = 1;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
