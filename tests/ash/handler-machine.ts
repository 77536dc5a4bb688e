/**
 * A machine that handlers run on, target by target: a state in pages that lie in another order than their addresses, a kernel
 * that does what handler.ts says of each call, and nothing besides. What comes out is written down as the evaluator tells it.
 */
import type { Answers, Evaluation } from "../../src/ash/evaluate.js";
import {
  HANDLER_CALL_FUEL,
  HANDLER_FAULTS,
  HandlerCall,
  type HandlerCallName,
  type HandlerFault,
  MAX_PASS_TO,
  PASS_TO,
  STATE_BASE,
} from "../../src/vcode/handler.js";
import {
  type EmittedImage,
  type ImageMachine,
  type LinkedImage,
  READABLE,
  Trap,
  type TrapKind,
  WRITABLE,
} from "../../src/vcode/image.js";
import { linkImage } from "../../src/vcode/image-target.js";
import type { RunMemory } from "../../src/vcode/target.js";

export const FACTS = { stlb: 4096, entries: 64, pageShift: 12 };
const PAGE = 2 ** FACTS.pageShift;
const SPACE = 0x5a30_0000;
const SALT = 6;
/** Physical. */
const SAVE = 8192;
const PACKET = 12_288;
const STATE = 32_768;
const PAGES = 32;
/** The most octets of a handler's state here, and of a message. */
export const MOST_STATE = PAGES * PAGE;
export const MOST_MESSAGE = STATE - PACKET;

const FAULT_OF: Readonly<Record<TrapKind, HandlerFault>> = {
  [Trap.pageFault]: "address",
  [Trap.protection]: "address",
  [Trap.unaligned]: "unaligned",
  [Trap.overflow]: "call",
  [Trap.fuel]: "fuel",
};

/** Thrown through generated code where the message kills the run. */
class Killed extends Error {
  override readonly name = "Killed";
  readonly reason: HandlerFault;

  constructor(reason: HandlerFault) {
    super(reason);
    this.reason = reason;
  }
}

/** What the evaluator tells, and what it does not know of. */
export interface Run extends Omit<Evaluation, "statements"> {
  readonly fuel: number;
  /** Calls of the kernel, as they came. */
  readonly calls: readonly (readonly number[])[];
}

export interface RunMessage {
  readonly octets: Uint8Array;
  /** By HandlerWord. */
  readonly words: readonly number[];
}

/** Memories are few and large: one for each name. */
const memories = new Map<string, RunMemory>();
function memoryOf(name: string): RunMemory {
  const had = memories.get(name);
  if (had !== undefined) return had;
  const memory = new WebAssembly.Memory({ initial: 3, maximum: 3, shared: true });
  const made: RunMemory = { buffer: memory.buffer, memory };
  memories.set(name, made);
  return made;
}

/** One handler on one target, with its state; it replaces the one before on that target. */
export class HandlerMachine implements ImageMachine {
  readonly stlb = FACTS.stlb;
  readonly entries = FACTS.entries;
  readonly pageShift = FACTS.pageShift;
  readonly space = SPACE;
  readonly salt = SALT;
  readonly memory: RunMemory;
  readonly #octets: Uint8Array;
  readonly #image: LinkedImage;
  readonly #size: number;
  readonly #answers: Answers;
  #message: RunMessage = { octets: new Uint8Array(0), words: [] };
  #run = nothing();

