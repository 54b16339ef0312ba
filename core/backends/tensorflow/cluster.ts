/** Several processes as one cluster of TensorFlow, for its collective operations over gRPC. */
import protobuf from "protobufjs";
import { messageOf, PairlabError } from "../../base/errors.ts";
import type { Membership, Peers } from "../engine_kind.ts";
import { encodeCString } from "./c_strings.ts";
import { Status } from "./status.ts";
import type { TensorflowApi } from "./symbols.ts";

const field = (type: string, id: number) => ({ type, id });
const map = (keyType: string, type: string, id: number) => ({ keyType, type, id });

/** The part of tensorflow_server.proto, cluster.proto and config.proto that is needed. */
const root = protobuf.Root.fromJSON({
  nested: {
    Experimental: { fields: { collectiveGroupLeader: field("string", 1) } },
    ConfigProto: { fields: { experimental: field("Experimental", 16) } },
    JobDef: {
      fields: {
        name: field("string", 1),
        tasks: map("int32", "string", 2),
      },
    },
    ClusterDef: { fields: { job: { type: "JobDef", id: 1, rule: "repeated" } } },
    ServerDef: {
      fields: {
        cluster: field("ClusterDef", 1),
        jobName: field("string", 2),
        taskIndex: field("int32", 3),
        // ConfigProto, as encoded.
        defaultSessionConfig: field("bytes", 4),
        protocol: field("string", 5),
      },
    },
  },
});

/** A context of TensorFlow. */
interface Context {
  readonly api: TensorflowApi;
  readonly context: Deno.PointerObject;
}

const JOB = "worker";
const UNAVAILABLE = 14;

/** What TensorFlow calls a process of the cluster. */
function taskName(index: number): string {
  return `/job:${JOB}/replica:0/task:${index}`;
}

function encode(type: string, message: Readonly<Record<string, unknown>>): Uint8Array<ArrayBuffer> {
  const found = root.lookupType(type);
  return Uint8Array.from(found.encode(found.fromObject(message)).finish());
}

/** The part of a `ConfigProto` by which groups form at the first process. */
export function leaderConfig(): Uint8Array<ArrayBuffer> {
  return encode("ConfigProto", { experimental: { collectiveGroupLeader: taskName(0) } });
}

/** TensorFlow's `ServerDef` of one process. @param config Its `ConfigProto`. */
export function serverDef(
  { addresses, index }: Membership,
  config: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return encode("ServerDef", {
    cluster: { job: [{ name: JOB, tasks: { ...addresses } }] },
    jobName: JOB,
    taskIndex: index,
    defaultSessionConfig: config,
    protocol: "grpc",
  });
}

/**
 * Makes a context one of a cluster, which listens from then on; waits for no other process.
 *
 * @throws {PairlabError} If its address cannot be listened on.
 */
export function joinCluster(
  { api, status, context, config }: Context & {
    readonly status: Status;
    readonly config: Uint8Array;
  },
  membership: Membership,
): void {
  const server = serverDef(membership, config);
  api.TFE_EnableCollectiveOps(context, server, BigInt(server.length), status.pointer);
  try {
    status.check(() => "listen");
  } catch (error) {
    throw new PairlabError(
      `Cannot listen on ${membership.addresses[membership.index]}: ${messageOf(error)}. ` +
        "Use a port that no other program has taken, above 1024",
    );
  }
}

/** The other processes of the cluster that a context has joined. */
export function peersOf({ api, context }: Context): Peers {
  return {
    check: async (index, limit) => {
      const status = new Status(api);
      const name = encodeCString(taskName(index));
      try {
        await api.TFE_CollectiveOpsCheckPeerHealth(context, name, BigInt(limit), status.pointer);
        status.check(() => "reach it");
        return null;
      } catch (error) {
        return messageOf(error);
      } finally {
        status.close();
      }
    },
    abort: (why) => {
      const status = new Status(api);
      api.TF_SetStatus(status.pointer, UNAVAILABLE, encodeCString(why));
      api.TFE_AbortCollectiveOps(context, status.pointer);
      status.close();
    },
  };
}
