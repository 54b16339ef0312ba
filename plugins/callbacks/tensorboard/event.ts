/** TensorBoard's events. */
import protobuf from "protobufjs";

/** An encoded event. */
export type Wire = Uint8Array;

/**
 * Parts of `tensorboard/compat/proto/{event,summary,tensor}.proto`, of `api.proto` and
 * `plugin_data.proto` of its hparams plug-in, and of `google/protobuf/struct.proto`.
 */
const schema = protobuf.parse(`
  syntax = "proto3";
  message Event {
    double wall_time = 1;
    int64 step = 2;
    string file_version = 3;
    Summary summary = 5;
    SessionLog session_log = 7;
  }
  message SessionLog { int32 status = 1; }
  message Summary { repeated SummaryValue value = 1; }
  message SummaryValue {
    string tag = 1;
    float simple_value = 2;
    Image image = 4;
    Tensor tensor = 8;
    Metadata metadata = 9;
  }
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
  message Metadata { PluginData plugin_data = 1; }
  message PluginData { string plugin_name = 1; bytes content = 2; }
  message Tensor {
    int32 dtype = 1;
    Shape tensor_shape = 2;
    repeated float float_val = 5;
    repeated bytes string_val = 8;
  }
  message Shape { repeated Dimension dim = 2; }
  message Dimension { int64 size = 1; }
  message HParams { SessionStart session_start_info = 3; SessionEnd session_end_info = 4; }
  message SessionStart { map<string, Value> hparams = 1; double start_time_secs = 5; }
  message SessionEnd { int32 status = 1; double end_time_secs = 2; }
  message Value { double number_value = 2; string string_value = 3; bool bool_value = 4; }
`).root;

const encode = (type: string, value: Record<string, unknown>): Wire =>
  schema.lookupType(type).encode(value).finish();

/** When an event happened. */
export interface Moment {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
}

/** The first event of every file. */
export function fileVersion(time: number): Wire {
  return encode("Event", { wallTime: time, fileVersion: "brain.Event:2" });
}

/** Makes TensorBoard forget this step and later ones: they will be written again. */
export function sessionStart(moment: Moment): Wire {
  return event(moment, { sessionLog: { status: 1 } });
}

/** Numbers by their tags. */
export function scalars(moment: Moment, values: Readonly<Record<string, number>>): Wire {
  const entries = Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue }));
  return event(moment, { summary: { value: entries } });
}

/** A picture as TensorBoard takes it. */
export interface EncodedPicture {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: number;
  /** A PNG or JPEG file. */
  readonly file: Uint8Array;
}

/** A picture by its tag. */
export function image(moment: Moment, tag: string, picture: EncodedPicture): Wire {
  const { height, width, channels, file } = picture;
  const content = { height, width, colorspace: channels, encodedImageString: file };
  return event(moment, { summary: { value: [{ tag, image: content }] } });
}

/** A hyper-parameter. */
export type HyperParameter = number | string | boolean;

const VALUE_OF = { number: "numberValue", string: "stringValue", boolean: "boolValue" } as const;

/**
 * The parameters of a training, for the table of hyper-parameters.
 *
 * TensorBoard derives the table's columns from these events of all runs. An event that describes the
 * experiment (`_hparams_/experiment`) would replace them: the first found holds for every run.
 */
export function hyperParameters(
  moment: Moment,
  parameters: Readonly<Record<string, HyperParameter>>,
): Wire {
  const hparams = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      { [VALUE_OF[typeof value as keyof typeof VALUE_OF]]: value },
    ]),
  );
  const sessionStartInfo = { hparams, startTimeSecs: moment.time };
  return plugin(moment, "_hparams_/session_start_info", "hparams", {
    content: encode("HParams", { sessionStartInfo }),
  });
}

/** The end of a training, for the table of hyper-parameters. */
export function sessionEnd(moment: Moment, outcome: "success" | "failure"): Wire {
  const sessionEndInfo = { status: outcome === "success" ? 1 : 2, endTimeSecs: moment.time };
  return plugin(moment, "_hparams_/session_end_info", "hparams", {
    content: encode("HParams", { sessionEndInfo }),
  });
}

/** A text by its tag, shown as Markdown. */
export function text(moment: Moment, tag: string, markdown: string): Wire {
  return plugin(moment, tag, "text", { text: new TextEncoder().encode(markdown) });
}

/** A value of a plug-in: its content in the metadata (hparams), or a text in the tensor. */
function plugin(
  moment: Moment,
  tag: string,
  pluginName: string,
  { content, text }: { readonly content?: Wire; readonly text?: Wire },
): Wire {
  const DT_FLOAT = 1, DT_STRING = 7;
  const values = text === undefined
    ? { dtype: DT_FLOAT, floatVal: [0] }
    : { dtype: DT_STRING, stringVal: [text] };
  const tensor = { ...values, tensorShape: { dim: [{ size: 1 }] } };
  const pluginData = content === undefined ? { pluginName } : { pluginName, content };
  return event(moment, { summary: { value: [{ tag, tensor, metadata: { pluginData } }] } });
}

function event({ time, step }: Moment, content: Record<string, unknown>): Wire {
  return encode("Event", { wallTime: time, step, ...content });
}
