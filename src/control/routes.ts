/** What the route files share: the server's type, and defaults of every route below /api/v1. */

import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteOptions,
} from "fastify";

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Ends when the client goes away before its answer is there, or with the answer. */
export function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const leave = () => gone.abort();
  const { socket } = reply.request.raw;
  if (socket.destroyed) leave();
  socket.once("close", leave);
  // The socket lives on, with other requests.
  reply.raw.once("close", () => {
    socket.off("close", leave);
    leave();
  });
  return gone.signal;
}

interface Route {
  readonly method: string;
  readonly url: string;
  readonly open: boolean;
}

/** Every route as it is registered, so that a wrong method can be told from a wrong address. */
export class RouteTable {
  // The declarations themselves: hooks of inner scopes change them after ours has run.
  readonly #declared: RouteOptions[] = [];

  /** Before any route is declared. */
  constructor(app: App) {
    app.addHook("onRoute", (route) => void this.#declared.push(route));
  }

  get list(): readonly Route[] {
    return this.#declared.flatMap(({ method, url, config }) =>
      [method].flat().map((one) => ({ method: one, url, open: config?.open === true })),
    );
  }

  /** Methods that an address answers; its query is not looked at. */
  methodsAt(address: string): string[] {
    const [path = "/"] = address.split("?");
    const found = this.list.filter(({ url }) => patternOf(url).test(path));
    return [...new Set(found.map(({ method }) => method))];
  }
}

function patternOf(url: string): RegExp {
  const parts = url.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : escaped(part)));
  return new RegExp(`^${parts.join("/")}$`);
}

function escaped(part: string): string {
  return part === "*" ? ".*" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
