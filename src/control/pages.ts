/** What browsers load: the dashboard as it was built, and the description of the interface. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyReply } from "fastify";
import { METRICS_TYPE, Metrics } from "./metrics.js";
import type { Plane } from "./plane.js";
import type { App } from "./routes.js";

/** Stands in index.html where the editor finds the nonce of the response's policy. */
const NONCE = "__CSP_NONCE__";

/** The page itself holds no secret, so it is open: what it shows it must ask for with a token. */
export function dashboard(app: App, folder: string): void {
  const path = join(folder, "index.html");
  if (!existsSync(path)) return;
  void app.register(async (scope: App) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, open: true };
    });
    const page = readFileSync(path, "utf8");
    const send = async (_request: unknown, reply: FastifyReply) =>
      reply
        .type("text/html; charset=utf-8")
        .header("cache-control", "no-store")
        .send(page.replaceAll(NONCE, reply.cspNonce.style));
    scope.get("/", { schema: { hide: true } }, send);
    scope.get("/index.html", { schema: { hide: true } }, send);
    await scope.register(fastifyStatic, {
      root: folder,
      index: false,
      wildcard: false,
      globIgnore: ["**/index.html"],
      decorateReply: false,
      // Names of assets change with their content.
      cacheControl: false,
      setHeaders: (reply, file) => {
        reply.setHeader(
          "cache-control",
          file.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
        );
      },
    });
  });
}

/** To be called before any route is declared. */
export async function describe(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "exonet",
        version: "1",
        description: "Captures replayed through compiled filters to library operating systems.",
      },
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer" },
          cookie: { type: "apiKey", in: "cookie", name: "exonet_PORT" },
        },
      },
      security: [{ token: [] }, { cookie: [] }],
    },
  });
}

export function systemPages(app: App, plane: Plane): void {
  const metrics = new Metrics();
  app.get(
    "/healthz",
    { config: { open: true }, schema: { summary: "ok, where the server answers" } },
    (_request, reply) => reply.type("text/plain; charset=utf-8").send("ok\n"),
  );
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
  app.get("/metrics", { schema: { summary: "Prometheus" } }, async (request, reply) => {
    const handlers = await plane.handlers.views(request.capability);
    return reply.type(METRICS_TYPE).send(await metrics.text(plane.appliance, handlers, plane.questions.refused));
  });
  void app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  });
}
