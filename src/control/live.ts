/** The WebSocket /api/v1/live: who may open one, what it may say, when it is closed. */
import type { WebSocket } from "ws";
import type { Plane } from "./plane.js";
import type { ClientFrame } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import type { App } from "./routes.js";
import type { Session } from "./sessions.js";

/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

export interface Live {
  /** Closes every socket. */
  close(): void;
}

export function liveRoute(api: App, plane: Plane): Live {
  const sockets = new Map<WebSocket, Session | undefined>();
  const clock = new Clock(plane, sockets);

  api.route({
    method: "GET",
    url: "/live",
    config: { live: true },
    schema: { tags: ["live"], summary: "WebSocket: a picture, then ticks ten times a second (protocol.ts)" },
    preHandler: async (request) => {
      if (!request.ws) throw new ControlRefusal("E_UPGRADE");
      if (sockets.size >= plane.limits.sockets) throw new ControlRefusal("E_TOO_MANY_SOCKETS", `${sockets.size}`);
    },
    handler: () => undefined,
    wsHandler: (socket, request) => {
      sockets.set(socket, request.session);
      // An upgrade takes a moment in which the capability may have ended: the kernel is asked once more.
      const letGo = plane.admission.hold(request.admitted, (reason) => socket.close(POLICY_VIOLATION, reason));
      plane.admission.again(request.admitted).catch((error: Error) => socket.close(POLICY_VIOLATION, error.message));
      plane.feed.add(socket);
      clock.start();
      socket.on("message", (data, isBinary) => {
        const frame = isBinary ? undefined : clientFrame(String(data));
        if (frame?.type === "resync") plane.feed.resync(socket);
        else if (frame?.type === "trace") plane.feed.trace(socket, frame.on);
        else socket.close(POLICY_VIOLATION, "not a frame of this protocol");
      });
      socket.on("close", () => {
        letGo();
        sockets.delete(socket);
        plane.feed.remove(socket);
        if (sockets.size === 0) clock.stop();
      });
    },
  });

  plane.sessions.onEnd((ended, reason) => {
    for (const [socket, session] of sockets) {
      if (session === ended) socket.close(POLICY_VIOLATION, reason);
    }
  });
  return {
    close: () => {
      clock.stop();
      for (const socket of sockets.keys()) socket.close(GOING_AWAY, "the server is stopping");
    },
  };
}

const FRAMES: readonly ClientFrame[] = [{ type: "resync" }, { type: "trace", on: true }, { type: "trace", on: false }];
const BY_TEXT = new Map(FRAMES.map((frame) => [JSON.stringify(frame), frame]));

/** Frames are few and small, so they are compared whole: no unknown key, no other value. */
function clientFrame(text: string): ClientFrame | undefined {
  try {
    return BY_TEXT.get(JSON.stringify(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

/** Ticks, and asks for signs of life, while there is somebody. */
class Clock {
  readonly #plane: Plane;
  readonly #sockets: ReadonlyMap<WebSocket, unknown>;
  /** Asked at least once; and has answered since it was last asked. */
  readonly #pinged = new WeakSet<WebSocket>();
  readonly #answered = new WeakSet<WebSocket>();
  #timers: NodeJS.Timeout[] = [];

  constructor(plane: Plane, sockets: ReadonlyMap<WebSocket, unknown>) {
    this.#plane = plane;
    this.#sockets = sockets;
  }

  start(): void {
    if (this.#timers.length > 0) return;
    const { tickMs, pingMs } = this.#plane.limits;
    this.#timers = [setInterval(() => this.#tick(), tickMs), setInterval(() => this.#ping(), pingMs)];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #tick(): void {
    this.#plane.sessions.expire(this.#plane.now());
    this.#plane.feed.tick();
  }

  /** Who has not answered the last ping is gone, whatever TCP thinks. */
  #ping(): void {
    for (const socket of this.#sockets.keys()) {
      if (this.#pinged.has(socket) && !this.#answered.has(socket)) {
        socket.terminate();
        continue;
      }
      if (!this.#pinged.has(socket)) socket.on("pong", () => this.#answered.add(socket));
      this.#pinged.add(socket);
      this.#answered.delete(socket);
      socket.ping();
    }
  }
}
