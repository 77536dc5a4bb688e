/** What the route files share: the server's type, and defaults of every route below /api/v1. */

import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Ends when the client goes away before its answer is there. */
export function untilGone(request: FastifyRequest): AbortSignal {
  const gone = new AbortController();
  const { socket } = request.raw;
  if (socket.destroyed) gone.abort();
  socket.once("close", () => gone.abort());
  return gone.signal;
}

interface Route {
  readonly method: string;
  readonly url: string;
  readonly open: boolean;
}

/** Every route as it is registered, so that a wrong method can be told from a wrong address. */
export class RouteTable {
  readonly #routes: (Route & { readonly pattern: RegExp })[] = [];

  /** Before any route is declared. */
  constructor(app: App) {
    app.addHook("onRoute", ({ method, url, config }) => {
      for (const one of [method].flat()) {
        this.#routes.push({ method: one, url, open: config?.open === true, pattern: patternOf(url) });
      }
    });
  }

  get list(): readonly Route[] {
    return this.#routes.map(({ method, url, open }) => ({ method, url, open }));
  }

  /** Methods that an address answers; its query is not looked at. */
  methodsAt(address: string): string[] {
    const [path = "/"] = address.split("?");
    return [...new Set(this.#routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  }
}

function patternOf(url: string): RegExp {
  const parts = url.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : escaped(part)));
  return new RegExp(`^${parts.join("/")}$`);
}

function escaped(part: string): string {
  return part === "*" ? ".*" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
