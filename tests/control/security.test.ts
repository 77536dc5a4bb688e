/**
 * Every route and the WebSocket, as they are registered, so that none can be forgotten, against
 * everything that must be refused; on the appliance itself.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import { type Bench, benchOver, TOKEN } from "./bench.js";

const BAD = "bad-token-0123456789-abcdef";
const COOKIE = "cookie-value-0123456789";

interface Attempt {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  /** Also where the route is open. */
  readonly always: boolean;
  readonly query?: string;
  readonly headers?: (bench: Bench<ApplianceInterface>) => Record<string, string>;
}

const bearer = { authorization: `Bearer ${TOKEN}` };

const ATTEMPTS: readonly Attempt[] = [
  { what: "no token", status: 401, code: "E_NO_TOKEN", always: false },
  {
    what: "a bad token",
    status: 401,
    code: "E_BAD_TOKEN",
    always: false,
    headers: () => ({ authorization: `Bearer ${BAD}` }),
  },
  {
    what: "another scheme",
    status: 401,
    code: "E_BAD_TOKEN",
    always: false,
    headers: () => ({ authorization: `Basic ${TOKEN}` }),
  },
  {
    what: "a bad cookie",
    status: 401,
    code: "E_BAD_TOKEN",
    always: false,
    headers: ({ control }) => ({ cookie: `exonet_${control.port}=${COOKIE}` }),
  },
  ...["token", "access_token", "TOKEN", "capability", "authorization"].map((name) => ({
    what: `the token in the query as ${name}`,
    status: 400,
    code: "E_TOKEN_IN_QUERY",
    always: true,
    query: `${name}=${TOKEN}`,
    headers: () => bearer,
  })),
  {
    what: "a bad token in the query",
    status: 400,
    code: "E_TOKEN_IN_QUERY",
    always: true,
    query: `token=${BAD}`,
    headers: () => bearer,
  },
  {
    what: "the token in the query under another name",
    status: 400,
    code: "E_TOKEN_IN_QUERY",
    always: true,
    query: `limit=${TOKEN}`,
    headers: () => bearer,
  },
  {
    what: "a foreign origin",
    status: 403,
    code: "E_ORIGIN",
    always: true,
    headers: () => ({ ...bearer, origin: "http://attacker.example" }),
  },
  {
    what: "our origin at another port",
    status: 403,
    code: "E_ORIGIN",
    always: true,
    headers: () => ({ ...bearer, origin: "http://127.0.0.1:1" }),
  },
  {
    what: "the origin null",
    status: 403,
    code: "E_ORIGIN",
    always: true,
    headers: () => ({ ...bearer, origin: "null" }),
  },
  {
    what: "a foreign host",
    status: 421,
    code: "E_HOST",
    always: true,
    headers: () => ({ ...bearer, host: "attacker.example" }),
  },
  {
    what: "a host that is no host",
    status: 421,
    code: "E_HOST",
    always: true,
    headers: ({ control }) => ({ ...bearer, host: `127.0.0.1:${control.port};x` }),
  },
];

let bench: Bench<ApplianceInterface>;

