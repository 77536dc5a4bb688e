/**
 * Plays captures into the NIC: opens, paces, steps, seeks, loops, and numbers epochs. One turn at a
 * time; between turns the data plane looks after its commands.
 */

import type { ReplayOptions, ReplaySource, Speed } from "../kernel/calls.js";
import type { Kernel } from "../kernel/kernel.js";
import { BATCH_FRAMES } from "../kernel/limits.js";
import type { ReplayTerms } from "../kernel/publish.js";
import { Refusal } from "../kernel/refusal.js";
import { wallNs } from "../machine/clock.js";
import { type Batch, Nic } from "../nic/nic.js";
import type { Port } from "../nic/port.js";
import type { Segments } from "../nic/segments.js";
import type { EpochResult, ReplayStatus } from "./interface.js";
import { checkedSpeed, Pacer } from "./pacer.js";
import { ReplayPlace } from "./replay-place.js";
import { checkSources, damageOf, isStream, type OpenSource, openPorts, unreadable } from "./replay-ports.js";
import { isBefore, parseTarget, type Target } from "./replay-target.js";

/** ms until a turn looks again where it waits for octets, for a segment, or for a frame's time. */
const LATER_MS = 2;
const STALLED_MS = 1;
const LOOK_MS = 50;
/** Least ms between the beginnings of two epochs of an endless loop: each is told to everybody. */
const EPOCH_MS = 20;
/** Batches left out in one turn while seeking, so that commands are not kept waiting. */
const SEEK_BATCHES = 64;

export interface PlayerEvents {
  status(status: ReplayStatus): void;
  epochEnded(result: EpochResult): void;
}

const CLOSED: ReplayOptions = { speed: 1, loop: 1, lossless: false };

export class Player {
  readonly #kernel: Kernel;
  readonly #segments: Segments;
  readonly #open: OpenSource;
  readonly #events: PlayerEvents;
  readonly #pacer = new Pacer();
  #state: ReplayStatus["state"] = "none";
  #sources: readonly ReplaySource[] = [];
  #options = CLOSED;
  #nic: Nic | undefined;
  #ports: readonly Port[] = [];
  #target: Target | undefined;
  /** Frames to let through whatever their time, then pause. */
  #steps = 0;
  #played = 0;
  #error: string | null = null;
  /** Every packet of the epoch so far is in the digest. */
  #digested = false;
  #damageTold = 0;
  /** Wall ns when the epoch began, and before which nothing is let through. */
  #began = 0;
  #notBefore = 0;
  readonly #place = new ReplayPlace();

  constructor(kernel: Kernel, segments: Segments, open: OpenSource, events: PlayerEvents) {
    this.#kernel = kernel;
    this.#segments = segments;
    this.#open = open;
    this.#events = events;
  }

