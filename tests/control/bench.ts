/** A control plane on a port of its own, over the memory appliance and an empty store, for one test. */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { onTestFinished } from "vitest";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import { type Control, startControl } from "../../src/control/control.js";
import type { ControlLimits } from "../../src/control/limits.js";
import type { StoreLimits } from "../../src/store/limits.js";
import { Store } from "../../src/store/store.js";
import { MemoryAppliance } from "./memory-appliance.js";

export const TOKEN = "token-of-the-tests-0123456789";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly octets: Buffer;
  /** The body as JSON. */
  json(): unknown;
}

export interface AskOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** A body that is sent as JSON. */
  readonly json?: unknown;
  /** Without our token. */
  readonly anonymous?: boolean;
}

export interface Bench<A extends ApplianceInterface = MemoryAppliance> {
  readonly appliance: A;
  readonly store: Store;
  readonly control: Control;
  readonly folder: string;
  /** Every line of the log so far. */
  readonly log: string[];
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** Files in the captures' folder. */
  files(): string[];
  /** Ends it all; done by itself at the end of a test. */
  close(): Promise<void>;
}

export interface BenchOptions {
  readonly limits?: Partial<ControlLimits>;
  readonly storeLimits?: Partial<StoreLimits>;
  readonly dashboard?: string;
  readonly folder?: string;
  readonly now?: () => number;
}

export async function bench(options: BenchOptions = {}): Promise<Bench> {
  const made = await benchOver(new MemoryAppliance(), options);
  onTestFinished(made.close);
  return made;
}

/** Over any appliance, which `close` closes, too. */
export async function benchOver<A extends ApplianceInterface>(appliance: A, options: BenchOptions): Promise<Bench<A>> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "exonet-test-"));
  const store = Store.open(folder, { freeDiskOctets: 0, ...options.storeLimits });
  const log: string[] = [];
  const control = await startControl({
    appliance,
    store,
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    programs: ["exos", "monitor"],
    log: { write: (line) => void log.push(line) },
    limits: { drainMs: 500, ...options.limits },
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.dashboard === undefined ? {} : { dashboard: options.dashboard }),
  });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await control.close();
    await appliance.close();
    store.close();
    if (options.folder === undefined) rmSync(folder, { recursive: true });
  };
  const ask = (method: string, path: string, how: AskOptions = {}) => send(control, method, path, how);
  return { appliance, store, control, folder, log, ask, files: () => readdirSync(join(folder, "captures")), close };
}

/** By hand, since fetch will not send a Host of ours. */
function send(control: Control, method: string, path: string, options: AskOptions): Promise<Answer> {
  const { headers = {}, json, anonymous = false } = options;
  const body = json === undefined ? options.body : JSON.stringify(json);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: "127.0.0.1",
      port: control.port,
      method,
      path,
      agent: false,
      headers: {
        ...(anonymous ? {} : { authorization: `Bearer ${TOKEN}` }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...(body === undefined || "transfer-encoding" in headers
          ? {}
          : { "content-length": String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    request.on("error", reject);
    request.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const octets = Buffer.concat(parts);
        const text = octets.toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          octets,
          json: () => JSON.parse(text),
        });
      });
    });
    request.end(body);
  });
}

/** From now on the database takes no row into this table, or gives none up: "no room". */
export function refuseChanges(folder: string, table: string, what: "INSERT" | "UPDATE" | "DELETE" = "INSERT"): void {
  const database = new DatabaseSync(join(folder, "exonet.sqlite"));
  database.exec(`CREATE TRIGGER full${what} BEFORE ${what} ON ${table} BEGIN SELECT RAISE(ABORT, 'no room'); END`);
  database.close();
}

/** A classic capture, µs, Ethernet: `count` frames of `length` octets, one a ms. */
export function capture(count: number, length = 60): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const records = Array.from({ length: count }, (_, index) => {
    const record = Buffer.alloc(16 + length, index);
    record.writeUInt32LE(1_700_000_000, 0);
    record.writeUInt32LE(index * 1000, 4);
    record.writeUInt32LE(length, 8);
    record.writeUInt32LE(length, 12);
    return record;
  });
  return Buffer.concat([header, ...records]);
}

/** Uploads a capture, also over one of that name; its path under the API. */
export async function putCapture({ ask }: Pick<Bench, "ask">, name: string, body: Uint8Array): Promise<string> {
  const path = `/api/v1/captures/${name}`;
  const { status, body: said } = await ask("PUT", `${path}?replace=yes`, { body: Buffer.from(body) });
  if (status !== 201) throw new Error(`${name} was not taken: ${said}`);
  return path;
}
