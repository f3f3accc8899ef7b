import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Log } from "./operation";
import { CommandProvider, type DiffResult, type Request } from "./provider";
import type { Failure } from "./shapes";
import type { Properties } from "./values";

const version = "1.2.1";
const messageBytes = 400 * 1024 * 1024;
const channelOptions = {
  "grpc.max_receive_message_length": messageBytes,
  "grpc.max_send_message_length": messageBytes,
};

const read = (struct: Struct | undefined): Properties => struct?.toJavaScript() ?? {};
const write = (properties: Properties): Struct => Struct.fromJavaScript(properties);

/** Answers a call with what a promise brings; what it throws becomes the error that the user sees. */
function unary<Q, R>(answer: (request: Q) => R | Promise<R>): grpc.handleUnaryCall<Q, R> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => callback(null, response),
        (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}

/** Sends messages for a resource to the engine. */
function logger(engine: EngineClient, urn: string): Log {
  const send = (severity: LogSeverity, message: string, ephemeral: boolean) => {
    const request = new LogRequest().setSeverity(severity).setUrn(urn).setMessage(message).setEphemeral(ephemeral);
    // A message that cannot be delivered must not fail a command that succeeded: the engine is going away.
    return new Promise<void>((resolve) => engine.log(request, () => resolve()));
  };
  return {
    status: (message) => send(LogSeverity.INFO, message, true),
    lasting: (severity, message) =>
      send(severity === "error" ? LogSeverity.ERROR : LogSeverity.WARNING, message, false),
  };
}

function failureMessages(failures: readonly Failure[]): messages.CheckFailure[] {
  return failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason));
}

const kinds = {
  add: [messages.PropertyDiff.Kind.ADD, messages.PropertyDiff.Kind.ADD_REPLACE],
  delete: [messages.PropertyDiff.Kind.DELETE, messages.PropertyDiff.Kind.DELETE_REPLACE],
  update: [messages.PropertyDiff.Kind.UPDATE, messages.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffMessage(diff: DiffResult): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse()
    .setChanges(diff.detailed.size === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList([...new Set(diff.changed)])
    .setReplacesList([...new Set(diff.replaces)])
    .setHasdetaileddiff(true);
  for (const [path, { kind, replace }] of diff.detailed) {
    response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]));
  }
  return response;
}

type Changing = messages.CreateRequest | messages.UpdateRequest;

/** The calls of the engine, each handed to the provider. */
function service(provider: CommandProvider, engine: EngineClient): grpc.UntypedServiceImplementation {
  const request = (message: Changing): Request => ({
    urn: message.getUrn(),
    log: logger(engine, message.getUrn()),
    preview: message.getPreview(),
    timeoutSeconds: message.getTimeout(),
  });
  const handlers = {
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(() => new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: "command", version }))),
    checkConfig: unary((call: messages.CheckRequest) => new messages.CheckResponse().setInputs(call.getNews())),
    diffConfig: unary(() => new messages.DiffResponse()),
    configure: unary(() =>
      new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(true),
    ),
    check: unary((call: messages.CheckRequest) => {
      const { inputs, failures } = provider.check(call.getUrn(), read(call.getNews()));
      return new messages.CheckResponse().setInputs(write(inputs)).setFailuresList(failureMessages(failures));
    }),
    diff: unary((call: messages.DiffRequest) => {
      const olds = call.getOldInputs() ?? call.getOlds();
      const [state, news] = [read(call.getOlds()), read(call.getNews())];
      return diffMessage(
        provider.diff(call.getUrn(), { state, olds: read(olds), news, ignored: call.getIgnorechangesList() }),
      );
    }),
    create: unary(async (call: messages.CreateRequest) => {
      const { id, outputs } = await provider.create(request(call), read(call.getProperties()));
      return new messages.CreateResponse().setId(id).setProperties(write(outputs));
    }),
    update: unary(async (call: messages.UpdateRequest) => {
      const [state, news] = [read(call.getOlds()), read(call.getNews())];
      const outputs = await provider.update(request(call), state, news, call.getIgnorechangesList());
      return new messages.UpdateResponse().setProperties(write(outputs));
    }),
    delete: unary(async (call: messages.DeleteRequest) => {
      const [urn, timeoutSeconds] = [call.getUrn(), call.getTimeout()];
      await provider.delete(
        { urn, timeoutSeconds, preview: false, log: logger(engine, urn) },
        read(call.getProperties()),
      );
      return new Empty();
    }),
    // A command cannot be read back: the state is what is known.
    read: unary((call: messages.ReadRequest) =>
      new messages.ReadResponse().setId(call.getId()).setProperties(call.getProperties()).setInputs(call.getInputs()),
    ),
    invoke: unary(async (call: messages.InvokeRequest) => {
      const { failures, outputs } = await provider.invoke(call.getTok(), read(call.getArgs()), logger(engine, ""));
      const response = new messages.InvokeResponse().setFailuresList(failureMessages(failures));
      return outputs ? response.setReturn(write(outputs)) : response;
    }),
    cancel: unary(() => {
      provider.cancel();
      return new Empty();
    }),
  };
  return handlers;
}

/** Serves the provider for one engine and returns the port that it listens on. */
export async function serve(engineAddress: string): Promise<number> {
  const engine = new EngineClient(engineAddress, grpc.credentials.createInsecure(), channelOptions);
  const server = new grpc.Server(channelOptions);
  server.addService(ResourceProviderService, service(new CommandProvider(), engine));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}
