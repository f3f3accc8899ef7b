var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var server_exports = {};
__export(server_exports, {
  serve: () => serve
});
module.exports = __toCommonJS(server_exports);
var grpc = __toESM(require("@grpc/grpc-js"));
var import_engine_grpc_pb = require("@pulumi/pulumi/proto/engine_grpc_pb");
var import_engine_pb = require("@pulumi/pulumi/proto/engine_pb");
var import_plugin_pb = require("@pulumi/pulumi/proto/plugin_pb");
var import_provider_grpc_pb = require("@pulumi/pulumi/proto/provider_grpc_pb");
var messages = __toESM(require("@pulumi/pulumi/proto/provider_pb"));
var import_empty_pb = require("google-protobuf/google/protobuf/empty_pb");
var import_struct_pb = require("google-protobuf/google/protobuf/struct_pb");
var import_provider = require("./provider");
const version = "1.2.1";
const messageBytes = 400 * 1024 * 1024;
const channelOptions = {
  "grpc.max_receive_message_length": messageBytes,
  "grpc.max_send_message_length": messageBytes
};
const read = (struct) => struct?.toJavaScript() ?? {};
const write = (properties) => import_struct_pb.Struct.fromJavaScript(properties);
function unary(answer) {
  return (call, callback) => {
    Promise.resolve().then(() => answer(call.request)).then(
      (response) => callback(null, response),
      (error) => callback({ code: grpc.status.UNKNOWN, details: error.message })
    );
  };
}
function logger(engine, urn) {
  const send = (severity, message, ephemeral) => {
    const request = new import_engine_pb.LogRequest().setSeverity(severity).setUrn(urn).setMessage(message).setEphemeral(ephemeral);
    return new Promise((resolve) => engine.log(request, () => resolve()));
  };
  return {
    status: (message) => send(import_engine_pb.LogSeverity.INFO, message, true),
    lasting: (severity, message) => send(severity === "error" ? import_engine_pb.LogSeverity.ERROR : import_engine_pb.LogSeverity.WARNING, message, false)
  };
}
function failureMessages(failures) {
  return failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason));
}
const kinds = {
  add: [messages.PropertyDiff.Kind.ADD, messages.PropertyDiff.Kind.ADD_REPLACE],
  delete: [messages.PropertyDiff.Kind.DELETE, messages.PropertyDiff.Kind.DELETE_REPLACE],
  update: [messages.PropertyDiff.Kind.UPDATE, messages.PropertyDiff.Kind.UPDATE_REPLACE]
};
function diffMessage(diff) {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse().setChanges(diff.detailed.size === 0 ? DIFF_NONE : DIFF_SOME).setDiffsList([...new Set(diff.changed)]).setReplacesList([...new Set(diff.replaces)]).setHasdetaileddiff(true);
  for (const [path, { kind, replace }] of diff.detailed) {
    response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]));
  }
  return response;
}
function service(provider, engine) {
  const request = (message) => ({
    urn: message.getUrn(),
    log: logger(engine, message.getUrn()),
    preview: message.getPreview(),
    timeoutSeconds: message.getTimeout()
  });
  const handlers = {
    getPluginInfo: unary(() => new import_plugin_pb.PluginInfo().setVersion(version)),
    getSchema: unary(() => new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: "command", version }))),
    checkConfig: unary((call) => new messages.CheckResponse().setInputs(call.getNews())),
    diffConfig: unary(() => new messages.DiffResponse()),
    configure: unary(
      () => new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(true)
    ),
    check: unary((call) => {
      const { inputs, failures } = provider.check(call.getUrn(), read(call.getNews()));
      return new messages.CheckResponse().setInputs(write(inputs)).setFailuresList(failureMessages(failures));
    }),
    diff: unary((call) => {
      const olds = call.getOldInputs() ?? call.getOlds();
      const [state, news] = [read(call.getOlds()), read(call.getNews())];
      return diffMessage(
        provider.diff(call.getUrn(), { state, olds: read(olds), news, ignored: call.getIgnorechangesList() })
      );
    }),
    create: unary(async (call) => {
      const { id, outputs } = await provider.create(request(call), read(call.getProperties()));
      return new messages.CreateResponse().setId(id).setProperties(write(outputs));
    }),
    update: unary(async (call) => {
      const [state, news] = [read(call.getOlds()), read(call.getNews())];
      const outputs = await provider.update(request(call), state, news, call.getIgnorechangesList());
      return new messages.UpdateResponse().setProperties(write(outputs));
    }),
    delete: unary(async (call) => {
      const [urn, timeoutSeconds] = [call.getUrn(), call.getTimeout()];
      await provider.delete(
        { urn, timeoutSeconds, preview: false, log: logger(engine, urn) },
        read(call.getProperties())
      );
      return new import_empty_pb.Empty();
    }),
    // A command cannot be read back: the state is what is known.
    read: unary(
      (call) => new messages.ReadResponse().setId(call.getId()).setProperties(call.getProperties()).setInputs(call.getInputs())
    ),
    invoke: unary(async (call) => {
      const { failures, outputs } = await provider.invoke(call.getTok(), read(call.getArgs()), logger(engine, ""));
      const response = new messages.InvokeResponse().setFailuresList(failureMessages(failures));
      return outputs ? response.setReturn(write(outputs)) : response;
    }),
    cancel: unary(() => {
      provider.cancel();
      return new import_empty_pb.Empty();
    })
  };
  return handlers;
}
async function serve(engineAddress) {
  const engine = new import_engine_grpc_pb.EngineClient(engineAddress, grpc.credentials.createInsecure(), channelOptions);
  const server = new grpc.Server(channelOptions);
  server.addService(import_provider_grpc_pb.ResourceProviderService, service(new import_provider.CommandProvider(), engine));
  return new Promise((resolve, reject) => {
    server.bindAsync(
      "127.0.0.1:0",
      grpc.ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port)
    );
  });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  serve
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic2VydmVyLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLFdBQXNCO0FBQ3RCLDRCQUE2QjtBQUM3Qix1QkFBd0M7QUFDeEMsdUJBQTJCO0FBQzNCLDhCQUF3QztBQUN4QyxlQUEwQjtBQUMxQixzQkFBc0I7QUFDdEIsdUJBQXVCO0FBRXZCLHNCQUErRDtBQUkvRCxNQUFNLFVBQVU7QUFDaEIsTUFBTSxlQUFlLE1BQU0sT0FBTztBQUNsQyxNQUFNLGlCQUFpQjtBQUFBLEVBQ3JCLG1DQUFtQztBQUFBLEVBQ25DLGdDQUFnQztBQUNsQztBQUVBLE1BQU0sT0FBTyxDQUFDLFdBQTJDLFFBQVEsYUFBYSxLQUFLLENBQUM7QUFDcEYsTUFBTSxRQUFRLENBQUMsZUFBbUMsd0JBQU8sZUFBZSxVQUFVO0FBR2xGLFNBQVMsTUFBWSxRQUFvRTtBQUN2RixTQUFPLENBQUMsTUFBTSxhQUFhO0FBQ3pCLFlBQVEsUUFBUSxFQUNiLEtBQUssTUFBTSxPQUFPLEtBQUssT0FBTyxDQUFDLEVBQy9CO0FBQUEsTUFDQyxDQUFDLGFBQWEsU0FBUyxNQUFNLFFBQVE7QUFBQSxNQUNyQyxDQUFDLFVBQWlCLFNBQVMsRUFBRSxNQUFNLEtBQUssT0FBTyxTQUFTLFNBQVMsTUFBTSxRQUFRLENBQUM7QUFBQSxJQUNsRjtBQUFBLEVBQ0o7QUFDRjtBQUdBLFNBQVMsT0FBTyxRQUFzQixLQUFrQjtBQUN0RCxRQUFNLE9BQU8sQ0FBQyxVQUF1QixTQUFpQixjQUF1QjtBQUMzRSxVQUFNLFVBQVUsSUFBSSw0QkFBVyxFQUFFLFlBQVksUUFBUSxFQUFFLE9BQU8sR0FBRyxFQUFFLFdBQVcsT0FBTyxFQUFFLGFBQWEsU0FBUztBQUU3RyxXQUFPLElBQUksUUFBYyxDQUFDLFlBQVksT0FBTyxJQUFJLFNBQVMsTUFBTSxRQUFRLENBQUMsQ0FBQztBQUFBLEVBQzVFO0FBQ0EsU0FBTztBQUFBLElBQ0wsUUFBUSxDQUFDLFlBQVksS0FBSyw2QkFBWSxNQUFNLFNBQVMsSUFBSTtBQUFBLElBQ3pELFNBQVMsQ0FBQyxVQUFVLFlBQ2xCLEtBQUssYUFBYSxVQUFVLDZCQUFZLFFBQVEsNkJBQVksU0FBUyxTQUFTLEtBQUs7QUFBQSxFQUN2RjtBQUNGO0FBRUEsU0FBUyxnQkFBZ0IsVUFBdUQ7QUFDOUUsU0FBTyxTQUFTLElBQUksQ0FBQyxFQUFFLFVBQVUsT0FBTyxNQUFNLElBQUksU0FBUyxhQUFhLEVBQUUsWUFBWSxRQUFRLEVBQUUsVUFBVSxNQUFNLENBQUM7QUFDbkg7QUFFQSxNQUFNLFFBQVE7QUFBQSxFQUNaLEtBQUssQ0FBQyxTQUFTLGFBQWEsS0FBSyxLQUFLLFNBQVMsYUFBYSxLQUFLLFdBQVc7QUFBQSxFQUM1RSxRQUFRLENBQUMsU0FBUyxhQUFhLEtBQUssUUFBUSxTQUFTLGFBQWEsS0FBSyxjQUFjO0FBQUEsRUFDckYsUUFBUSxDQUFDLFNBQVMsYUFBYSxLQUFLLFFBQVEsU0FBUyxhQUFhLEtBQUssY0FBYztBQUN2RjtBQUVBLFNBQVMsWUFBWSxNQUF5QztBQUM1RCxRQUFNLEVBQUUsV0FBVyxVQUFVLElBQUksU0FBUyxhQUFhO0FBQ3ZELFFBQU0sV0FBVyxJQUFJLFNBQVMsYUFBYSxFQUN4QyxXQUFXLEtBQUssU0FBUyxTQUFTLElBQUksWUFBWSxTQUFTLEVBQzNELGFBQWEsQ0FBQyxHQUFHLElBQUksSUFBSSxLQUFLLE9BQU8sQ0FBQyxDQUFDLEVBQ3ZDLGdCQUFnQixDQUFDLEdBQUcsSUFBSSxJQUFJLEtBQUssUUFBUSxDQUFDLENBQUMsRUFDM0MsbUJBQW1CLElBQUk7QUFDMUIsYUFBVyxDQUFDLE1BQU0sRUFBRSxNQUFNLFFBQVEsQ0FBQyxLQUFLLEtBQUssVUFBVTtBQUNyRCxhQUFTLG1CQUFtQixFQUFFLElBQUksTUFBTSxJQUFJLFNBQVMsYUFBYSxFQUFFLFFBQVEsTUFBTSxJQUFJLEVBQUUsVUFBVSxJQUFJLENBQUMsQ0FBQyxDQUFDO0FBQUEsRUFDM0c7QUFDQSxTQUFPO0FBQ1Q7QUFLQSxTQUFTLFFBQVEsVUFBMkIsUUFBeUQ7QUFDbkcsUUFBTSxVQUFVLENBQUMsYUFBZ0M7QUFBQSxJQUMvQyxLQUFLLFFBQVEsT0FBTztBQUFBLElBQ3BCLEtBQUssT0FBTyxRQUFRLFFBQVEsT0FBTyxDQUFDO0FBQUEsSUFDcEMsU0FBUyxRQUFRLFdBQVc7QUFBQSxJQUM1QixnQkFBZ0IsUUFBUSxXQUFXO0FBQUEsRUFDckM7QUFDQSxRQUFNLFdBQVc7QUFBQSxJQUNmLGVBQWUsTUFBTSxNQUFNLElBQUksNEJBQVcsRUFBRSxXQUFXLE9BQU8sQ0FBQztBQUFBLElBQy9ELFdBQVcsTUFBTSxNQUFNLElBQUksU0FBUyxrQkFBa0IsRUFBRSxVQUFVLEtBQUssVUFBVSxFQUFFLE1BQU0sV0FBVyxRQUFRLENBQUMsQ0FBQyxDQUFDO0FBQUEsSUFDL0csYUFBYSxNQUFNLENBQUMsU0FBZ0MsSUFBSSxTQUFTLGNBQWMsRUFBRSxVQUFVLEtBQUssUUFBUSxDQUFDLENBQUM7QUFBQSxJQUMxRyxZQUFZLE1BQU0sTUFBTSxJQUFJLFNBQVMsYUFBYSxDQUFDO0FBQUEsSUFDbkQsV0FBVztBQUFBLE1BQU0sTUFDZixJQUFJLFNBQVMsa0JBQWtCLEVBQUUsaUJBQWlCLElBQUksRUFBRSxtQkFBbUIsSUFBSSxFQUFFLG1CQUFtQixJQUFJO0FBQUEsSUFDMUc7QUFBQSxJQUNBLE9BQU8sTUFBTSxDQUFDLFNBQWdDO0FBQzVDLFlBQU0sRUFBRSxRQUFRLFNBQVMsSUFBSSxTQUFTLE1BQU0sS0FBSyxPQUFPLEdBQUcsS0FBSyxLQUFLLFFBQVEsQ0FBQyxDQUFDO0FBQy9FLGFBQU8sSUFBSSxTQUFTLGNBQWMsRUFBRSxVQUFVLE1BQU0sTUFBTSxDQUFDLEVBQUUsZ0JBQWdCLGdCQUFnQixRQUFRLENBQUM7QUFBQSxJQUN4RyxDQUFDO0FBQUEsSUFDRCxNQUFNLE1BQU0sQ0FBQyxTQUErQjtBQUMxQyxZQUFNLE9BQU8sS0FBSyxhQUFhLEtBQUssS0FBSyxRQUFRO0FBQ2pELFlBQU0sQ0FBQyxPQUFPLElBQUksSUFBSSxDQUFDLEtBQUssS0FBSyxRQUFRLENBQUMsR0FBRyxLQUFLLEtBQUssUUFBUSxDQUFDLENBQUM7QUFDakUsYUFBTztBQUFBLFFBQ0wsU0FBUyxLQUFLLEtBQUssT0FBTyxHQUFHLEVBQUUsT0FBTyxNQUFNLEtBQUssSUFBSSxHQUFHLE1BQU0sU0FBUyxLQUFLLHFCQUFxQixFQUFFLENBQUM7QUFBQSxNQUN0RztBQUFBLElBQ0YsQ0FBQztBQUFBLElBQ0QsUUFBUSxNQUFNLE9BQU8sU0FBaUM7QUFDcEQsWUFBTSxFQUFFLElBQUksUUFBUSxJQUFJLE1BQU0sU0FBUyxPQUFPLFFBQVEsSUFBSSxHQUFHLEtBQUssS0FBSyxjQUFjLENBQUMsQ0FBQztBQUN2RixhQUFPLElBQUksU0FBUyxlQUFlLEVBQUUsTUFBTSxFQUFFLEVBQUUsY0FBYyxNQUFNLE9BQU8sQ0FBQztBQUFBLElBQzdFLENBQUM7QUFBQSxJQUNELFFBQVEsTUFBTSxPQUFPLFNBQWlDO0FBQ3BELFlBQU0sQ0FBQyxPQUFPLElBQUksSUFBSSxDQUFDLEtBQUssS0FBSyxRQUFRLENBQUMsR0FBRyxLQUFLLEtBQUssUUFBUSxDQUFDLENBQUM7QUFDakUsWUFBTSxVQUFVLE1BQU0sU0FBUyxPQUFPLFFBQVEsSUFBSSxHQUFHLE9BQU8sTUFBTSxLQUFLLHFCQUFxQixDQUFDO0FBQzdGLGFBQU8sSUFBSSxTQUFTLGVBQWUsRUFBRSxjQUFjLE1BQU0sT0FBTyxDQUFDO0FBQUEsSUFDbkUsQ0FBQztBQUFBLElBQ0QsUUFBUSxNQUFNLE9BQU8sU0FBaUM7QUFDcEQsWUFBTSxDQUFDLEtBQUssY0FBYyxJQUFJLENBQUMsS0FBSyxPQUFPLEdBQUcsS0FBSyxXQUFXLENBQUM7QUFDL0QsWUFBTSxTQUFTO0FBQUEsUUFDYixFQUFFLEtBQUssZ0JBQWdCLFNBQVMsT0FBTyxLQUFLLE9BQU8sUUFBUSxHQUFHLEVBQUU7QUFBQSxRQUNoRSxLQUFLLEtBQUssY0FBYyxDQUFDO0FBQUEsTUFDM0I7QUFDQSxhQUFPLElBQUksc0JBQU07QUFBQSxJQUNuQixDQUFDO0FBQUE7QUFBQSxJQUVELE1BQU07QUFBQSxNQUFNLENBQUMsU0FDWCxJQUFJLFNBQVMsYUFBYSxFQUFFLE1BQU0sS0FBSyxNQUFNLENBQUMsRUFBRSxjQUFjLEtBQUssY0FBYyxDQUFDLEVBQUUsVUFBVSxLQUFLLFVBQVUsQ0FBQztBQUFBLElBQ2hIO0FBQUEsSUFDQSxRQUFRLE1BQU0sT0FBTyxTQUFpQztBQUNwRCxZQUFNLEVBQUUsVUFBVSxRQUFRLElBQUksTUFBTSxTQUFTLE9BQU8sS0FBSyxPQUFPLEdBQUcsS0FBSyxLQUFLLFFBQVEsQ0FBQyxHQUFHLE9BQU8sUUFBUSxFQUFFLENBQUM7QUFDM0csWUFBTSxXQUFXLElBQUksU0FBUyxlQUFlLEVBQUUsZ0JBQWdCLGdCQUFnQixRQUFRLENBQUM7QUFDeEYsYUFBTyxVQUFVLFNBQVMsVUFBVSxNQUFNLE9BQU8sQ0FBQyxJQUFJO0FBQUEsSUFDeEQsQ0FBQztBQUFBLElBQ0QsUUFBUSxNQUFNLE1BQU07QUFDbEIsZUFBUyxPQUFPO0FBQ2hCLGFBQU8sSUFBSSxzQkFBTTtBQUFBLElBQ25CLENBQUM7QUFBQSxFQUNIO0FBQ0EsU0FBTztBQUNUO0FBR0EsZUFBc0IsTUFBTSxlQUF3QztBQUNsRSxRQUFNLFNBQVMsSUFBSSxtQ0FBYSxlQUFlLEtBQUssWUFBWSxlQUFlLEdBQUcsY0FBYztBQUNoRyxRQUFNLFNBQVMsSUFBSSxLQUFLLE9BQU8sY0FBYztBQUM3QyxTQUFPLFdBQVcsaURBQXlCLFFBQVEsSUFBSSxnQ0FBZ0IsR0FBRyxNQUFNLENBQUM7QUFDakYsU0FBTyxJQUFJLFFBQVEsQ0FBQyxTQUFTLFdBQVc7QUFDdEMsV0FBTztBQUFBLE1BQVU7QUFBQSxNQUFlLEtBQUssa0JBQWtCLGVBQWU7QUFBQSxNQUFHLENBQUMsT0FBTyxTQUMvRSxRQUFRLE9BQU8sS0FBSyxJQUFJLFFBQVEsSUFBSTtBQUFBLElBQ3RDO0FBQUEsRUFDRixDQUFDO0FBQ0g7IiwKICAibmFtZXMiOiBbXQp9Cg==
