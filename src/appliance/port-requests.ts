/** The calls that make and end ports, and tell of them. */

import { NAME } from "../kernel/binder.js";
import { SEND_CAUSES } from "../kernel/books.js";
import type { Calls, NewPort, PortEnd, PortView } from "../kernel/calls.js";
import { accountOf, type Capability, rules } from "../kernel/capability.js";
import type { Kernel } from "../kernel/kernel.js";
import { MAX_DELAY_NS, MAX_RATE } from "../kernel/limits.js";
import { Refusal } from "../kernel/refusal.js";
import type { WireOptions } from "../nic/lane.js";
import type { FrameSink } from "../nic/outlet.js";
import { FIRST_PORT, MAX_OWN_PORTS } from "../nic/port-numbers.js";
import type { MadePort, Ports } from "../nic/ports.js";

/** Throws a Refusal where the file cannot be made. */
export type OpenFile = (path: string, linkType: number) => FrameSink;

const MAX_LINK_TYPE = 65_535;

/** Throws E_NAME, E_NAME_TAKEN, E_ARGUMENT, E_CAPABILITY_OWNER, E_TOO_MANY, E_PORT_FILE. */
export function makePort(
  kernel: Kernel,
  asked: NewPort,
  by: Capability,
  open: OpenFile,
): Calls["createPort"]["result"] {
  const { ports } = kernel;
  const { name, linkType } = asked;
  if (!NAME.test(name)) throw new Refusal("E_NAME");
  if (ports.get(name) !== undefined) throw new Refusal("E_NAME_TAKEN");
  if (!isWhole(linkType, MAX_LINK_TYPE)) throw new Refusal("E_ARGUMENT", "a link type has 16 bits");
  const owner = (asked.kind === "wire" ? asked.owner : undefined) ?? by.name;
  if (!rules(by.name, owner)) throw new Refusal("E_CAPABILITY_OWNER", owner.join("/"));
  requireRoom(ports, owner, asked.kind === "wire" && !asked.hairpin ? 2 : 1);
  const made = asked.kind === "wire" ? makeWire(kernel, asked, owner) : makeFile(kernel, asked, owner, open);
  if (made === undefined) throw new Refusal("E_TOO_MANY", "no port is free");
  for (const port of made.ports) {
    kernel.transmitter.refusedAt[port - FIRST_PORT]?.fill(0);
    kernel.trace.tell("portMade", port);
  }
  return { ports: made.ports };
}

/** The limit is of whoever answers for the owner. */
function requireRoom(ports: Ports, owner: readonly string[], more: number): void {
  const one = accountOf(owner);
  if (one === undefined) return;
  const own = ports.all().filter((made) => rules(one, made.owner));
  const ends = own.reduce((sum, made) => sum + made.ports.length, more);
  if (ends > MAX_OWN_PORTS) throw new Refusal("E_TOO_MANY", `at most ${MAX_OWN_PORTS} ports of ${one.join("/")}`);
}

/** Throws E_NO_PORT, E_CAPABILITY_OWNER. */
export function removePort(kernel: Kernel, name: string, by: Capability): void {
  const made = kernel.ports.get(name);
  if (made === undefined) throw new Refusal("E_NO_PORT");
  if (!rules(by.name, made.owner)) throw new Refusal("E_CAPABILITY_OWNER", `the port ${name}`);
  kernel.ports.remove(name);
  for (const port of made.ports) kernel.trace.tell("portEnded", port);
}

export function portViews(kernel: Kernel): PortView[] {
  return kernel.ports.all().map((made) => ({
    name: made.name,
    kind: made.kind,
    linkType: made.linkType,
    options: made.kind === "wire" ? made.options : null,
    ends: made.ports.map((port, end) => endOf(kernel, made, port, end)),
    error: made.kind === "file" ? made.sink.error : null,
  }));
}

function endOf(kernel: Kernel, made: MadePort, port: number, end: number): PortEnd {
  const lane = made.kind === "wire" ? made.lanes[end] : undefined;
  const { sent, sentOctets } = made.kind === "file" ? made.counts : (lane?.counts ?? { sent: 0, sentOctets: 0 });
  const counts = kernel.transmitter.refusedAt[port - FIRST_PORT];
  const refused = Object.fromEntries(SEND_CAUSES.map((cause, number) => [cause, counts?.[number] ?? 0]));
  const wire = lane === undefined ? null : lane.counts;
  const written = made.kind === "file" ? made.sink.written : null;
  return { port, sent, sentOctets, refused, inFlight: lane?.inFlight ?? 0, written, wire };
}

function makeWire(kernel: Kernel, asked: Extract<NewPort, { kind: "wire" }>, owner: readonly string[]) {
  const { name, options, hairpin, linkType } = asked;
  checkOptions(options);
  return kernel.ports.addWire(name, options, hairpin, linkType, owner);
}

function makeFile(
  kernel: Kernel,
  { name, path, linkType }: Extract<NewPort, { kind: "file" }>,
  owner: readonly string[],
  open: OpenFile,
) {
  const sink = open(path, linkType);
  const made = kernel.ports.addFile(name, linkType, sink, owner);
  if (made === undefined) sink.close();
  return made;
}

function checkOptions({ delayNs, rate, seed, ...chances }: WireOptions): void {
  const { loss, duplicate, reorder, corrupt } = chances;
  if (!isWhole(delayNs, MAX_DELAY_NS)) {
    throw new Refusal("E_ARGUMENT", `a delay is a whole number of ns, at most ${MAX_DELAY_NS}`);
  }
  if (!isWhole(rate, MAX_RATE)) {
    throw new Refusal("E_ARGUMENT", `a rate is a whole number of bits a second, at most ${MAX_RATE}`);
  }
  if (!isWhole(seed, 0xffffffff)) throw new Refusal("E_ARGUMENT", "a seed has 32 bits");
  for (const chance of [loss, duplicate, reorder, corrupt]) {
    if (!(chance >= 0 && chance <= 1)) throw new Refusal("E_ARGUMENT", "a chance is a number from 0 to 1");
  }
}

function isWhole(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}
