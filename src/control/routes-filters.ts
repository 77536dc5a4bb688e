/** Filters: named texts. Putting one binds it, or swaps it where it is bound (library.ts). */
import { type Asker, type Checked, CONTROL_ENVIRONMENT, type FilterLanguage } from "../appliance/interface.js";
import { printFilter } from "../dpf/print.js";
import type { BindingMode } from "../kernel/abi.js";
import { checkName } from "../store/name.js";
import { takeJson, takeText } from "./body.js";
import { findOverlaps } from "./overlaps.js";
import type { Plane } from "./plane.js";
import type { CheckResult } from "./protocol.js";
import { ControlRefusal, placeOf } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { stageRoutes } from "./routes-stages.js";
import {
  answer,
  ByFile,
  ByName,
  CheckFilter,
  CheckQuery,
  DeleteFilterQuery,
  numberOf,
  PutFilterQuery,
  textBody,
} from "./schemas.js";

const tags = ["filters"];
const FILE = /^(.+)\.(dpf|pcap-filter)$/;

export function filterRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    readRoutes(scope, plane);
    deleteRoute(scope, plane);
  });
  void api.register(async (scope: App) => {
    takeText(scope);
    putRoute(scope, plane);
    checkTextRoute(scope, plane);
  });
}

function readRoutes(scope: App, plane: Plane): void {
  const list = { tags, summary: "All filters, with their bindings", response: answer("FilterText[]") };
  scope.get("/filters", { schema: list }, () => plane.library.list());

  const one = { tags, summary: "A filter's text, as it was put", params: ByName, response: answer("text") };
  scope.get("/filters/:name", { schema: one }, (request, reply) => {
    const { text, language, bindings } = plane.library.get(request.params.name);
    return reply
      .type("text/plain; charset=utf-8")
      .header("x-language", language)
      .header("x-bindings", bindings.join(","))
      .send(text);
  });

  const summary = "Check a text, changing nothing; as a claim, also against the claims that there are";
  const check = { tags, summary, body: CheckFilter, response: answer("CheckResult") };
  scope.post("/filters/check", { schema: check }, (request, reply) =>
    plane.questions.ask(request.admitted, untilGone(reply), (asker) => checkAs(plane, request.body, asker)),
  );
  stageRoutes(scope, plane);
}

function deleteRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "Delete a filter; 409 where it is bound, unless ?unbind=yes",
    params: ByName,
    querystring: DeleteFilterQuery,
    response: { 204: {} },
  };
  scope.delete("/filters/:name", { schema }, async (request, reply) => {
    const unbind = request.query.unbind === "yes";
    await plane.turns.run(() => plane.library.remove(request.capability, request.params.name, unbind));
    plane.feed.changed("filters");
    plane.feed.changed("bindings");
    return reply.code(204).send();
  });
}

function putRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "Put a filter: NAME.dpf or NAME.pcap-filter; a new one taps and counts, unless ?bind=no",
    params: ByFile,
    querystring: PutFilterQuery,
    ...textBody("the filter's text, in the language that the extension names"),
    response: { ...answer("name, language, created, bindings, from"), ...answer("the same, where it is new", 201) },
  };
  scope.put("/filters/:file", { schema, bodyLimit: bodyLimit(plane) }, async (request, reply) => {
    const { name, language } = splitFile(request.params.file);
    const filter = { name, language, text: request.body };
    const result = await plane.turns.run(() =>
      plane.library.put(request.capability, filter, request.query.bind !== "no"),
    );
    plane.feed.changed("filters");
    plane.feed.changed("bindings");
    return reply.code(result.created ? 201 : 200).send(result);
  });
}

function checkTextRoute(scope: App, plane: Plane): void {
  const schema = {
    tags,
    summary: "Check a text as NAME.dpf, NAME.pcap-filter, or in the language of the filter NAME",
    params: ByFile,
    querystring: CheckQuery,
    ...textBody("the filter's text"),
    response: answer("CheckResult"),
  };
  scope.post("/filters/:file/check", { schema, bodyLimit: bodyLimit(plane) }, (request, reply) => {
    const { file } = request.params;
    const language = FILE.test(file) ? splitFile(file).language : plane.library.get(checkName(file)).language;
    const { mode, environment, priority } = request.query;
    const asked = {
      text: request.body,
      language,
      ...(mode === undefined ? {} : { mode }),
      environment: numberOf(environment, CONTROL_ENVIRONMENT),
      priority: numberOf(priority, 0),
    };
    return plane.questions.ask(request.admitted, untilGone(reply), (asker) => checkAs(plane, asked, asker));
  });
}

interface Asked {
  readonly text: string;
  readonly language: FilterLanguage;
  readonly mode?: BindingMode;
  readonly environment?: number;
  readonly priority?: number;
}

async function checkAs(plane: Plane, asked: Asked, asker: Asker): Promise<CheckResult> {
  const { text, language, mode = "tap", environment = CONTROL_ENVIRONMENT, priority = 0 } = asked;
  // The length is judged before the text is handed to anybody.
  plane.store.filters.checkText(text);
  if (mode === "tap") return resultOf(await plane.appliance.check(text, language, asker));
  const { found, list } = await findOverlaps(plane.appliance, { text, language, environment, priority, asker });
  const result = resultOf(found.ok ? found.checked : found);
  return list === undefined ? result : { ...result, overlaps: list };
}

function resultOf(checked: Checked): CheckResult {
  if (!checked.ok) return { ok: false, errors: checked.errors.map(placeOf), conjunctions: 0, atoms: 0, canonical: "" };
  const { conjunctions } = checked.filter;
  const atoms = conjunctions.reduce((total, conjunction) => total + conjunction.length, 0);
  const canonical = printFilter(checked.filter);
  return { ok: true, errors: [], conjunctions: conjunctions.length, atoms, canonical };
}

function splitFile(file: string): { name: string; language: FilterLanguage } {
  const [, name, extension] = FILE.exec(file) ?? [];
  if (name === undefined) throw new ControlRefusal("E_EXTENSION", "a filter is NAME.dpf or NAME.pcap-filter");
  return { name: checkName(name), language: extension === "dpf" ? "dpf" : "pcap-filter" };
}

/** One octet more than a text may have, so that the store says what is too long. */
function bodyLimit(plane: Plane): number {
  return plane.store.limits.textOctets + 1;
}
