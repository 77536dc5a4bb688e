/**
 * A machine with a wire of no delay, and a client at its far end, in the same thread: it puts a UDP message of 60 octets on the
 * wire and takes the answer off it. In between is the data plane's own way: NIC, demux, delivery, transmit template.
 */
import type { MachineShape } from "../appliance/machine.js";
import { MAX_SENDS_A_SECOND } from "../kernel/limits.js";
import { newOctets, octetsOf } from "../machine/copy.js";
import type { FrameSource } from "../machine/descriptor.js";
import type { Lane } from "../nic/lane.js";
import { Nic } from "../nic/nic.js";
import { Port } from "../nic/port.js";
import { complement, sum } from "../wire/checksum.js";
import { filterOf } from "./bench-filters.js";
import { Hosting } from "./bench-hosting.js";

/** Ethernet, IPv4 and UDP headers, and 18 octets. */
export const MESSAGE = 60;
const IP = 14;
const UDP = 34;
const ECHO = 7;
const BATCH = 512;
/** Between two messages, on the wire's clock. */
const BETWEEN_NS = 1000;
/** A NIC whose captures have ended reads no more than 100,000 frames off the wires. */
const FRAMES_A_NIC = 50_000;
const ROWS = 1024;
const HIGH = 0x1700_0000;
const UNDELAYED = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 } as const;

/** Datagrams to the echo service, and those from it, which is what may be sent. */
const ASKS = "12:16 == 0x0800 && 23:8 == 17 && 20:16 & 0x1fff == 0 && 14:8 == 0x45 && 36:16 == 7";
const ANSWERS = "12:16 == 0x0800 && 23:8 == 17 && 14:8 == 0x45 && 34:16 == 7";

export class WiredMachine {
  readonly hosting: Hosting;
  /** For whoever answers. */
  readonly transmit: string;
  readonly #there: Lane;
  readonly #back: Lane;
  readonly #message = octetsOf(message());
  readonly #expected = answerTo(this.#message.octets);
  readonly #answer = newOctets(MESSAGE);
  /** The octet of the last answer that was looked at. */
  #looked = 0;
  #frames = 0;
  #low = 0;
  #nic: Nic;

  constructor(shape: MachineShape = {}) {
    this.hosting = new Hosting(ROWS, undefined, shape);
    this.transmit = this.hosting.transmitCapability(filterOf(ANSWERS));
    this.#nic = this.#fresh();
    const wire = this.hosting.kernel.ports.addWire("wire", UNDELAYED, false, 1);
    const [there, back] = wire?.lanes ?? [];
    if (there === undefined || back === undefined) throw new Error("bench: no wire");
    this.#there = there;
    this.#back = back;
  }

  /** Messages are this environment's, and this handler's first. */
  handle(environment: number, text: string): void {
    const terms = { budget: { share: 1, sends: MAX_SENDS_A_SECOND }, transmit: this.transmit };
    this.hosting.handle(this.claim(environment), text, terms);
  }

  /** Messages are this environment's. The binding. */
  claim(environment: number): number {
    const [binding] = this.hosting.bind([
      { name: "echo", environment, mode: "claim", priority: 0, filter: filterOf(ASKS) },
    ]);
    if (binding === undefined) throw new Error("bench: no binding");
    return binding;
  }

  /** The client asks. */
  send(): void {
    this.#low += BETWEEN_NS;
    if (!this.#there.send(this.#message, MESSAGE, HIGH, this.#low)) throw new Error("bench: the wire is full");
    this.hosting.kernel.ports.sent();
  }

  /** What a turn of the data plane does with what has come, if anything has: it is handed on, and what is sent leaves. */
  turn(): void {
    const { kernel } = this.hosting;
    const { batch } = this.#nic;
    if (this.#nic.poll(false) === "ready") {
      const { descriptors, from, to } = batch;
      kernel.transmitter.turn(HIGH, this.#low, kernel.packet);
      this.#nic.take(to - from);
      kernel.receive(descriptors, from, to, false, nothing);
      this.#frames += to - from;
      if (this.#frames > FRAMES_A_NIC) this.#nic = this.#fresh();
    }
    this.boundary();
  }

  /** What hosted environments have sent leaves. */
  boundary(): void {
    this.hosting.kernel.transmit(HIGH, this.#low, false);
  }

  get answered(): boolean {
    return this.#back.inFlight > 0;
  }

  /** Throws where it is not what was to come: of each answer another octet is looked at, so that looking takes no time. */
  takeAnswer(): void {
    if (!this.answered) throw new Error("bench: no answer");
    this.#back.unread();
    this.#back.readInto(this.#answer, 0);
    this.#back.take();
    this.#looked = (this.#looked + 1) % MESSAGE;
    const [found, expected] = [this.#answer.octets[this.#looked], this.#expected[this.#looked]];
    if (found !== expected) throw new Error(`bench: octet ${this.#looked} of the answer is ${found}, not ${expected}`);
  }

  close(): Promise<void> {
    this.#nic.close();
    return this.hosting.close();
  }

  #fresh(): Nic {
    this.#frames = 0;
    const { segments, kernel } = this.hosting;
    return new Nic([new Port("nothing", NOTHING, segments)], BATCH, kernel.arrivals);
  }
}

const NOTHING: FrameSource = { fill: () => "end", damage: [], readable: true, octets: 0, close: nothing };

function nothing(): void {}

function message(): Uint8Array {
  const octets = new Uint8Array(MESSAGE);
  const view = new DataView(octets.buffer);
  octets.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);
  view.setUint16(IP, 0x4500);
  view.setUint16(IP + 2, MESSAGE - IP);
  view.setUint16(IP + 8, 0x4011);
  view.setUint32(IP + 12, 0x0a000001);
  view.setUint32(IP + 16, 0x0a000002);
  view.setUint16(IP + 10, complement(sum(octets, IP, UDP - IP)));
  view.setUint16(UDP, 40_000);
  view.setUint16(UDP + 2, ECHO);
  view.setUint16(UDP + 4, MESSAGE - UDP);
  for (let at = UDP + 8; at < MESSAGE; at++) octets[at] = at;
  return octets;
}

/** Addresses and ports change places, and checksums stay what they are. */
function answerTo(asked: Uint8Array): Uint8Array {
  const octets = asked.slice();
  for (const [one, other, length] of [
    [0, 6, 6],
    [IP + 12, IP + 16, 4],
    [UDP, UDP + 2, 2],
  ] as const) {
    octets.set(asked.subarray(other, other + length), one);
    octets.set(asked.subarray(one, one + length), other);
  }
  return octets;
}
