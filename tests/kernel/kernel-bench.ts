/** A kernel without threads: the compiler answers when it is told to. */
import { randomBytes } from "node:crypto";
import { FilterProgram } from "../../src/appliance/filter-program.js";
import { Demux } from "../../src/dpf/demux.js";
import { ABI_VERSION, type HostedStart, Mailbox, type Right, type TransmitStart } from "../../src/kernel/abi.js";
import type { Budget } from "../../src/kernel/budget.js";
import type { Calls } from "../../src/kernel/calls.js";
import { type Capability, rootCapability, seal } from "../../src/kernel/capability.js";
import type { CompileRequest, Compiler } from "../../src/kernel/compiler.js";
import { Kernel } from "../../src/kernel/kernel.js";
import type { KernelError } from "../../src/kernel/kerrno.js";
import { Descriptors } from "../../src/machine/descriptor.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { Segments } from "../../src/nic/segments.js";

const SEGMENT = 1 << 16;
const ROWS = 64;
export const RING = 16;
const EVERY = { conjunctions: [[]] };

/** Row n holds the octet n. */
export class KernelBench {
  readonly memory: PhysicalMemory;
  readonly segments: Segments;
  readonly key = randomBytes(32);
  readonly root = rootCapability();
  readonly rows = new Descriptors(ROWS);
  readonly kernel: Kernel;
  program = new FilterProgram("js", null);
  asked: CompileRequest[] = [];
  readonly failures: string[] = [];

  /** Octets of physical memory. */
  constructor(octets = 1 << 20) {
    const memory = PhysicalMemory.create(octets);
    this.memory = memory;
    this.segments = new Segments(memory, 2, SEGMENT);
    const facts = {
      abiVersion: ABI_VERSION,
      pageSize: memory.pageSize,
      memory: memory.octets.length,
      segmentSize: SEGMENT,
      segments: 2,
      ringEntries: RING,
      stlbEntries: 64,
      slices: 8,
      sliceFuel: 2000,
      target: "js",
      shadow: null,
    };
    const demux = new Demux({ buffer: memory.memory.buffer }, ROWS);
    this.kernel = new Kernel(memory, this.segments, facts, this.key, demux, this.compiler(), ({ name }, reason) =>
      this.failures.push(`${name}: ${reason}`),
    );
    this.kernel.createEnvironment({ name: "control", program: "", options: {} });
    const address = this.segments.addressOf(this.segments.take());
    for (let row = 0; row < ROWS; row++) {
      this.rows.address[row] = address + row;
      this.rows.captured[row] = 1;
      this.rows.wire[row] = 10;
      memory.octets[address + row] = row;
    }
  }

  compiler(): Compiler {
    return { request: (request) => this.asked.push(request) };
  }

  /** What the compile worker does, here and now, one request at a time. */
  compile(): void {
    for (let left = this.asked.length; left > 0; left--) this.compileOne();
  }

  compileOne(): void {
    for (const answer of this.program.answers(this.asked.splice(0, 1))) this.kernel.program.compiled(answer);
  }

  environment(name: string): number {
    return this.kernel.createEnvironment({ name, program: "some", options: {} }).environment;
  }

  /** A capability that was derived from the root's. */
  lesser(
    name: string,
    rights: readonly Right[],
    more: { expires?: number; frames?: readonly number[]; budget?: Budget } = {},
  ): Capability {
    const change = this.kernel.capabilities.derive(this.root, name, { rights, expires: 0, ...more });
    this.kernel.changeCapabilities(change);
    return change.put!.capability;
  }

  /** One that may send under this capability. */
  sender(name: string, capability = this.root): HostedStart & { readonly transmit: TransmitStart } {
    const transmit = seal(capability, this.key);
    const { start } = this.kernel.createEnvironment({ name, program: "some", options: {}, transmit });
    if (start?.transmit === undefined) throw new Error("bench: it may not send");
    return { ...start, transmit: start.transmit };
  }

  bind(args: Partial<Calls["bind"]["args"]>, capability = this.root): { binding?: number; error?: KernelError } {
    const all = { name: "b", environment: 0, mode: "tap", priority: 0, filter: EVERY, ...args } as const;
    const outcome: { binding?: number; error?: KernelError } = {};
    this.kernel.binder.bind(
      capability,
      all,
      ({ binding }) => Object.assign(outcome, { binding }),
      (error) => Object.assign(outcome, { error }),
    );
    this.compile();
    return outcome;
  }

  receive(from: number, to: number, lossless = false): void {
    this.kernel.receive(this.rows, from, to, lossless, () => undefined);
  }

  /** The environment's side: it has dealt with everything. */
  drain(environment: number): void {
    const { mailbox } = this.kernel.environments.get(environment)!.ring!;
    const words = this.memory.words;
    Atomics.store(words, (mailbox >> 2) + Mailbox.tail, words[(mailbox >> 2) + Mailbox.head]!);
  }

  balance() {
    const { ledger } = this.kernel;
    const sum = (causes: Float64Array) => causes.reduce((total, count) => total + count, 0);
    return [
      ledger.offered - ledger.received - sum(ledger.rxDropped),
      ledger.received - ledger.claimed - ledger.tappedOnly - ledger.unclaimed,
      ledger.claimed + ledger.taps - ledger.consumed - ledger.delivered - sum(ledger.undelivered) - ledger.inFlight,
    ];
  }
}
