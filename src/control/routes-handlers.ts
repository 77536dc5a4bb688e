/** Handlers: named texts. Putting one that is bound swaps it in all its bindings, between two batches. */
import Type from "typebox";
import { checkName } from "../store/name.js";
import type { Admitted } from "./admission.js";
import { takeJson, takeText } from "./body.js";
import { refusedText } from "./handlers.js";
import type { Plane } from "./plane.js";
import type { HandlerCheck, Stage } from "./protocol.js";
import { ControlRefusal, KernelRefusal } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { boundHandlerRoutes } from "./routes-bound-handlers.js";
import { trialRoute } from "./routes-trial.js";
import { answer, ByName, ByStage, textBody } from "./schemas.js";
import {
  HandlerCheck as HandlerCheckAnswer,
  HandlerStage,
  HandlerSummary,
  PutHandler,
} from "./schemas-handler-answers.js";
import { ByHandlerFile, CheckHandler, DeleteHandlerQuery, PutHandlerQuery } from "./schemas-handlers.js";

const tags = ["handlers"];
const FILE = /^(.+)\.ash\.ts$/;

export function handlerRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    readRoutes(scope, plane);
    stageRoutes(scope, plane);
    deleteRoute(scope, plane);
    trialRoute(scope, plane);
    boundHandlerRoutes(scope, plane);
  });
  void api.register(async (scope: App) => {
    takeText(scope);
    putRoute(scope, plane);
    checkTextRoute(scope, plane);
  });
}

function readRoutes(scope: App, plane: Plane): void {
  const list = {
    tags,
    summary: "All handlers, with their bindings",
    response: answer("HandlerSummary[]", 200, Type.Array(HandlerSummary)),
  };
  scope.get("/handlers", { schema: list }, () => plane.handlers.summaries());

  const one = { tags, summary: "A handler's text, as it was put", params: ByName, response: answer("text") };
  scope.get("/handlers/:name", { schema: one }, (request, reply) => {
    const { text } = plane.handlers.texts.get(request.params.name);
    const bindings = plane.handlers.bindingsOf(request.params.name);
    return reply.type("text/plain; charset=utf-8").header("x-bindings", bindings.join(",")).send(text);
  });

  const check = {
    tags,
    summary: "Check a text, changing nothing",
    body: CheckHandler,
    response: answer("HandlerCheck", 200, HandlerCheckAnswer),
  };
  scope.post("/handlers/check", { schema: check }, (request, reply) =>
    checked(plane, request.body.text, request.admitted, untilGone(reply)),
  );
}

async function checked(
  { appliance, handlers, questions }: Plane,
  text: string,
  admitted: Admitted,
  gone: AbortSignal,
): Promise<HandlerCheck> {
  // The length is judged before the text is handed to anybody.
  handlers.texts.checkText(text);
  const result = await questions.ask(admitted, gone, (asker) => appliance.handlers.check(text, asker));
  if (result.ok) return { ...result, errors: [] };
  return { ok: false, errors: result.errors.map(({ hint = null, ...error }) => ({ ...error, hint })) };
}

function stageRoutes(scope: App, plane: Plane): void {
  const list = {
    tags,
    summary: "Stages of a handler",
    params: ByName,
    response: answer("Stage[]", 200, Type.Array(HandlerStage)),
  };
  scope.get("/handlers/:name/stages", { schema: list }, async (request, reply): Promise<Stage[]> => {
    const stages = await staged(plane, request.params.name, request.admitted, untilGone(reply));
    return stages.map(({ name, octets, instructions, milliseconds }) => ({ name, octets, instructions, milliseconds }));
  });

  const one = { tags, summary: "A stage's text", params: ByStage, response: answer("text") };
  scope.get("/handlers/:name/stages/:stage", { schema: one }, async (request, reply) => {
    const stages = await staged(plane, request.params.name, request.admitted, untilGone(reply));
    const stage = stages.find(({ name }) => name === request.params.stage);
    if (stage === undefined) throw new ControlRefusal("E_NO_STAGE", stages.map(({ name }) => name).join(", "));
    return reply.type("text/plain; charset=utf-8").send(stage.text);
  });
}

async function staged({ appliance, handlers, questions }: Plane, name: string, admitted: Admitted, gone: AbortSignal) {
  const { text } = handlers.texts.get(name);
  const result = await questions.ask(admitted, gone, (asker) => appliance.handlers.stages(text, asker));
  if (!result.ok) throw refusedText(result.errors);
  return result.stages;
}

function deleteRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "Delete a handler; 409 where it is bound, unless ?unbind=yes",
    params: ByName,
    querystring: DeleteHandlerQuery,
    response: { 204: {} },
  };
  scope.delete("/handlers/:name", { schema }, async (request, reply) => {
    const unbind = request.query.unbind === "yes";
    await plane.turns.run(() => plane.handlers.remove(request.capability, request.params.name, unbind));
    plane.feed.changed("handlers");
    return reply.code(204).send();
  });
}

function putRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "Put a handler, NAME.ash.ts; where it is bound it is replaced in all bindings at once. ?binding= binds it",
    params: ByHandlerFile,
    querystring: PutHandlerQuery,
    ...textBody("the handler's text"),
    response: {
      ...answer("stateKept: null where nothing ran it", 200, PutHandler),
      ...answer("the same, where it is new", 201, PutHandler),
    },
  };
  scope.put("/handlers/:file", { schema, bodyLimit: bodyLimit(plane) }, async (request, reply) => {
    const handler = { name: nameOf(request.params.file), text: request.body };
    const { state, binding: wanted, transmit } = request.query;
    const { capability } = request;
    const result = await plane.turns.run(async () => {
      if (wanted === undefined) return plane.handlers.put(capability, handler, state);
      const binding = bindingNamed(plane, wanted);
      return plane.handlers.putTo(capability, handler, state, binding, transmit === "yes");
    });
    plane.feed.changed("handlers");
    return reply.code(result.created ? 201 : 200).send(result);
  });
}

/** By number, or by the name that one binding alone has. Throws E_NO_BINDING. */
function bindingNamed({ appliance }: Plane, wanted: string): number {
  const found = [...appliance.bindings.values()].filter(({ id, name }) => name === wanted || `${id}` === wanted);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new KernelRefusal("E_NO_BINDING", found.length > 1 ? `${found.length} are called ${wanted}` : wanted);
  }
  return first.id;
}

function checkTextRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "Check a text as NAME.ash.ts, changing nothing",
    params: ByHandlerFile,
    ...textBody("the handler's text"),
    response: answer("HandlerCheck", 200, HandlerCheckAnswer),
  };
  scope.post("/handlers/:file/check", { schema, bodyLimit: bodyLimit(plane) }, (request, reply) => {
    nameOf(request.params.file);
    return checked(plane, request.body, request.admitted, untilGone(reply));
  });
}

function nameOf(file: string): string {
  const [, name] = FILE.exec(file) ?? [];
  if (name === undefined) throw new ControlRefusal("E_EXTENSION", "a handler is NAME.ash.ts");
  return checkName(name);
}

/** One octet more than a text may have, so that the store says what is too long. */
function bodyLimit(plane: Plane): number {
  return plane.store.limits.textOctets + 1;
}
