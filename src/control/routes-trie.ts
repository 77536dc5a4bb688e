/** The merged trie as a picture, its heat, and what runs the merged program. */
import { DRAWN } from "../dpf/draw-trie.js";
import type { TriePicture } from "../dpf/trie-picture.js";
import { takeJson } from "./body.js";
import { refresh, targetOf } from "./picture.js";
import { call, type Plane } from "./plane.js";
import type { Trie } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { answer, numberOf, SetHeat, SetTarget, TrieQuery } from "./schemas.js";

export function trieRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    pictureRoute(scope, plane);
    heatRoute(scope, plane);
    targetRoutes(scope, plane);
  });
}

function pictureRoute(scope: App, plane: Plane): void {
  const schema = {
    tags: ["trie"],
    summary:
      "The merged trie, from the root or the node or dispatch ?at=ID on; what is many is folded, and ?from=N goes on",
    querystring: TrieQuery,
    response: answer("Trie"),
  };
  scope.get("/trie", { schema }, async (request, reply) => {
    const { at, from, limit } = request.query;
    const view = { at, from: numberOf(from, 0), limit: numberOf(limit, DRAWN) };
    const drawn = await plane.questions.ask(request.admitted, untilGone(reply), (asker) =>
      plane.appliance.trie(view, asker),
    );
    if (!drawn.ok) throw new ControlRefusal("E_QUESTION", drawn.errors[0]?.message);
    if (drawn.picture === undefined) throw new ControlRefusal("E_NO_NODE", at);
    return heated(plane, request.capability, drawn.picture);
  });
}

/** With the counts of its nodes, where they are counted. */
async function heated({ appliance }: Plane, capability: string, picture: TriePicture): Promise<Trie> {
  const nodes = picture.nodes.flatMap((point) => (point.kind === "node" ? [point.node] : []));
  const { on, counts } = await call(appliance, capability, "heatOf", { nodes });
  if (!on) return { ...picture, heat: false };
  const reached = new Map(nodes.map((node, index) => [node, counts[index] ?? 0]));
  const points = picture.nodes.map((point) =>
    point.kind === "node" ? { ...point, reached: reached.get(point.node) ?? 0 } : point,
  );
  return { ...picture, nodes: points, heat: true };
}

function heatRoute(scope: App, plane: Plane): void {
  const schema = {
    tags: ["trie"],
    summary: "Count nodes of the trie as they are entered, or stop it",
    body: SetHeat,
    response: answer("on"),
  };
  scope.put("/trie/heat", { schema }, async (request) => {
    const { on } = request.body;
    await plane.turns.run(() => call(plane.appliance, request.capability, "heat", { on }));
    return { on };
  });
}

function targetRoutes(scope: App, plane: Plane): void {
  const { appliance } = plane;
  const tags = ["target"];
  const told = () => {
    refresh(appliance);
    return targetOf(appliance);
  };
  const get = {
    tags,
    summary: "What runs the merged program, and what is compared with it",
    response: answer("Target"),
  };
  scope.get("/target", { schema: get }, told);

  const put = {
    tags,
    summary:
      "Run the merged program and all handlers on another target, with or without a shadow of the program, while packets flow",
    body: SetTarget,
    response: answer("Target"),
  };
  scope.put("/target", { schema: put }, async (request) => {
    const { target, shadow = null } = request.body;
    await plane.turns.run(() => call(appliance, request.capability, "target", { target, shadow }));
    return told();
  });
}
