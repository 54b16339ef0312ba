/** What clients send, within limits. */
import { z } from "zod";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { decodePicture, type Levels } from "../pictures/decode.ts";
import { describeFile } from "../pictures/pixels.ts";

/** A request that cannot be answered as it is, and the status that says so. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  constructor(readonly status: 400 | 408 | 411 | 413 | 415 | 422, message: string) {
    super(message);
  }
}

/** What a server takes. */
export interface Limits {
  /** Bytes of a request. */
  readonly bytes: number;
  /** Pixels of a picture, before it is decoded. */
  readonly pixels: number;
  /** Pictures of one JSON request. */
  readonly instances: number;
}

/** What a network takes. */
export interface Taken {
  readonly channels: number;
  /** Files' values of black and white. @default those of 8 or 16 unsigned bits */
  readonly levels?: Levels | undefined;
  /** Brings a picture to the network's size. */
  fit(picture: Picture): Promise<Picture>;
}

/** The pictures of a request, and in which form they came. */
export interface PictureRequest {
  /** Of the network's size. */
  readonly pictures: readonly Picture[];
  /** `picture`: one file. `json`: arrays of levels. `base64`: files within JSON. */
  readonly form: "picture" | "json" | "base64";
}

const Values = z.array(z.array(z.array(z.number().min(0).max(255))));

const Instances = z.object({
  instances: z.array(z.union([Values, z.object({ b64: z.string() }), z.object({ input: Values })]))
    .min(1),
});

/**
 * Reads the pictures of a request: the bytes of a file, a form with a file, or TensorFlow Serving's
 * JSON, `{"instances": [[[[r, g, b], …], …], …]}` or `{"instances": [{"b64": "…"}, …]}`. One large
 * picture is in memory at a time.
 *
 * @param bytes The body.
 * @param contentType The header of that name.
 * @throws {RequestError} If it is no picture, or too large.
 */
export async function readPictures(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
  { fit, ...read }: Taken,
  limits: Limits,
): Promise<PictureRequest> {
  const type = contentType.toLowerCase();
  if (bytes.length === 0) throw new RequestError(400, "The request has no body. Send a picture.");
  if (!type.startsWith("application/json")) {
    const isForm = type.startsWith("multipart/form-data");
    const file = isForm ? await fileOfForm(bytes, contentType) : bytes;
    return { pictures: [await fit(await readPicture(file, read, limits))], form: "picture" };
  }
  const instances = parseInstances(bytes);
  if (instances.length > limits.instances) {
    throw new RequestError(
      413,
      `The request has ${instances.length} instances; up to ${limits.instances} are taken.`,
    );
  }
  const pictures: Picture[] = [];
  let form: PictureRequest["form"] = "json";
  for (const [index, instance] of instances.entries()) {
    if ("b64" in instance) {
      form = "base64";
      const file = decodeBase64(instance.b64, index);
      pictures.push(await fit(await readPicture(file, read, limits)));
    } else {
      const levels = "input" in instance ? instance.input : instance;
      pictures.push(await fit(pictureOfLevels(levels, index, read.channels, limits)));
    }
  }
  return { pictures, form };
}

/**
 * Reads the body of a request.
 *
 * @throws {RequestError} If there are more bytes than allowed, or they do not come in time.
 */
export async function readBody(
  request: Request,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (): RequestError =>
    new RequestError(413, `The request is too large: up to ${limit} bytes are taken.`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  const onAbort = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", onAbort, { once: true });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw new RequestError(408, "The request did not arrive in time.");
      if (done) break;
      length += value.length;
      if (length > limit) throw tooLarge();
      parts.push(value);
    }
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw signal.aborted
      ? new RequestError(408, "The request did not arrive in time.")
      : new RequestError(400, "The request broke off.");
  } finally {
    signal.removeEventListener("abort", onAbort);
    await reader.cancel().catch(() => {});
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function fileOfForm(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<Uint8Array> {
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
  } catch {
    throw new RequestError(400, "The form cannot be read.");
  }
  const file = [...form.values()].find((value) => value instanceof File);
  if (file === undefined) {
    throw new RequestError(400, 'The form has no file. Send one in a field "picture".');
  }
  return new Uint8Array(await file.arrayBuffer());
}

function parseInstances(bytes: Uint8Array): z.infer<typeof Instances>["instances"] {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new RequestError(400, "The body is not JSON.");
  }
  const parsed = Instances.safeParse(json);
  if (parsed.success) return parsed.data.instances;
  throw new RequestError(
    400,
    'The JSON has no "instances" as expected: a list of [height][width][channels] levels of 0…255, or of {"b64": "…"}.',
  );
}

function decodeBase64(text: string, index: number): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    throw new RequestError(400, `Instance ${index} is not base64.`);
  }
}

async function readPicture(
  bytes: Uint8Array,
  read: Pick<Taken, "channels" | "levels">,
  limits: Limits,
): Promise<Picture> {
  let file: Awaited<ReturnType<typeof describeFile>>;
  try {
    file = await describeFile(bytes);
  } catch {
    throw new RequestError(
      415,
      "The body is no picture. Send a JPEG, PNG, WebP, AVIF, GIF or TIFF.",
    );
  }
  checkPixels(file, limits);
  try {
    return await decodePicture(bytes, { ...read, name: "picture" });
  } catch (error) {
    if (!(error instanceof PairlabError)) throw error;
    throw new RequestError(422, messageOf(error));
  }
}

/** The longest side of a JPEG. Millions of rows of one pixel take a decoder minutes. */
const LONGEST_SIDE = 65_535;

function checkPixels(
  { width, height }: { readonly width: number; readonly height: number },
  { pixels }: Limits,
): void {
  if (width * height <= pixels && Math.max(width, height) <= LONGEST_SIDE) return;
  throw new RequestError(
    413,
    `The picture has ${width}x${height} pixels; up to ${pixels} are taken, up to ${LONGEST_SIDE} a side.`,
  );
}

function pictureOfLevels(
  levels: z.infer<typeof Values>,
  index: number,
  channels: number,
  limits: Limits,
): Picture {
  const height = levels.length, width = levels[0]?.length ?? 0;
  checkPixels({ width, height }, limits);
  const isEven = width > 0 &&
    levels.every((row) => row.length === width && row.every((pixel) => pixel.length === channels));
  if (!isEven) {
    throw new RequestError(
      422,
      `Instance ${index} is no [height][width][${channels}] array: all rows must be of one length, and all pixels of ${channels} levels.`,
    );
  }
  return { height, width, channels, data: Float32Array.from(levels.flat(2)) };
}
