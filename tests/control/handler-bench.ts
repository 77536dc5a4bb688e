/** The appliance itself behind HTTP, with what tests of handlers ask of it over and over. */
import { readFileSync } from "node:fs";
import { Errors } from "typebox/schema";
import { expect } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import type { Capability } from "../../src/control/protocol.js";
import { type Answer, type Bench, type BenchOptions, benchOver, TOKEN } from "./bench.js";

export const V1 = "/api/v1";
/** Counts messages and octets. */
export const COUNT = readFileSync("filters/count.ash.ts", "utf8");

/** A handler of these statements, and this state. */
export function handler(body: string, state = "", names = "pass"): string {
  return `import { type Message, ${names} } from "exonet/ash";
${state}
export default function handler(message: Message) {
${body}
}
`;
}

export const LOOP = handler(
  "  while (message.length > 0) seen.n += 1;\n  return pass;",
  "const seen = record({ n: u32 });",
  "pass, record, u32",
);
/** Kills itself on each message. */
export const KILLED = handler(
  "  seen.n += 1;\n  seen.n += message.u8(message.length);\n  return pass;",
  "const seen = record({ n: u32 });",
  "pass, record, u32",
);
export const CONSUME = handler("  if (message.length > 0) return consume;\n  return pass;", "", "consume, pass");

interface Described {
  readonly paths: Record<string, Record<string, { readonly responses?: Record<number, ResponseOf> }>>;
}
interface ResponseOf {
  readonly content?: Record<string, { readonly schema?: object }>;
}

export class HandlerBench {
  readonly bench: Bench<ApplianceInterface>;
  /** Answers that were held against what OpenAPI says of their fields: method, address, status. */
  readonly held = new Set<string>();
  #described: Described | undefined;

  constructor(bench: Bench<ApplianceInterface>) {
    this.bench = bench;
  }

  static async start(options: BenchOptions = {}): Promise<HandlerBench> {
    return new HandlerBench(await benchOver(await startAppliance({ memory: 32 * 1024 * 1024 }), options));
  }

  async ask(method: string, path: string, json?: unknown, token = TOKEN): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}` };
    const options = { anonymous: true, headers, ...(json === undefined ? {} : { json }) };
    const got = await this.bench.ask(method, V1 + path, options);
    await this.#hold(method, path, got);
    return got;
  }

  async put(name: string, body: string | Buffer, query = "", token = TOKEN): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}` };
    const path = `/handlers/${name}.ash.ts${query}`;
    const got = await this.bench.ask("PUT", V1 + path, { anonymous: true, headers, body });
    await this.#hold("PUT", path, got);
    return got;
  }

  /** What is answered is as OpenAPI says, where that says more than that there is an answer. */
  async #hold(method: string, path: string, got: Answer): Promise<void> {
    if (got.status >= 300 || got.body === "" || !/json/.test(String(got.headers["content-type"]))) return;
    this.#described ??= (await this.bench.ask("GET", "/openapi.json")).json() as Described;
    const [plain = ""] = path.split("?");
    for (const [template, operations] of Object.entries(this.#described.paths)) {
      const pattern = new RegExp(`^${template.replace(/[{][a-z]+[}]/g, "[^/]+")}$`);
      const isFixed = !template.includes("{") || !(V1 + plain in this.#described.paths);
      if (!pattern.test(V1 + plain) || !isFixed) continue;
      const schema = operations[method.toLowerCase()]?.responses?.[got.status]?.content?.["application/json"]?.schema;
      if (schema === undefined || !("type" in schema)) continue;
      const [fits, errors] = Errors(schema, got.json());
      expect(fits ? [] : errors, `${method} ${path}: ${got.body.slice(0, 500)}`).toEqual([]);
      this.held.add(`${method} ${template} ${got.status}`);
    }
  }

  async json<T>(method: string, path: string, json?: unknown, token = TOKEN): Promise<T> {
    const got = await this.ask(method, path, json, token);
    expect(got.status, `${method} ${path}: ${got.body}`).toBeLessThan(300);
    return got.json() as T;
  }

  /** A filter that matches every packet, tapped by the control environment: the binding's number. */
  async tap(name: string, text = "true"): Promise<number> {
    const put = await this.bench.ask("PUT", `${V1}/filters/${name}.dpf`, { body: text });
    expect(put.status, put.body).toBe(201);
    return (put.json() as { bindings: number[] }).bindings[0]!;
  }

  async derive(
    name: string,
    rights: readonly string[],
    more: object = {},
    by = TOKEN,
  ): Promise<{ text: string; capability: Capability }> {
    return this.json("POST", "/capabilities", { name, rights, ...more }, by);
  }

  /** Plays a stored capture flat out, to its end. */
  async play(...captures: string[]): Promise<void> {
    await this.json("PUT", "/replays/current", { captures, speed: "max", lossless: true });
    await expect.poll(async () => (await this.json<{ state: string }>("GET", "/replays/current")).state).toBe("ended");
  }

  /** As it was at the beginning, but for captures. */
  async clear(): Promise<void> {
    const empty = { filters: [], environments: [], bindings: [] };
    await this.json("PUT", "/profile", empty);
    for (const { path } of await this.json<Capability[]>("GET", "/capabilities"))
      if (path.split("/").length === 2) await this.ask("DELETE", `/capabilities/${encodeURIComponent(path)}`);
  }
}
