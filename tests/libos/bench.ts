/**
 * A ring and a mailbox made by the test, as the kernel would make them: programs and the loop run on
 * them without a kernel.
 */
import { type HostedStart, Mailbox, RING_ENTRY_WORDS, RingEntry } from "../../src/kernel/abi.js";
import type { Program } from "../../src/libos/program.js";
import { RingView } from "../../src/libos/ring.js";
import type { Frame } from "./frames.js";

const MAILBOX = 4096;
const GENERATIONS = MAILBOX - 64;
const RING = 8192;
const ENTRIES = 256;
const OCTETS = RING + ENTRIES * RING_ENTRY_WORDS * 4;
const PAGE = 65_536;

export class Bench {
  readonly start: HostedStart;
  readonly mailbox: Int32Array;
  /** What the kernel publishes of segments' generations; one segment is all of memory's first MiB. */
  readonly generations: Int32Array;
  readonly ring: RingView;
  readonly #words: Int32Array;
  readonly #memory: Uint8Array;
  #free = OCTETS;
  #packet = 0;
  /** Cursor of the next entry; begins short of the wrap, so that every test meets it. */
  head = -100;

  constructor(program = "", options: Record<string, unknown> = {}, pages = 128) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.#words = new Int32Array(memory.buffer);
    this.#memory = new Uint8Array(memory.buffer);
    this.mailbox = new Int32Array(memory.buffer, MAILBOX, 64);
    this.generations = new Int32Array(memory.buffer, GENERATIONS, 1);
    this.mailbox[Mailbox.head] = this.mailbox[Mailbox.tail] = this.mailbox[Mailbox.floor] = this.head;
    this.ring = new RingView(memory, RING, ENTRIES);
    this.start = {
      environment: 3,
      name: "bench",
      program,
      options,
      memory,
      mailbox: MAILBOX,
      ring: RING,
      calls: 0,
      segments: 0,
      generations: GENERATIONS,
      machine: {
        abiVersion: 1,
        pageSize: 4096,
        memory: pages * PAGE,
        segmentSize: 1 << 20,
        segments: 1,
        ringEntries: ENTRIES,
        target: "none",
        shadow: null,
      },
    };
  }

  /** Puts a frame in the ring, not yet published. Octets go round in what is left of memory. */
  put(frame: Frame): void {
    if (this.#free + frame.octets.length > this.#memory.length) this.#free = OCTETS;
    this.#memory.set(frame.octets, this.#free);
    const entry = (RING >> 2) + (this.head & (ENTRIES - 1)) * RING_ENTRY_WORDS;
    this.#words[entry + RingEntry.address] = this.#free;
    this.#words[entry + RingEntry.captured] = frame.octets.length;
    this.#words[entry + RingEntry.wire] = frame.wire;
    this.#words[entry + RingEntry.binding] = (frame.linkType << 16) | 1;
    this.#words[entry + RingEntry.timeLow] = Number(frame.time & 0xffffffffn);
    this.#words[entry + RingEntry.timeHigh] = Number(frame.time >> 32n);
    this.#words[entry + RingEntry.packet] = ++this.#packet;
    this.#words[entry + RingEntry.generation] = 0;
    // Odd lengths move the next frame: programs must not count on any alignment.
    this.#free += frame.octets.length;
    this.head = (this.head + 1) | 0;
  }

  /** Hands frames to a program in chunks, as the loop would. */
  feed(program: Program, frames: readonly Frame[]): void {
    for (let i = 0; i < frames.length; i += ENTRIES) {
      const from = this.head;
      for (const frame of frames.slice(i, i + ENTRIES)) this.put(frame);
      program.frames(this.ring, from, this.head);
    }
  }

  /** Makes what was put visible, and rings. */
  publish(): void {
    Atomics.store(this.mailbox, Mailbox.head, this.head);
    this.ringDoorbell();
  }

  beginEpoch(epoch: number): void {
    Atomics.store(this.mailbox, Mailbox.epoch, epoch);
    this.ringDoorbell();
  }

  ringDoorbell(): void {
    Atomics.add(this.mailbox, Mailbox.doorbell, 1);
    Atomics.notify(this.mailbox, Mailbox.doorbell);
  }

  word(word: number): number {
    return Atomics.load(this.mailbox, word);
  }
}
