/** What is there to be loaded: the page, the description, metrics. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../store/folder.js";
import { bench } from "./bench.js";

function page(): string {
  const folder = join(testFolder(), "page");
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "index.html"), '<meta name="csp-nonce" content="__CSP_NONCE__"><p>exonet</p>');
  writeFileSync(join(folder, "assets", "index-abc.js"), "export {};");
  return folder;
}

test("the page is open, with a nonce of its own for each answer, named in its policy", async () => {
  const { ask } = await bench({ dashboard: page() });
  const nonces = new Set<string>();
  for (const path of ["/", "/index.html", "/?view=filters"]) {
    const got = await ask("GET", path, { anonymous: true });
    expect(got.status).toBe(200);
    expect(got.headers["content-type"]).toBe("text/html; charset=utf-8");
    const nonce = /content="([0-9a-f]{32})"/.exec(got.body)?.[1] ?? "";
    expect(String(got.headers["content-security-policy"])).toMatch(new RegExp(`style-src 'self' 'nonce-${nonce}'`));
    expect(got.headers["cache-control"]).toBe("no-store");
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
  const script = await ask("GET", "/assets/index-abc.js", { anonymous: true });
  expect(script.headers["content-type"]).toMatch(/javascript/);
  expect(script.headers["cache-control"]).toContain("immutable");
});

test.each(["/assets/../../store/store.js", "/assets/%2e%2e/%2e%2e/x", "/.env", "/assets/", "/assets/none.js"])(
  "there is nothing else: %s",
  async (path) => {
    const { ask } = await bench({ dashboard: page() });
    expect((await ask("GET", path)).status).toBe(404);
  },
);

test("without a page built the interface answers all the same", async () => {
  const { ask } = await bench({ dashboard: join(testFolder(), "nothing") });
  expect((await ask("GET", "/")).json()).toMatchObject({ status: 404 });
  expect((await ask("GET", "/api/v1/books")).status).toBe(200);
});

test("healthz is open and says ok, no more", async () => {
  const { ask } = await bench();
  const got = await ask("GET", "/healthz", { anonymous: true });
  expect(got.body).toBe("ok\n");
});

test("OpenAPI describes every route of the interface", async () => {
  const { ask, control } = await bench();
  const document = (await ask("GET", "/openapi.json")).json() as {
    openapi: string;
    paths: Record<string, Record<string, { summary?: string }>>;
  };
  expect(document.openapi).toBe("3.1.0");
  for (const { method, url } of control.routes) {
    if (!url.startsWith("/api/v1/") || method === "HEAD") continue;
    const operation = document.paths[url.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    expect(operation?.summary, `${method} ${url}`).toBeTruthy();
  }
  const docs = await ask("GET", "/docs");
  expect(docs.status).toBe(200);
  expect(docs.body).toContain("swagger");
  expect(String(docs.headers["content-security-policy"])).toContain("frame-ancestors 'none'");
});

test("metrics have the books and the bindings, whatever these are called", async () => {
  const { ask, appliance } = await bench();
  const name = 'a"b\\c\nexonet_forged 1';
  appliance.bindings.set(9, {
    id: 9,
    name,
    environment: 0,
    mode: "tap",
    priority: 0,
    filter: { conjunctions: [[]] },
    from: { epoch: 0, packet: 1 },
  });
  appliance.pass(7, [9]);
  const { body, headers } = await ask("GET", "/metrics");
  expect(headers["content-type"]).toMatch(/^text\/plain; version=0.0.4/);
  const lines = body.split("\n");
  expect(lines).toContain('exonet_packets_total{stage="received"} 7');
  expect(lines).toContain("exonet_books_balanced 1");
  expect(lines).toContain(
    'exonet_binding_packets_total{binding="9",name="a\\"b\\\\c\\nexonet_forged 1",mode="tap",environment="control"} 7',
  );
  expect(lines.filter((line) => line.startsWith("exonet_forged"))).toEqual([]);
  // Asked twice, it is not counted twice.
  expect((await ask("GET", "/metrics")).body).toBe(body);
});
