/** Ports that frames are sent to: wires, whose other ends they arrive at, and files in the data folder. */
import type { Right } from "../kernel/abi.js";
import { requireRights } from "./admission.js";
import { takeJson } from "./body.js";
import { ownerKey } from "./owners.js";
import type { Plane } from "./plane.js";
import { remember } from "./profile.js";
import type { App } from "./routes.js";
import { answer, ByName, NewPort } from "./schemas.js";

const tags = ["ports"];
/** A file port fills the data folder. */
const FILE_RIGHTS: readonly Right[] = ["store"];

export function portRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    const list = {
      tags,
      summary: "Ports that were made, with what was sent, refused and what became of it",
      response: answer("Port[]"),
    };
    scope.get("/ports", { schema: list }, (request) => plane.ports.list(request.capability));

    const make = {
      tags,
      summary:
        "Make a wire, which has two ends (a hairpin one), or a file in the data folder, which needs `store` as well",
      body: NewPort,
      response: answer("ports: the numbers of its ends", 201),
    };
    scope.post("/ports", { schema: make }, async (request, reply) => {
      const { body, capability } = request;
      if (body.kind === "file") {
        requireRights(request.admitted, FILE_RIGHTS);
        await plane.store.requireDisk();
      }
      const ports = await plane.turns.run(async () => {
        if (body.kind === "file") return plane.ports.addFile(capability, body.name, body.linkType);
        const made = await plane.ports.addWire(capability, { ...body, ...ownerKey(request.admitted.path) });
        remember(plane);
        return made;
      });
      return reply.code(201).send({ ports });
    });

    const remove = {
      tags,
      summary: "End a port: what is in flight on a wire never arrives, a file stays",
      params: ByName,
      response: { 204: {} },
    };
    scope.delete("/ports/:name", { schema: remove }, async (request, reply) => {
      await plane.turns.run(async () => {
        await plane.ports.remove(request.capability, request.params.name);
        remember(plane);
      });
      return reply.code(204).send();
    });
  });
}
