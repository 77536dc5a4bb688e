/**
 * Ports that are made while the machine runs, by number (port-numbers.ts): both ends of wires, and files.
 */
import type { Arrivals } from "./arrivals.js";
import { Lane, type WireOptions } from "./lane.js";
import type { FileCounts, FrameSink, Outlet } from "./outlet.js";
import { FIRST_PORT, MAX_PORTS } from "./port-numbers.js";

/** Whose a port is, where it is not said. */
const ROOT: readonly string[] = ["root"];

export interface WirePorts {
  readonly kind: "wire";
  readonly name: string;
  /** Path of whoever made it. */
  readonly owner: readonly string[];
  /** Two ends: what is sent to one arrives at the other. A hairpin has one, where it arrives again. */
  readonly ports: readonly number[];
  readonly linkType: number;
  readonly options: WireOptions;
  /** Of each end: what was sent to it. */
  readonly lanes: readonly Lane[];
}

export interface FilePort {
  readonly kind: "file";
  readonly name: string;
  readonly owner: readonly string[];
  readonly ports: readonly number[];
  readonly linkType: number;
  readonly sink: FrameSink;
  readonly counts: FileCounts;
}

export type MadePort = WirePorts | FilePort;

export class Ports {
  readonly #outlets: (Outlet | undefined)[] = Array.from({ length: MAX_PORTS });
  readonly #made = new Map<string, MadePort>();
  readonly #arrivals: Arrivals;
  /** Files that were told of. */
  readonly #failed = new WeakSet<FrameSink>();

  constructor(arrivals: Arrivals) {
    this.#arrivals = arrivals;
  }

  /** Where frames that are sent to this port go; undefined where it takes none. */
  outlet(port: number): Outlet | undefined {
    return this.#outlets[port - FIRST_PORT];
  }

  get(name: string): MadePort | undefined {
    return this.#made.get(name);
  }

  all(): readonly MadePort[] {
    return [...this.#made.values()];
  }

  /** Undefined where there are too many. The name must be free. */
  addWire(name: string, options: WireOptions, hairpin: boolean, linkType: number, owner = ROOT): WirePorts | undefined {
    const ports = this.#free(hairpin ? 1 : 2);
    if (ports === undefined) return undefined;
    const lanes = ports.map((_, end) => new Lane(ports[hairpin ? end : 1 - end]!, linkType, options, end));
    ports.forEach((port, end) => {
      this.#outlets[port - FIRST_PORT] = { kind: "wire", lane: lanes[end]! };
    });
    const wire: WirePorts = { kind: "wire", name, owner, ports, linkType, options, lanes };
    this.#made.set(name, wire);
    this.#listLanes();
    return wire;
  }

  addFile(name: string, linkType: number, sink: FrameSink, owner = ROOT): FilePort | undefined {
    const ports = this.#free(1);
    if (ports === undefined) return undefined;
    const counts = { sent: 0, sentOctets: 0 };
    this.#outlets[ports[0]! - FIRST_PORT] = { kind: "file", sink, linkType, counts };
    const file: FilePort = { kind: "file", name, owner, ports, linkType, sink, counts };
    this.#made.set(name, file);
    this.#arrivals.answered = true;
    return file;
  }

  /** What is in flight on it never arrives; its file is closed. False where there is none of this name. */
  remove(name: string): boolean {
    const made = this.#made.get(name);
    if (made === undefined) return false;
    for (const port of made.ports) this.#outlets[port - FIRST_PORT] = undefined;
    this.#made.delete(name);
    this.#listLanes();
    if (made.kind === "file") made.sink.close();
    else for (const lane of made.lanes) lane.begin();
    return true;
  }

  /** A batch boundary. `failed`: told once of each file that can be written no more. */
  flush(failed: (port: number) => void): void {
    for (const made of this.#made.values()) {
      if (made.kind !== "file") continue;
      made.sink.flush();
      if (made.sink.error === null || this.#failed.has(made.sink)) continue;
      this.#failed.add(made.sink);
      failed(made.ports[0]!);
    }
  }

  /** The machine stops: files are closed. */
  close(): void {
    for (const made of this.#made.values()) if (made.kind === "file") made.sink.close();
  }

  /** Frames were sent: what was read off the wires is to be read again. */
  sent(): void {
    this.#arrivals.stale = true;
  }

  /** An epoch begins: what is in flight is dropped, counted, and each wire's chances are its seed's again. */
  begin(): void {
    this.#arrivals.begin();
  }

  #free(count: number): number[] | undefined {
    const free = this.#outlets.flatMap((outlet, index) => (outlet === undefined ? [index + FIRST_PORT] : []));
    return free.length < count ? undefined : free.slice(0, count);
  }

  /** Lanes in order of the ports at which they arrive. */
  #listLanes(): void {
    this.#arrivals.answered = this.#made.size > 0;
    const lanes = [...this.#made.values()].flatMap((made) => (made.kind === "wire" ? made.lanes : []));
    this.#arrivals.lanes = lanes.toSorted((a, b) => a.to - b.to);
  }
}
