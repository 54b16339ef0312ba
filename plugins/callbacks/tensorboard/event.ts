/**
 * TensorBoard's events. Field numbers are those of `tensorboard/compat/proto/{event,summary,tensor}.proto`
 * and of `api.proto` and `plugin_data.proto` of the hparams plug-in.
 */
import { bytes, double, float, message, whole, type Wire } from "./protobuf.ts";

/** Time and step of an event. */
export interface Moment {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
}

/** The first event of every file. */
export function fileVersion(time: number): Wire {
  return message(double(1, time), bytes(3, "brain.Event:2"));
}

/** Makes TensorBoard discard what it has read of this step and later ones. */
export function sessionStart(moment: Moment): Wire {
  const START = 1;
  return event(moment, bytes(7, whole(1, START)));
}

/** Numbers by tag. */
export function scalars(moment: Moment, values: Readonly<Record<string, number>>): Wire {
  return summary(
    moment,
    Object.entries(values).map(([tag, value]) => message(bytes(1, tag), float(2, value))),
  );
}

/** A picture in a file format. */
export interface EncodedPicture {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: number;
  /** A PNG or JPEG file. */
  readonly file: Uint8Array;
}

/** A picture with a tag. */
export function image(moment: Moment, tag: string, picture: EncodedPicture): Wire {
  const { height, width, channels, file } = picture;
  const content = message(whole(1, height), whole(2, width), whole(3, channels), bytes(4, file));
  return summary(moment, [message(bytes(1, tag), bytes(4, content))]);
}

/** A hyper-parameter. */
export type HyperParameter = number | string | boolean;

/** The hyper-parameters of a training, for TensorBoard's table of them. */
export function hyperParameters(
  moment: Moment,
  parameters: Readonly<Record<string, HyperParameter>>,
): Wire {
  const entries = Object.entries(parameters).map(([name, value]) =>
    bytes(1, message(bytes(1, name), bytes(2, protobufValue(value))))
  );
  const info = message(...entries, double(5, moment.time));
  return hparams(moment, "_hparams_/session_start_info", bytes(3, info));
}

/** The outcome of a training, for the table of hyper-parameters. */
export function sessionEnd(moment: Moment, outcome: "success" | "failure"): Wire {
  const status = outcome === "success" ? 1 : 2;
  const info = message(whole(1, status), double(2, moment.time));
  return hparams(moment, "_hparams_/session_end_info", bytes(4, info));
}

/** google.protobuf.Value. */
function protobufValue(value: HyperParameter): Wire {
  if (typeof value === "number") return double(2, value);
  if (typeof value === "string") return bytes(3, value);
  return whole(4, Number(value));
}

/** A text in Markdown with a tag. */
export function text(moment: Moment, tag: string, markdown: string): Wire {
  const DT_STRING = 7;
  const plugin = message(bytes(1, "text"));
  const shape = bytes(2, whole(1, 1));
  const tensor = message(whole(1, DT_STRING), bytes(2, shape), bytes(8, markdown));
  return summary(moment, [
    message(bytes(1, tag), bytes(9, bytes(1, plugin)), bytes(8, tensor)),
  ]);
}

/** Data of the hparams plug-in: in a summary's metadata, with an empty tensor as value. */
function hparams(moment: Moment, tag: string, data: Wire): Wire {
  const DT_FLOAT = 1;
  const plugin = message(bytes(1, "hparams"), bytes(2, data));
  const shape = bytes(2, whole(1, 1));
  const tensor = message(whole(1, DT_FLOAT), bytes(2, shape), float(5, 0));
  return summary(moment, [
    message(bytes(1, tag), bytes(9, bytes(1, plugin)), bytes(8, tensor)),
  ]);
}

function summary(moment: Moment, values: readonly Wire[]): Wire {
  return event(moment, bytes(5, message(...values.map((value) => bytes(1, value)))));
}

function event({ time, step }: Moment, what: Wire): Wire {
  return message(double(1, time), whole(2, step), what);
}
