/**
 * Who we are on the network: a request must name one of our hosts (else a foreign page could rebind
 * its name to our address), and what a page sends must come from one of our pages.
 */
import { hostname, networkInterfaces } from "node:os";

const WILDCARDS = new Set(["0.0.0.0", "::", ""]);
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

export class Hosts {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  /** `host`: the address that is listened at. */
  constructor(host: string, port: number) {
    const names = namesOf(host).map((name) => name.toLowerCase());
    // A browser leaves out the port that is HTTP's own.
    const ports = port === 80 ? [":80", ""] : [`:${port}`];
    this.#hosts = new Set(names.flatMap((name) => ports.map((suffix) => name + suffix)));
    this.#origins = new Set([...this.#hosts].map((name) => `http://${name}`));
  }

  serves(host: string | undefined): boolean {
    return host !== undefined && this.#hosts.has(host.toLowerCase());
  }

  isOurs(origin: string): boolean {
    return this.#origins.has(origin.toLowerCase());
  }
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A host by which a browser on this machine reaches a server that listens at `host`. */
export function reachable(host: string): string {
  return inAddress(WILDCARDS.has(host) ? "127.0.0.1" : host);
}

/** As it stands in an address. */
function inAddress(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function namesOf(host: string): string[] {
  if (isLoopback(host)) return [...LOOPBACK, inAddress(host)];
  if (!WILDCARDS.has(host)) return [inAddress(host)];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [...LOOPBACK, hostname(), ...addresses.map((entry) => inAddress(entry.address.replace(/%.*$/, "")))];
}