describe("routes and WebSocket", () => {
  beforeAll(async () => {
    bench = await benchOver(await startAppliance({ memory: 16 * 1024 * 1024 }), {});
    return bench.close;
  });

  test("the table of routes is there, and what is open is known by name", () => {
    const { routes } = bench.control;
    expect(routes.length).toBeGreaterThan(60);
    const open = routes.filter(
      (route) =>
        route.open &&
        !/^\/(assets\/|$|index\.html|[\w.-]+\.(js|css|svg|png|ico|map|webmanifest|woff2)$)/.test(route.url),
    );
    expect(open.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([
      "GET /healthz",
      "HEAD /healthz",
      "POST /api/v1/session",
    ]);
  });

  describe.each(ATTEMPTS)("$what", ({ status, code, always, query, headers }) => {
    test("is refused at every route, and nothing of it is in the log", async () => {
      const wrong: string[] = [];
      for (const { method, url, open } of bench.control.routes) {
        if (open && !always) continue;
        const path = url.replace(/:\w+/g, "x") + (query === undefined ? "" : `?${query}`);
        const got = await bench.ask(method, path, { anonymous: true, headers: headers?.(bench) ?? {} });
        const right = got.status === status && (method === "HEAD" || hasCode(got.body, code));
        if (!right || got.headers["set-cookie"] !== undefined)
          wrong.push(`${method} ${url}: ${got.status} ${got.body.slice(0, 120)}`);
      }
      expect(wrong).toEqual([]);
      expectCleanLog();
    });

    test("is refused at addresses that are not there", async () => {
      const got = await bench.ask("GET", `/nothing/here${query === undefined ? "" : `?${query}`}`, {
        anonymous: true,
        headers: headers?.(bench) ?? {},
      });
      expect(got.json()).toMatchObject({ status, code });
    });

    test("opens no WebSocket", async () => {
      const got = await upgrade(query, headers?.(bench) ?? {});
      expect(got).toBe(status);
      expectCleanLog();
    });
  });

  test("a cookie alone changes nothing and opens no WebSocket: the page's origin must come with it", async () => {
    const { control, ask } = bench;
    const signedIn = await ask("POST", "/api/v1/session", { anonymous: true, json: { token: TOKEN } });
    const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
    const reads = await ask("GET", "/api/v1/books", { anonymous: true, headers: { cookie } });
    expect(reads.status).toBe(200);
    for (const { method, url, open } of control.routes) {
      if (open || ["GET", "HEAD", "OPTIONS"].includes(method)) continue;
      const got = await ask(method, url.replace(/:\w+/g, "x"), { anonymous: true, headers: { cookie } });
      expect(got.json(), `${method} ${url}`).toMatchObject({ status: 403, code: "E_ORIGIN" });
    }
    expect(await upgrade(undefined, { cookie })).toBe(403);
    expect(await upgrade(undefined, { cookie, origin: control.url })).toBe(101);
    const play = await ask("POST", "/api/v1/replays/current/play", {
      anonymous: true,
      headers: { cookie, origin: control.url },
    });
    expect(play.json()).toMatchObject({ code: "E_NO_REPLAY" });
    expectCleanLog(cookie.split("=")[1]);
  });

  test("with the token everything goes on", async () => {
    expect((await bench.ask("GET", "/api/v1/books")).status).toBe(200);
    expect(await upgrade(undefined, bearer)).toBe(101);
    const capability = { authorization: `Bearer ${bench.appliance.rootCapability}` };
    expect((await bench.ask("GET", "/api/v1/books", { anonymous: true, headers: capability })).status).toBe(200);
  });

  test("a WebSocket is spoken at one address only", async () => {
    expect(await upgrade(undefined, bearer, "/api/v1/books")).toBe(400);
    expect(await upgrade(undefined, bearer, "/nothing")).toBe(400);
    expect((await bench.ask("GET", "/api/v1/live")).json()).toMatchObject({ status: 426, code: "E_UPGRADE" });
  });
});

function expectCleanLog(...more: (string | undefined)[]): void {
  const text = bench.log.join("");
  for (const secret of [TOKEN, BAD, COOKIE, "attacker", "exonet_", ...more]) {
    if (secret !== undefined) expect(text).not.toContain(secret);
  }
}

function hasCode(body: string, code: string): boolean {
  try {
    return JSON.parse(body).code === code;
  } catch {
    return false;
  }
}

/** The status that an upgrade is answered with. */
function upgrade(query: string | undefined, headers: Record<string, string>, path = "/api/v1/live"): Promise<number> {
  const { port } = bench.control;
  const address = `ws://127.0.0.1:${port}${path}${query === undefined ? "" : `?${query}`}`;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, { headers });
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("unexpected-response", (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on("error", (error) => {
      if (!/closed before|socket hang up/.test(error.message)) reject(error);
    });
  });
}