  open(sources: readonly ReplaySource[], options: ReplayOptions): void {
    const wanted = checkedSpeed(options.speed);
    checkSources(sources, options.loop, this.#segments);
    const ports = openPorts(sources, this.#open, this.#segments);
    this.#close();
    this.#sources = sources;
    this.#options = options;
    this.#played = 0;
    this.#pacer.clock.setSpeed(wanted, wallNs());
    this.#begin(ports, undefined);
    this.#become("paused");
  }

  play(): void {
    this.#need();
    if (this.#state === "playing" && this.#steps === 0) return;
    if (this.#state === "ended") {
      this.#begin(this.#rewound(), undefined);
      this.#played = 0;
    }
    this.#steps = 0;
    this.#pacer.clock.resume(wallNs());
    this.#become("playing");
  }

  pause(): void {
    this.#need();
    if (this.#state === "playing") this.#become("paused");
  }

  step(packets: number): void {
    this.#need();
    if (!Number.isSafeInteger(packets) || packets < 1) throw new Refusal("E_ARGUMENT", "packets counts from 1");
    if (this.#state === "ended") return;
    this.#steps = packets;
    this.#become("playing");
  }

  /** A new epoch, from there on; plays on where it was playing. */
  seek(to: { packet: number } | { time: string }): number {
    this.#need();
    const target = parseTarget(to);
    this.#begin(this.#rewound(), target);
    this.#become(this.#state === "playing" ? "playing" : "paused");
    return this.#kernel.epoch;
  }

  speed(speed: Speed): void {
    this.#need();
    this.#pacer.clock.setSpeed(checkedSpeed(speed), wallNs());
    this.#options = { ...this.#options, speed };
    this.#become(this.#state);
  }

  /** The frame that is waited for is due now. */
  skip(): void {
    this.#need();
    const next = this.#nic?.batch;
    if (next === undefined || next.from >= next.to) return;
    const rows = next.descriptors;
    this.#pacer.clock.skipTo(rows.timeHigh[next.from]!, rows.timeLow[next.from]!, wallNs());
  }

  /** In any state. */
  stop(): void {
    this.#kernel.settle(this.#lossless);
    this.#close();
    this.#sources = [];
    this.#become("none");
  }

  status(): ReplayStatus {
    return {
      state: this.#state,
      sources: this.#sources.map((source) => source.name),
      ...this.#options,
      lossless: this.#lossless,
      epoch: this.#kernel.epoch,
      deterministic: this.#lossless && this.#kernel.deterministic,
      damage: damageOf(this.#ports),
      unreadable: this.#state === "ended" ? unreadable(this.#ports) : [],
      error: this.#error,
    };
  }

  /** What the books say of the replay, as of now. */
  currentTerms(): ReplayTerms {
    return this.#place.terms(this.#kernel, this.#ports);
  }

  /** It is under way, and what environments do depends on its packets alone. */
  get playsLossless(): boolean {
    return this.#state === "playing" && this.#lossless;
  }

  /** Paced, it may be that a frame is due which was sent since the last turn. */
  get isSentTo(): boolean {
    return this.#state === "playing" && !this.#lossless && this.#kernel.arrivals.stale;
  }

  /** Lets through what is due; ms until the next look, 0 at once. */
  turn(): number {
    // A target is sought also while paused: the replay then stands there.
    if (this.#target !== undefined && this.#nic !== undefined) return this.#leaveOut(this.#nic, this.#target);
    if (this.#state !== "playing" || this.#nic === undefined) {
      this.#kernel.settle(false);
      return this.#kernel.ledger.inFlight > 0 ? LOOK_MS : Number.POSITIVE_INFINITY;
    }
    const early = (this.#notBefore - wallNs()) / 1e6;
    if (early > 0) return early;
    const state = this.#poll(this.#nic);
    if (state === "ready") return this.#letThrough(this.#nic);
    this.#kernel.settle(this.#lossless);
    if (state === "stalled") this.#kernel.stalled();
    return state === "stalled" ? STALLED_MS : state === "later" ? LATER_MS : 0;
  }

  /** Where the capture has ended, the epoch ends, too. */
  #poll(nic: Nic): "ready" | "later" | "stalled" | "ended" {
    const state = nic.poll(!this.#lossless);
    this.#tellDamage();
    if (state !== "end") return state;
    // What came last may be answered.
    this.#kernel.settle(true);
    this.#boundary();
    if (this.#kernel.arrivals.inFlight > 0) return "later";
    this.#endEpoch();
    return "ended";
  }

  /** Damage is told when it is found, not when the capture has ended. */
  #tellDamage(): void {
    let told = 0;
    for (const port of this.#ports) told += port.source.damage.length;
    if (told === this.#damageTold) return;
    this.#damageTold = told;
    this.#become(this.#state);
  }

  #letThrough(nic: Nic): number {
    const { batch } = nic;
    const { from, to } = batch;
    const due = this.#pacer.due(batch, this.#steps);
    if (due === from) return this.#waitFor(batch);
    const paced = !this.#pacer.isFlatOut && this.#steps === 0;
    const driftNs = paced ? Math.max(0, -this.#pacer.wait(batch, due - 1)) : 0;
    this.#place.pass(driftNs, this.#pacer.pass(batch, due));
    this.#place.standAt(batch, due - 1);
    // What downloaded code sends over these frames leaves at their time, not at that of the batch before.
    this.#kernel.transmitter.turn(this.#pacer.clock.high, this.#pacer.clock.low, this.#kernel.packet);
    this.#handOn(nic, from, due);
    this.#stepped(due - from);
    if (due === to || this.#state !== "playing") return 0;
    return Math.max(0, Math.min(LOOK_MS, this.#pacer.wait(batch, due) / 1e6));
  }

  /** The next frame is not due: ms until the next look. */
  #waitFor(batch: Batch): number {
    this.#kernel.settle(false);
    if (!this.#lossless) this.#boundary();
    const wait = this.#pacer.wait(batch, batch.from) / 1e6;
    this.#place.waitIn(wait);
    return Math.min(wait, LOOK_MS);
  }

  #handOn(nic: Nic, from: number, to: number): void {
    const { descriptors: rows, dropping } = nic.batch;
    const began = wallNs();
    if (!this.#lossless) this.#digested = false;
    nic.take(to - from);
    if (dropping) this.#kernel.dropBeforeDemux(to - from);
    else this.#kernel.receive(rows, from, to, this.#lossless, () => nic.readOn());
    this.#pacer.took(to - from, wallNs() - began);
    this.#boundary();
  }

  /** What environments send leaves now, by the replay's clock. Batches of plain files, flat out, are always the same. */
  #boundary(): void {
    const { clock, isFlatOut } = this.#pacer;
    const exact = isFlatOut && this.#steps === 0 && this.#sources.every(({ kind }) => kind === "file");
    this.#kernel.transmit(clock.high, clock.low, exact);
  }

  #stepped(packets: number): void {
    if (this.#steps === 0) return;
    this.#steps -= packets;
    if (this.#steps === 0) this.#become("paused");
  }

  /** Seeking: rows before the target are counted by number only. */
  #leaveOut(nic: Nic, target: Target): number {
    for (let batches = 0; batches < SEEK_BATCHES; batches++) {
      const state = this.#poll(nic);
      if (state !== "ready") {
        this.#kernel.settle(false);
        if (state === "stalled") this.#kernel.stalled();
        return state === "ended" ? 0 : LATER_MS;
      }
      const { descriptors: rows, from, to } = nic.batch;
      let row = from;
      while (
        row < to &&
        isBefore(target, this.#kernel.packet + 1 + row - from, rows.timeHigh[row]!, rows.timeLow[row]!)
      )
        row++;
      this.#kernel.packet += row - from;
      nic.take(row - from);
      if (row < to) {
        this.#target = undefined;
        this.#place.standAt(nic.batch, row);
        return 0;
      }
    }
    return 0;
  }

  /** Flat out there is no time to be late for: nothing is dropped. */
  get #lossless(): boolean {
    return this.#options.lossless || this.#pacer.isFlatOut;
  }

  #begin(ports: readonly Port[], target: Target | undefined): void {
    this.#nic?.close();
    this.#ports = ports;
    this.#nic = new Nic(ports, BATCH_FRAMES, this.#kernel.arrivals);
    this.#damageTold = 0;
    this.#kernel.digest.finish();
    this.#digested = true;
    this.#target = target;
    this.#kernel.beginEpoch();
    this.#began = wallNs();
    this.#place.forget();
    this.#pacer.clock.reset();
  }

  #endEpoch(): void {
    const { packet } = this.#kernel;
    const { loop } = this.#options;
    this.#target = undefined;
    this.#played++;
    this.#tellEpoch();
    // A capture without packets would be looped for ever without anything happening.
    if (packet === 0 || (loop !== 0 && this.#played >= loop)) this.#become("ended");
    else this.#beginAgain();
  }

  /** Nothing is in flight when an epoch's figures are told; who is late by then is said to be. */
  #tellEpoch(): void {
    this.#kernel.settle(true);
    const digest = this.#digested ? this.#kernel.digest.finish() : null;
    this.#events.epochEnded({
      epoch: this.#kernel.epoch,
      packets: this.#kernel.packet,
      digest,
      deterministic: digest !== null && this.#kernel.deterministic,
      bindings: this.#kernel.bindings.epochCounts(),
    });
  }

  /** The file may have gone in the meantime. */
  #beginAgain(): void {
    if (this.#options.loop === 0) this.#notBefore = this.#began + EPOCH_MS * 1e6;
    try {
      this.#begin(this.#rewound(), undefined);
      this.#become(this.#state);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#close();
      this.#error = error.message;
      this.#become("failed");
    }
  }

  /** The captures, opened once more. Throws E_NOT_SEEKABLE, E_SOURCE, with nothing changed. */
  #rewound(): Port[] {
    if (this.#sources.some(isStream)) throw new Refusal("E_NOT_SEEKABLE");
    return openPorts(this.#sources, this.#open, this.#segments);
  }

  #close(): void {
    this.#nic?.close();
    this.#nic = undefined;
    this.#target = undefined;
    this.#steps = 0;
    this.#place.forget();
  }

  #need(): void {
    if (this.#state === "none" || this.#state === "failed") throw new Refusal("E_NO_REPLAY");
  }

  #become(state: ReplayStatus["state"]): void {
    this.#state = state;
    if (state !== "failed") this.#error = null;
    this.#events.status(this.status());
  }
}
