/** What the compiler makes of a stored filter, stage by stage. */
import type { Stage as CompiledStage } from "../dpf/stages.js";
import type { Admitted } from "./admission.js";
import { unanswered } from "./library.js";
import type { Plane } from "./plane.js";
import type { Stage } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import { type App, untilGone } from "./routes.js";
import { answer, ByName, ByStage } from "./schemas.js";

const tags = ["filters"];

export function stageRoutes(scope: App, plane: Plane): void {
  const list = { tags, summary: "Stages of a filter compiled alone", params: ByName, response: answer("Stage[]") };
  scope.get("/filters/:name/stages", { schema: list }, async (request, reply): Promise<Stage[]> => {
    const stages = await compiled(plane, request.params.name, request.admitted, untilGone(reply));
    return stages.map(({ name, octets, instructions, milliseconds }) => ({ name, octets, instructions, milliseconds }));
  });

  const one = { tags, summary: "A stage's text", params: ByStage, response: answer("text") };
  scope.get("/filters/:name/stages/:stage", { schema: one }, async (request, reply) => {
    const stages = await compiled(plane, request.params.name, request.admitted, untilGone(reply));
    const stage = stages.find(({ name }) => name === request.params.stage);
    if (stage === undefined) throw new ControlRefusal("E_NO_STAGE", stages.map(({ name }) => name).join(", "));
    return reply.type("text/plain; charset=utf-8").send(stage.text);
  });
}

async function compiled(
  { appliance, library, questions }: Plane,
  name: string,
  admitted: Admitted,
  gone: AbortSignal,
): Promise<readonly CompiledStage[]> {
  const { text, language } = library.get(name);
  const staged = await questions.ask(admitted, gone, (asker) => appliance.stages(text, language, asker));
  if (!staged.ok) throw unanswered(staged);
  return staged.stages;
}
