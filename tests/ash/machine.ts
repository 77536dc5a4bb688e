/** A machine for handlers: memory with a software TLB in which a handler's state alone is mapped, and the kernel calls of vcode/handler.ts. */
import type { CompiledHandler } from "../../src/ash/ash.js";
import { faultOf, HandlerCall, type HandlerFault, MAX_PASS_TO, PASS_TO, STATE_BASE } from "../../src/vcode/handler.js";
import { type ImageMachine, type LinkedImage, READABLE, Trap, type TrapKind, WRITABLE } from "../../src/vcode/image.js";
import { emitImage, linkImage } from "../../src/vcode/image-target.js";
import type { TargetName } from "../../src/vcode/target.js";
import { verify } from "../../src/vcode/verify.js";

const PAGE = 4096;
const FACTS = { stlb: 4096, entries: 2048, pageShift: 12 };
const SPACE = 0x5a30_0000;
const SALT = 6;
const SAVE = 32_768;
const PACKET = 65_536;
const MOST_PACKET = 262_144;
const STATE = PACKET + MOST_PACKET;
const MEMORY_PAGES = 128;

export interface Words {
  readonly wire?: number;
  readonly time?: bigint;
  readonly port?: number;
  readonly link?: number;
  readonly packet?: number;
}

export interface Sent {
  readonly frame: readonly number[];
  readonly port: number;
}

/** What one message came to. */
export interface Told {
  readonly outcome: number | HandlerFault;
  /** Of a fault that the handler told. */
  readonly place: number | undefined;
  readonly fuel: number;
  readonly sent: readonly Sent[];
  readonly calls: readonly (readonly number[])[];
}

class Fault extends Error {
  override readonly name = "Fault";
  readonly fault: HandlerFault;
  readonly place: number | undefined;

  constructor(fault: HandlerFault, place?: number) {
    super(fault);
    this.fault = fault;
    this.place = place;
  }
}

const TRAPS: Readonly<Record<TrapKind, HandlerFault>> = {
  [Trap.pageFault]: "address",
  [Trap.protection]: "address",
  [Trap.unaligned]: "unaligned",
  [Trap.overflow]: "call",
  [Trap.fuel]: "fuel",
};

const SHARED = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });

/** One at a time: the next one that is made takes the memory over. */
export class HandlerMachine implements ImageMachine {
  readonly stlb = FACTS.stlb;
  readonly entries = FACTS.entries;
  readonly pageShift = FACTS.pageShift;
  readonly space = SPACE;
  readonly salt = SALT;
  readonly memory = { buffer: SHARED.buffer, memory: SHARED };
  readonly image: LinkedImage;
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  readonly #pages: number;
  readonly #stateOctets: number;
  /** What a port answers. */
  sendError = 0;
  #message: Uint8Array = new Uint8Array();
  #port = 0;
  #sent: Sent[] = [];
  #calls: (readonly number[])[] = [];

  constructor({ program, layout }: Pick<CompiledHandler, "program" | "layout">, target: TargetName) {
    this.#octets = new Uint8Array(SHARED.buffer);
    this.#view = new DataView(SHARED.buffer);
    this.#pages = Math.max(1, Math.ceil(layout.octets / PAGE));
    this.#octets.fill(0, FACTS.stlb, FACTS.stlb + FACTS.entries * 8);
    this.#octets.fill(0, STATE, STATE + this.#pages * PAGE);
    this.#stateOctets = layout.octets;
    for (let page = 0; page < this.#pages; page++) this.#map(page);
    const verdict = verify(program, { image: true });
    if (!verdict.ok) throw new Error(JSON.stringify(verdict.rejections[0]));
    this.image = linkImage(emitImage(verdict.program, target, FACTS), this);
    this.image.save = SAVE;
  }

  #map(page: number): void {
    const virtual = (STATE_BASE >>> FACTS.pageShift) + page;
    const entry = FACTS.stlb + ((virtual ^ SALT) & (FACTS.entries - 1)) * 8;
    this.#view.setInt32(entry, SPACE | virtual, true);
    this.#view.setInt32(entry + 4, this.#frameOf(page) | READABLE | WRITABLE, true);
  }

  /** The pages lie in memory from the last to the first. */
  #frameOf(page: number): number {
    return STATE + (this.#pages - 1 - page) * PAGE;
  }

  #physical(address: number): number {
    const offset = (address >>> 0) - STATE_BASE;
    if (offset < 0 || offset >= this.#pages * PAGE) throw new Fault("address");
    return this.#frameOf(Math.floor(offset / PAGE)) + (offset % PAGE);
  }

  /** The first octets of the state, all unless told. */
  state(octets = this.#stateOctets): Uint8Array {
    return Uint8Array.from({ length: octets }, (_, at) => this.#octets[this.#physical(STATE_BASE + at)]!);
  }

  /** Sets octets of the state. */
  poke(offset: number, octets: Iterable<number>): void {
    let at = STATE_BASE + offset;
    for (const octet of octets) this.#octets[this.#physical(at++)] = octet;
  }

  run(message: Uint8Array, words: Words = {}, fuel = 10_000_000): Told {
    const { wire = message.length, time = 0n, port = 0, link = 1, packet = 1 } = words;
    this.#octets.fill(0xa5, PACKET, PACKET + message.length + 64);
    this.#octets.set(message, PACKET);
    this.#message = message;
    this.#port = port;
    this.#sent = [];
    this.#calls = [];
    this.image.fuel = fuel;
    const [high, low] = [Number(BigInt.asIntN(32, time >> 32n)), Number(BigInt.asIntN(32, time))];
    let outcome: Told["outcome"];
    let place: number | undefined;
    try {
      outcome = this.image.run(PACKET, message.length, 0, wire, high, low, port, link, packet, 0);
      if (outcome < 0 || outcome >= PASS_TO + MAX_PASS_TO) outcome = "outcome";
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      outcome = error.fault;
      place = error.place;
    }
    return { outcome, place, fuel: fuel - this.image.fuel, sent: this.#sent, calls: this.#calls };
  }

  trap(kind: TrapKind): number {
    throw new Fault(TRAPS[kind]);
  }

  skipped(): number {
    return 0;
  }

  kernel(call: number, a: number, b: number, c: number, d: number): number {
    switch (call) {
      case HandlerCall.fault:
        throw new Fault(faultOf(a) ?? "call", b);
      case HandlerCall.vector:
        if (a < 0 || b < 0 || a + b > this.#message.length) throw new Fault("call");
        for (let at = 0; at < b; at++) this.#octets[this.#physical(c + at)] = this.#message[a + at]!;
        return 0;
      case HandlerCall.clear:
        for (let at = 0; at < b; at++) this.#octets[this.#physical(a + at)] = 0;
        return 0;
      case HandlerCall.send: {
        const frame = Array.from({ length: b }, (_, at) => this.#octets[this.#physical(a + at)]!);
        this.#sent.push({ frame, port: c === -1 ? this.#port : c });
        return this.sendError;
      }
      case HandlerCall.wake:
        this.#calls.push([call, a]);
        return 0;
      case HandlerCall.transfer:
        this.#calls.push([call, a, b, c, d]);
        return a === 0 ? 0 : 1;
      default:
        throw new Fault("call");
    }
  }
}
