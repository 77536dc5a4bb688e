/**
 * A machine that handlers run on, target by target: a state in pages that lie in another order than their addresses, and the rules of
 * calls (kernel/judged-calls.ts) once more, as handler.ts says them: the obvious twin of what kernel and trials run. What comes out
 * is written down as the evaluator tells it.
 */

import {
  HANDLER_CALL_FUEL,
  HandlerCall,
  type HandlerCallName,
  MAX_PASS_TO,
  OUTCOME_BITS,
  PASS_TO,
  STATE_BASE,
} from "../../src/vcode/handler.js";
import { type EmittedHandler, linkHandler } from "../../src/vcode/handler-target.js";
import { READABLE, WRITABLE } from "../../src/vcode/image.js";
import { type HandlerMachine, killed, type LinkedHandler } from "../../src/vcode/linked-handler.js";
import type { RunMemory } from "../../src/vcode/target.js";
import type { Answers, Evaluation } from "./evaluate.js";

export const FACTS = { stlb: 4096, entries: 512, pageShift: 12 };
const PAGE = 2 ** FACTS.pageShift;
const SPACE = 0x5a30_0000;
const SALT = 6;
/** Physical. */
const PACKET = 12_288;
const STATE = PACKET + 262_144;
const PAGES = 512;
const MEMORY_PAGES = Math.ceil((STATE + PAGES * PAGE) / 65_536);
/** Octets behind a message that are of nobody's. */
const BEHIND = 64;
/** The most octets of a handler's state here. */
const MOST_STATE = PAGES * PAGE;

/** What the evaluator tells, and what it does not know of. */
export interface Run extends Omit<Evaluation, "statements"> {
  /** That is left. */
  readonly fuel: number;
  /** That the handler told with its fault. */
  readonly place: number | undefined;
  /** Calls of the kernel, as they came. */
  readonly calls: readonly (readonly number[])[];
}

export interface RunMessage {
  readonly octets: Uint8Array;
  /** By MetadataWord. */
  readonly words: readonly number[];
}

/** Of a transfer its environment counts, too. */
export interface KernelAnswers extends Pick<Answers, "sent"> {
  readonly transferred: (n: number, environment: number) => boolean;
}

/** Memories are few and large: one for each name. */
const memories = new Map<string, RunMemory>();
function memoryOf(name: string): RunMemory {
  const had = memories.get(name);
  if (had !== undefined) return had;
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
  const made: RunMemory = { buffer: memory.buffer, memory };
  memories.set(name, made);
  return made;
}

/** One handler on one target, with its state; it replaces the one before on that target. */
export class TargetMachine implements HandlerMachine {
  readonly stlb = FACTS.stlb;
  readonly entries = FACTS.entries;
  readonly pageShift = FACTS.pageShift;
  readonly space = SPACE;
  readonly salt = SALT;
  readonly memory: RunMemory;
  readonly #octets: Uint8Array;
  readonly #linked: LinkedHandler;
  readonly #size: number;
  readonly #answers: KernelAnswers;
  #message: RunMessage = { octets: new Uint8Array(0), words: [] };
  #run = nothing();

  /** `size`: octets of state. */
  constructor(emitted: EmittedHandler, size: number, answers: KernelAnswers) {
    this.memory = memoryOf(emitted.target);
    this.#octets = new Uint8Array(this.memory.buffer);
    this.#size = size;
    this.#answers = answers;
    if (size > MOST_STATE) throw new RangeError(`target machine: ${size} octets of state`);
    this.#octets.fill(0, FACTS.stlb, FACTS.stlb + 8 * FACTS.entries);
    for (let page = 0; page * PAGE < size; page++) this.#octets.fill(0, this.#frame(page), this.#frame(page) + PAGE);
    this.#linked = linkHandler(emitted, this);
  }

