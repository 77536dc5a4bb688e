/** Replays: there is one at a time, `current`, of one capture or several merged by time. */
import { takeJson } from "./body.js";
import { refresh, replayOf } from "./picture.js";
import { call, type Plane } from "./plane.js";
import { remember } from "./profile.js";
import type { Replay } from "./protocol.js";
import type { App } from "./routes.js";
import { answer, Nothing, OpenReplay, Seek, SetSpeed, Step } from "./schemas.js";
import { openReplay } from "./set-up.js";

const tags = ["replay"];
const response = answer("Replay");

export function replayRoutes(api: App, plane: Plane): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    openRoute(scope, plane);
    motionRoutes(scope, plane);
    placeRoutes(scope, plane);
  });
}

function openRoute(scope: App, plane: Plane): void {
  scope.get(
    "/replays",
    { schema: { tags, summary: "The replay, where one is open", response: answer("Replays") } },
    () => {
      const replay = now(plane);
      return replay.state === "none" ? [] : [replay];
    },
  );
  scope.get("/replays/current", { schema: { tags, summary: "State and place of the replay", response } }, () =>
    now(plane),
  );

  const schema = { tags, summary: "Open captures and play them", body: OpenReplay, response };
  scope.put("/replays/current", { schema }, (request) => {
    const { captures, play, ...options } = request.body;
    return plane.turns.run(async () => {
      await openReplay(plane, request.capability, captures, options);
      if (play !== false) await call(plane.appliance, request.capability, "play", {});
      remember(plane);
      return now(plane);
    });
  });
}

function motionRoutes(scope: App, plane: Plane): void {
  const summaries = {
    play: "Play on",
    pause: "Pause",
    skip: "Leave out the rest of the gap that is being waited in",
  } as const;
  for (const motion of ["play", "pause", "skip"] as const) {
    const schema = { tags, summary: summaries[motion], body: Nothing, response };
    scope.post(`/replays/current/${motion}`, { schema }, async (request) => {
      await call(plane.appliance, request.capability, motion, {});
      return now(plane);
    });
  }

  const stop = { tags, summary: "Close the replay", body: Nothing, response };
  scope.post("/replays/current/stop", { schema: stop }, (request) =>
    plane.turns.run(async () => {
      await call(plane.appliance, request.capability, "stop", {});
      remember(plane);
      return now(plane);
    }),
  );
}

function placeRoutes(scope: App, plane: Plane): void {
  const step = { tags, summary: "Let through some packets, then pause", body: Step, response };
  scope.post("/replays/current/step", { schema: step }, async (request) => {
    await call(plane.appliance, request.capability, "step", request.body);
    return now(plane);
  });

  const seek = { tags, summary: "Begin a new epoch at a packet or a time", body: Seek, response };
  scope.post("/replays/current/seek", { schema: seek }, async (request) => {
    await call(plane.appliance, request.capability, "seek", request.body);
    return now(plane);
  });

  const speed = { tags, summary: "A factor of capture time, or max", body: SetSpeed, response };
  scope.post("/replays/current/speed", { schema: speed }, (request) =>
    plane.turns.run(async () => {
      await call(plane.appliance, request.capability, "speed", request.body);
      remember(plane);
      return now(plane);
    }),
  );
}

function now({ appliance }: Plane): Replay {
  refresh(appliance);
  return replayOf(appliance);
}
