/**
 * Rights that a caller must have for a route to be run at all. The kernel judges its own calls once more, with the capability
 * that the caller has shown; what the control plane keeps itself, captures, filters, the profile, is judged here alone.
 */
import type { Right } from "../kernel/abi.js";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const OBSERVE: readonly Right[] = ["observe"];

/** What changes something, and what is read without GET. Nothing: any capability that holds. */
const NEEDED: Readonly<Record<string, readonly Right[]>> = {
  "DELETE /session": [],
  "GET /capabilities": [],
  "HEAD /capabilities": [],
  "POST /capabilities": [],
  "POST /capabilities/:of/weaken": [],
  "DELETE /capabilities/:of": [],
  "PUT /profile": ["store", "create", "bind", "replay"],
  "PUT /captures/:name": ["store"],
  "DELETE /captures/:name": ["store"],
  "POST /captures/:name/matches": ["observe"],
  "POST /captures/:name/explain": ["observe"],
  "PUT /filters/:file": ["store"],
  "DELETE /filters/:name": ["store"],
  "POST /filters/check": ["observe"],
  "POST /filters/:file/check": ["observe"],
  "POST /bindings": ["bind"],
  "DELETE /bindings/:id": ["bind"],
  "POST /environments": ["create"],
  "DELETE /environments/:id": ["create"],
  "POST /environments/:id/activations": ["create"],
  "POST /environments/:id/revocations": ["create"],
  "POST /ports": ["create"],
  "DELETE /ports/:name": ["create"],
  "PUT /handlers/:file": ["store"],
  "DELETE /handlers/:name": ["store"],
  "POST /handlers/check": ["observe"],
  "POST /handlers/:file/check": ["observe"],
  "POST /handlers/run": ["observe"],
  "PUT /bindings/:id/handler": ["handler"],
  "DELETE /bindings/:id/handler": ["handler"],
  "PUT /trace": ["replay"],
  "PUT /environments/:id/slices/:position": ["allocate"],
  "DELETE /environments/:id/slices/:position": ["allocate"],
  "PUT /replays/current": ["replay"],
  "POST /replays/current/play": ["replay"],
  "POST /replays/current/pause": ["replay"],
  "POST /replays/current/skip": ["replay"],
  "POST /replays/current/stop": ["replay"],
  "POST /replays/current/step": ["replay"],
  "POST /replays/current/seek": ["replay"],
  "POST /replays/current/speed": ["replay"],
  "PUT /trie/heat": ["replay"],
  "PUT /target": ["replay"],
};

/** `url`: as it was declared. Of a changing route that is not in the table: all that there is to be asked for here is a capability. */
export function rightsFor(method: string, url: string): readonly Right[] {
  return listed(method, url) ?? (SAFE.has(method) ? OBSERVE : []);
}

/** Is it known what the route needs? What only reads needs no line of its own. */
export function isListed(method: string, url: string): boolean {
  return SAFE.has(method) || listed(method, url) !== undefined;
}

function listed(method: string, url: string): readonly Right[] | undefined {
  const key = `${method} ${url.replace(/^\/api\/v1/, "")}`;
  return Object.hasOwn(NEEDED, key) ? NEEDED[key] : undefined;
}