  /** As the kernel enters it: words that it does not look at are 0. */
  run(message: RunMessage, fuel: number): Run {
    this.#message = message;
    this.#run = nothing();
    const { length } = message.octets;
    this.#octets.fill(0xee, PACKET, PACKET + length + BEHIND).set(message.octets, PACKET);
    const end = this.#end(fuel);
    const { killing } = this.#linked;
    const place = end.kind === "fault" && end.reason !== "outcome" && killing.told ? killing.place : undefined;
    return { end, fuel: this.#linked.left(), place, ...this.#run };
  }

  /** Sets octets of the state. */
  poke(offset: number, octets: Uint8Array): void {
    this.#write(STATE_BASE + offset, octets);
  }

  /** As it lies by virtual address. */
  state(): Uint8Array {
    return this.#read(STATE_BASE, this.#size);
  }

  /** Nothing is in the software TLB before it is asked for. */
  refill(address: number): boolean {
    const page = Math.floor((address - STATE_BASE) / PAGE);
    if (page < 0 || page * PAGE >= this.#size) return false;
    const number = address >>> FACTS.pageShift;
    const view = new DataView(this.memory.buffer);
    const entry = FACTS.stlb + ((number ^ SALT) & (FACTS.entries - 1)) * 8;
    view.setInt32(entry, SPACE | number, true);
    view.setInt32(entry + 4, this.#frame(page) | READABLE | WRITABLE, true);
    return true;
  }

  kernel(call: number, a: number, b: number, c: number, d: number): number {
    this.#run.calls.push([call, a, b, c, d]);
    const name = nameOf(call);
    switch (name) {
      case undefined:
        return this.#linked.killing.kill("call");
      case "fault":
        // Told whether or not it can be paid.
        this.#linked.pay(HANDLER_CALL_FUEL.fault);
        return this.#linked.killing.fault(a, b);
      case "vector": {
        this.#checked(c, b);
        const octets = this.#ofMessage(a, b);
        this.#pay(name, b);
        this.#write(c, octets);
        return 0;
      }
      case "send": {
        const frame = this.#read(a, b);
        this.#pay(name, b);
        const n = this.#run.sends.push({ frame, port: c });
        return this.#answers.sent(n - 1) ? 0 : 1;
      }
      case "wake":
        this.#pay(name, 0);
        this.#run.wakes.push(a >>> 0);
        return 0;
      case "transfer": {
        if (a >>> 0 >= MAX_PASS_TO) this.#linked.killing.kill("call");
        this.#pay(name, 0);
        const n = this.#run.transfers.push({ environment: a >>> 0, words: [b >>> 0, c >>> 0, d >>> 0] });
        return this.#answers.transferred(n - 1, a >>> 0) ? 0 : 1;
      }
      case "clear": {
        const zeros = new Uint8Array(this.#checked(a, b));
        this.#pay(name, b);
        this.#write(a, zeros);
        return 0;
      }
      case "move": {
        const octets = this.#read(a, c);
        this.#checked(b, c);
        this.#pay(name, c);
        this.#write(b, octets);
        return 0;
      }
    }
  }

  #end(fuel: number): Evaluation["end"] {
    const { octets, words } = this.#message;
    const linked = this.#linked;
    const [wire = 0, high = 0, low = 0, port = 0, link = 0, packet = 0, hops = 0] = linked.readsMetadata ? words : [];
    try {
      const packed = linked.message(PACKET, octets.length, fuel, wire, high, low, port, link, packet, hops);
      if (packed >>> OUTCOME_BITS !== fuel - linked.left()) throw new Error(`fuel used: ${packed >>> OUTCOME_BITS}`);
      const word = packed & (2 ** OUTCOME_BITS - 1);
      return word < PASS_TO + MAX_PASS_TO ? { kind: "outcome", word } : { kind: "fault", reason: "outcome" };
    } catch (error) {
      if (error !== killed) throw error;
      return { kind: "fault", reason: linked.killing.reason };
    }
  }

  #pay(name: HandlerCallName, octets: number): void {
    if (!this.#linked.pay(HANDLER_CALL_FUEL[name] + Math.floor(octets / 16))) this.#linked.killing.kill("fuel");
  }

  #ofMessage(from: number, length: number): Uint8Array {
    const [begin, count] = [from >>> 0, length >>> 0];
    if (begin + count > this.#message.octets.length) this.#linked.killing.kill("call");
    return this.#message.octets.subarray(begin, begin + count);
  }

  #frame(page: number): number {
    return STATE + (PAGES - 1 - page) * PAGE;
  }

  #checked(address: number, length: number): number {
    const [at, count] = [(address >>> 0) - STATE_BASE, length >>> 0];
    if (at < 0 || at + count > this.#size) this.#linked.killing.kill("call");
    return count;
  }

  #at(address: number): number {
    const at = (address >>> 0) - STATE_BASE;
    return this.#frame(Math.floor(at / PAGE)) + (at % PAGE);
  }

  #read(address: number, length: number): Uint8Array {
    const octets = new Uint8Array(this.#checked(address, length));
    this.#byPage(address, octets.length, (at, done, many) => octets.set(this.#octets.subarray(at, at + many), done));
    return octets;
  }

  #write(address: number, octets: Uint8Array): void {
    this.#checked(address, octets.length);
    this.#byPage(address, octets.length, (at, done, many) => this.#octets.set(octets.subarray(done, done + many), at));
  }

  /** A stretch in pieces that lie in one page each: where, how much of it is done, and how many. */
  #byPage(address: number, length: number, piece: (at: number, done: number, many: number) => void): void {
    for (let done = 0; done < length; ) {
      const many = Math.min(length - done, PAGE - ((address + done) % PAGE));
      piece(this.#at(address + done), done, many);
      done += many;
    }
  }
}

type Written = Pick<Run, "sends" | "wakes" | "transfers" | "calls">;
type Growing = { readonly [Name in keyof Written]: Written[Name][number][] };

function nothing(): Growing {
  return { sends: [], wakes: [], transfers: [], calls: [] };
}

function nameOf(call: number): HandlerCallName | undefined {
  for (const name of Object.keys(HandlerCall)) {
    if (isCall(name) && HandlerCall[name] === call) return name;
  }
  return undefined;
}

function isCall(name: string): name is HandlerCallName {
  return name in HandlerCall;
}
