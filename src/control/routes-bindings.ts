/** Bindings and environments: who gets which packets. */
import { CONTROL_ENVIRONMENT } from "../appliance/interface.js";
import { takeJson } from "./body.js";
import { checkCode, checkOptions } from "./hosted.js";
import { bindingOf, environmentOf, refresh } from "./picture.js";
import type { Plane } from "./plane.js";
import { remember } from "./profile.js";
import type { Binding, Environment } from "./protocol.js";
import { ControlRefusal, KernelRefusal } from "./refusal.js";
import type { App } from "./routes.js";
import { downloadedRoutes } from "./routes-downloaded.js";
import { bindingFileRoute } from "./routes-export.js";
import { answer, ById, ByQuery, NewBinding, NewEnvironment, numberOf, ProgramQuery } from "./schemas.js";

export function bindingRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    readBindings(scope, plane);
    changeBindings(scope, plane);
    environmentRoutes(scope, plane);
    queryRoute(scope, plane);
    downloadedRoutes(scope, plane);
    bindingFileRoute(scope, plane);
  });
}

function readBindings(scope: App, plane: Plane): void {
  const { appliance } = plane;
  const tags = ["bindings"];
  scope.get("/bindings", { schema: { tags, summary: "All bindings", response: answer("Binding[]") } }, () =>
    bindings(plane),
  );

  const one = { tags, summary: "A binding, with its counters", params: ById, response: answer("Binding") };
  scope.get("/bindings/:id", { schema: one }, (request) => {
    const view = appliance.bindings.get(numberOf(request.params.id, 0));
    if (view === undefined) throw new KernelRefusal("E_NO_BINDING", request.params.id);
    refresh(appliance);
    return bindingOf(view, appliance.books);
  });
}

function changeBindings(scope: App, plane: Plane): void {
  const tags = ["bindings"];
  const make = { tags, summary: "Bind a stored filter", body: NewBinding, response: answer("binding, from", 201) };
  scope.post("/bindings", { schema: make }, async (request, reply) => {
    const { filter, environment, mode, priority = 0 } = request.body;
    const name = request.body.name ?? freeName(plane, environment, filter);
    const asked = { filter, environment, mode, priority, name };
    const made = await plane.turns.run(() => plane.library.bind(request.capability, asked));
    plane.feed.changed("bindings");
    plane.feed.changed("filters");
    return reply.code(201).send({ ...made, name });
  });

  const remove = {
    tags,
    summary: "End a binding",
    params: ById,
    response: answer("until: the last packet it saw; packets, octets"),
  };
  scope.delete("/bindings/:id", { schema: remove }, async (request) => {
    const id = numberOf(request.params.id, 0);
    const result = await plane.turns.run(() => plane.library.unbind(request.capability, id));
    plane.feed.changed("bindings");
    plane.feed.changed("filters");
    return result;
  });
}

function environmentRoutes(scope: App, plane: Plane): void {
  const tags = ["environments"];
  scope.get("/environments", { schema: { tags, summary: "All environments", response: answer("Environment[]") } }, () =>
    environments(plane),
  );

  const make = {
    tags,
    summary:
      'Make an environment of a program of the installation; the program "" only counts, "vcode" is a downloaded one, of `code`',
    body: NewEnvironment,
    response: answer("environment", 201),
  };
  scope.post("/environments", { schema: make }, async (request, reply) => {
    const { name, program, options = {}, code, transmit, slices } = request.body;
    checkOptions(options, plane.limits.optionsOctets, "/options");
    checkCode(code, plane.store.limits.textOctets);
    const environment = await plane.turns.run(async () => {
      const id = await plane.hosted.create(request.capability, { name, program, options, code, transmit, slices });
      remember(plane);
      return id;
    });
    return reply.code(201).send({ environment });
  });

  const remove = { tags, summary: "End an environment and its bindings", params: ById, response: { 204: {} } };
  scope.delete("/environments/:id", { schema: remove }, async (request, reply) => {
    const id = numberOf(request.params.id, 0);
    if (id === CONTROL_ENVIRONMENT) throw new ControlRefusal("E_CONTROL_ENVIRONMENT");
    await plane.turns.run(async () => {
      const name = plane.appliance.environments.get(id)?.name;
      await plane.hosted.destroy(request.capability, id);
      plane.store.transact(() => {
        if (name !== undefined) plane.store.bindings.removeOf(name);
        remember(plane);
      });
    });
    plane.feed.changed("bindings");
    plane.feed.changed("filters");
    return reply.code(204).send();
  });
}

function queryRoute(scope: App, plane: Plane): void {
  const schema = {
    tags: ["environments"],
    summary: "Ask an environment's program, such as `flows` of the monitor or `status` of ExOS",
    params: ByQuery,
    querystring: ProgramQuery,
    response: answer("what the program says; FlowTable, ExosStatus, ..."),
  };
  scope.get("/environments/:id/query/:what", { schema }, async (request) => {
    const id = numberOf(request.params.id, 0);
    const view = plane.appliance.environments.get(id);
    if (view === undefined) throw new KernelRefusal("E_NO_ENVIRONMENT", request.params.id);
    if (view.state !== "ready") throw new ControlRefusal("E_ENVIRONMENT_STATE", view.error ?? view.state);
    const { limit, from, ...words } = request.query;
    const args = {
      ...words,
      ...(limit === undefined ? {} : { limit: Number(limit) }),
      ...(from === undefined ? {} : { from: Number(from) }),
    };
    return plane.appliance.query(id, request.params.what, args).catch((error: unknown) => {
      throw new ControlRefusal("E_QUERY", error instanceof Error ? error.message : String(error));
    });
  });
}

function bindings({ appliance }: Plane): Binding[] {
  refresh(appliance);
  return [...appliance.bindings.values()].map((view) => bindingOf(view, appliance.books));
}

function environments({ appliance }: Plane): Environment[] {
  refresh(appliance);
  return [...appliance.environments.values()].map((view) => environmentOf(view, appliance));
}

/** The filter's name, or the first of NAME.2, NAME.3, ... that no binding of the environment has. */
function freeName({ appliance }: Plane, environment: number, filter: string): string {
  const ours = [...appliance.bindings.values()].filter((view) => view.environment === environment);
  const taken = new Set(ours.map(({ name }) => name));
  let name = filter;
  for (let number = 2; taken.has(name); number++) name = `${filter.slice(0, 56)}.${number}`;
  return name;
}
