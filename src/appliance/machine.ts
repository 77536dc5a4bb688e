/**
 * The machine: physical memory, segments, the demultiplexer's memory, and what library OSes may ask about all of it. Page size, software
 * TLB and slices are its own to say: nothing above depends on them.
 */
import { Demux, tapCapacityFor } from "../dpf/demux.js";
import type { FrameMemory } from "../dpf/engine.js";
import { stretchFor } from "../dpf/wasm-engine.js";
import { ABI_VERSION, type MachineFacts } from "../kernel/abi.js";
import { RING_ENTRIES, SLICE_FUEL, SLICES, STLB_ENTRIES } from "../kernel/limits.js";
import { PAGE_SIZE, PhysicalMemory } from "../machine/memory.js";
import { SEGMENT_SIZE, Segments } from "../nic/segments.js";
import { STLB_ENTRY } from "../vcode/image.js";
import type { DataPlaneStart } from "./messages.js";

/** Owner number of demux's pages. */
const DEMUX_OWNER = -3;
/** Share of physical memory that segments take; the rest is for environments. */
const SEGMENT_SHARE = 0.5;
/** A page of WebAssembly, in which memory comes. */
const MOST_PAGE = 65_536;

/** What one machine has and another has not; what is absent is as limits.ts says. */
export interface MachineShape {
  /** Octets: a power of two, 4,096 at least, 65,536 at most. */
  readonly pageSize?: number;
  /** A power of two. */
  readonly stlbEntries?: number;
  readonly slices?: number;
  /** Units of fuel in a slice. */
  readonly sliceFuel?: number;
}

export interface BuiltMachine {
  readonly memory: PhysicalMemory;
  readonly segments: Segments;
  readonly facts: Omit<MachineFacts, "stlb">;
  readonly demux: Demux;
}

/** Throws a RangeError where the shape is none that a machine may have. */
export function buildMachine(start: Pick<DataPlaneStart, "memory" | "shape" | "target" | "shadow">): BuiltMachine {
  const { pageSize = PAGE_SIZE, stlbEntries = STLB_ENTRIES, slices = SLICES, sliceFuel = SLICE_FUEL } = start.shape;
  if (!(Number.isInteger(Math.log2(pageSize)) && pageSize >= PAGE_SIZE && pageSize <= MOST_PAGE))
    throw new RangeError(`machine: pages of ${pageSize} octets`);
  const rows = SEGMENT_SIZE / 16;
  const stretch = stretchFor(tapCapacityFor(rows));
  const memory = PhysicalMemory.create(start.memory + stretch + stlbEntries * STLB_ENTRY, pageSize);
  const count = Math.max(4, Math.floor((start.memory * SEGMENT_SHARE) / SEGMENT_SIZE));
  const segments = new Segments(memory, count);
  const demux = new Demux(demuxMemory(memory, stretch), rows);
  const facts = {
    abiVersion: ABI_VERSION,
    pageSize,
    memory: memory.octets.length,
    segmentSize: segments.size,
    segments: segments.count,
    ringEntries: RING_ENTRIES,
    stlbEntries,
    slices,
    sliceFuel,
    target: start.target,
    shadow: start.shadow,
  };
  return { memory, segments, facts, demux };
}

/** The stretch in which WebAssembly finds the tables of filters comes on top of what packets and environments have. */
function demuxMemory(memory: PhysicalMemory, octets: number): FrameMemory {
  const page = memory.allocate(DEMUX_OWNER, Math.ceil(octets / memory.pageSize));
  if (page === undefined) throw new Error(`data plane: no room for ${octets} octets of filter tables`);
  const from = page * memory.pageSize;
  return { buffer: memory.memory.buffer, machine: { memory: memory.memory, from, to: from + octets } };
}