  /** `size`: octets of state. */
  constructor(emitted: EmittedImage, size: number, answers: Answers) {
    this.memory = memoryOf(emitted.target);
    this.#octets = new Uint8Array(this.memory.buffer);
    this.#size = size;
    this.#answers = answers;
    if (size > MOST_STATE) throw new RangeError(`handler machine: ${size} octets of state`);
    this.#octets.fill(0, FACTS.stlb, FACTS.stlb + 8 * FACTS.entries);
    const view = new DataView(this.memory.buffer);
    for (let page = 0; page * PAGE < size; page++) {
      const number = (STATE_BASE + page * PAGE) >>> FACTS.pageShift;
      const entry = FACTS.stlb + ((number ^ SALT) & (FACTS.entries - 1)) * 8;
      view.setInt32(entry, SPACE | number, true);
      view.setInt32(entry + 4, this.#frame(page) | READABLE | WRITABLE, true);
      this.#octets.fill(0, this.#frame(page), this.#frame(page) + PAGE);
    }
    this.#image = linkImage(emitted, this);
    this.#image.save = SAVE;
  }

  run(message: RunMessage, fuel: number): Run {
    this.#message = message;
    this.#run = nothing();
    this.#octets.fill(0xee, PACKET, STATE).set(message.octets, PACKET);
    this.#image.fuel = fuel;
    const end = this.#end();
    return { end, fuel: this.#image.fuel, ...this.#run };
  }

  /** As it lies by virtual address. */
  state(): Uint8Array {
    return this.#read(STATE_BASE, this.#size);
  }

  trap(kind: TrapKind): number {
    throw new Killed(FAULT_OF[kind]);
  }

  skipped(): number {
    return 0;
  }

  kernel(call: number, a: number, b: number, c: number, d: number, e: number, f: number): number {
    this.#run.calls.push([call, a, b, c, d, e, f]);
    const name = nameOf(call);
    this.#pay(name, name === "send" || name === "clear" ? b : c);
    switch (name) {
      case "fault":
        throw new Killed(HANDLER_FAULTS[a - 1] ?? "call");
      case "vector":
        return this.#vector(a, b, c);
      case "send": {
        const n = this.#run.sends.push({ frame: this.#read(a, b), port: c });
        return this.#answers.sent(n - 1) ? 0 : 1;
      }
      case "wake":
        this.#run.wakes.push(a >>> 0);
        return 0;
      case "transfer": {
        const n = this.#run.transfers.push({ environment: a >>> 0, words: [b >>> 0, c >>> 0, d >>> 0] });
        return this.#answers.transferred(n - 1) ? 0 : 1;
      }
      case "clear":
        this.#write(a, new Uint8Array(this.#checked(a, b)));
        return 0;
      case "move":
        this.#write(b, this.#read(a, c));
        return 0;
    }
  }

  #end(): Evaluation["end"] {
    const { octets, words } = this.#message;
    try {
      const word = this.#image.run(PACKET, octets.length, 0, ...words);
      const known = word >= 0 && word < PASS_TO + MAX_PASS_TO;
      return known ? { kind: "outcome", word } : { kind: "fault", reason: "outcome" };
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return { kind: "fault", reason: error.reason };
    }
  }

  #pay(name: HandlerCallName, length: number): void {
    const stretch = name === "vector" || name === "send" || name === "clear" || name === "move";
    const octets = name === "vector" ? Math.min(this.#message.octets.length, length >>> 0) : length >>> 0;
    const units = HANDLER_CALL_FUEL[name] + (stretch ? Math.floor(octets / 16) : 0);
    if (this.#image.fuel < units) throw new Killed("fuel");
    this.#image.fuel -= units;
  }

  #vector(from: number, length: number, to: number): number {
    const [begin, count] = [from >>> 0, length >>> 0];
    if (begin + count > this.#message.octets.length) throw new Killed("message");
    this.#write(to, this.#message.octets.subarray(begin, begin + count));
    return 0;
  }

  #frame(page: number): number {
    return STATE + (PAGES - 1 - page) * PAGE;
  }

  #checked(address: number, length: number): number {
    const [at, count] = [(address >>> 0) - STATE_BASE, length >>> 0];
    if (at < 0 || at + count > this.#size) throw new Killed("address");
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

function nameOf(call: number): HandlerCallName {
  for (const name of Object.keys(HandlerCall)) {
    if (isCall(name) && HandlerCall[name] === call) return name;
  }
  throw new Killed("call");
}

function isCall(name: string): name is HandlerCallName {
  return name in HandlerCall;
}
