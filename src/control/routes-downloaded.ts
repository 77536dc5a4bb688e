/** Downloaded environments: their code, and activations from outside. */
import { Cause } from "../kernel/abi.js";
import { MAX_OUTSIDE_FUEL } from "../kernel/limits.js";
import { call, type Plane } from "./plane.js";
import { KernelRefusal } from "./refusal.js";
import type { App } from "./routes.js";
import { answer, ById, NewActivation, numberOf } from "./schemas.js";

const tags = ["environments"];

export function downloadedRoutes(scope: App, plane: Plane): void {
  const code = { tags, summary: "VCODE's text, as it was put", params: ById, response: answer("text") };
  scope.get("/environments/:id/code", { schema: code }, (request, reply) => {
    const id = numberOf(request.params.id, 0);
    if (plane.appliance.environments.get(id) === undefined)
      throw new KernelRefusal("E_NO_ENVIRONMENT", request.params.id);
    const text = plane.hosted.codeOf(id);
    if (text === undefined) throw new KernelRefusal("E_NOT_DOWNLOADED", request.params.id);
    return reply.type("text/plain; charset=utf-8").send(text);
  });

  const activate = {
    tags,
    summary: "Run the entry of a downloaded environment once: with this cause (a message, unless told), words and fuel",
    params: ById,
    body: NewActivation,
    response: answer("Activated"),
  };
  scope.post("/environments/:id/activations", { schema: activate }, (request) => {
    const { cause = Cause.message, message = [], fuel = MAX_OUTSIDE_FUEL } = request.body;
    const environment = numberOf(request.params.id, 0);
    return call(plane.appliance, request.capability, "activate", { environment, cause, message, fuel });
  });
}
