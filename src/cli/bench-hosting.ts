/**
 * A kernel in this thread, with library OSes in workers beside it, as the benches of handing packets over and of handlers need
 * it: no control plane, no capture, and what is to be compiled is compiled where it is asked for.
 */
import { randomBytes } from "node:crypto";
import { FilterProgram } from "../appliance/filter-program.js";
import { makeHandler } from "../appliance/handler-text.js";
import { HostedWorker } from "../appliance/hosted.js";
import type { MachineShape } from "../appliance/machine.js";
import type { Filter } from "../dpf/atom.js";
import { Demux, tapCapacityFor } from "../dpf/demux.js";
import type { FrameMemory } from "../dpf/engine.js";
import { DEFAULT_TARGET } from "../dpf/target.js";
import { stretchFor } from "../dpf/wasm-engine.js";
import { ABI_VERSION, DOWNLOADED_PROGRAM } from "../kernel/abi.js";
import type { HandlerProgram } from "../kernel/bound-handler.js";
import type { NewBinding } from "../kernel/calls.js";
import type { HandlerCounts, HandlerTerms } from "../kernel/calls-on-handlers.js";
import { rootCapability, seal } from "../kernel/capability.js";
import type { CompileRequest } from "../kernel/compiler.js";
import { framesOf } from "../kernel/frames.js";
import { Kernel } from "../kernel/kernel.js";
import { RING_ENTRIES, SLICE_FUEL, SLICES, STLB_ENTRIES } from "../kernel/limits.js";
import { PhysicalMemory } from "../machine/memory.js";
import { SEGMENT_SIZE, Segments } from "../nic/segments.js";
import { linkHandler } from "../vcode/handler-target.js";
import type { ImageFacts } from "../vcode/image.js";
import { emitImage, linkImage } from "../vcode/image-target.js";
import type { Program } from "../vcode/insn.js";
import type { TargetName } from "../vcode/target.js";
import { verify } from "../vcode/verify.js";

const MEMORY = 16 * 2 ** 20;
const SEGMENTS = 4;
/** Owner number of demux's pages. */
const DEMUX_OWNER = -3;
/** Rows that a demux on this memory may have. */
const MOST_ROWS = RING_ENTRIES;

/** Room for the tables of filters, in pages that nobody else gets. */
function frameMemory(memory: PhysicalMemory, rows: number): FrameMemory {
  const octets = stretchFor(tapCapacityFor(rows));
  const page = memory.allocate(DEMUX_OWNER, octets / memory.pageSize);
  if (page === undefined) throw new Error(`bench: no room for ${octets} octets of filter tables`);
  const from = page * memory.pageSize;
  return { buffer: memory.memory.buffer, machine: { memory: memory.memory, from, to: from + octets } };
}

export class Hosting {
  readonly memory = PhysicalMemory.create(MEMORY + stretchFor(tapCapacityFor(MOST_ROWS)));
  readonly segments = new Segments(this.memory, SEGMENTS);
  readonly kernel: Kernel;
  /** The kernel's own. */
  readonly demux: Demux;
  readonly #key = randomBytes(32);
  readonly #program = new FilterProgram(DEFAULT_TARGET, null);
  readonly #asked: CompileRequest[] = [];
  readonly #workers: HostedWorker[] = [];
  /** Nobody sleeps on it: the bench is the data plane, and looks. */
  readonly #bell = new SharedArrayBuffer(4);

  /** `frames`: the memory in which frames lie that are judged, where it is another than this one's. */
  constructor(rows: number, frames?: FrameMemory, { slices = SLICES, sliceFuel = SLICE_FUEL }: MachineShape = {}) {
    const { memory, segments } = this;
    const facts = {
      abiVersion: ABI_VERSION,
      pageSize: memory.pageSize,
      memory: memory.octets.length,
      segmentSize: SEGMENT_SIZE,
      segments: segments.count,
      ringEntries: RING_ENTRIES,
      stlbEntries: STLB_ENTRIES,
      slices,
      sliceFuel,
      target: DEFAULT_TARGET,
      shadow: null,
    };
    this.demux = new Demux(frames ?? frameMemory(memory, rows), rows);
    const compiler = { request: (request: CompileRequest) => this.#asked.push(request) };
    this.kernel = new Kernel(memory, segments, facts, this.#key, this.demux, compiler, ({ name }, reason) => {
      throw new Error(`bench: the environment ${name} is not well: ${reason}`);
    });
    this.kernel.createEnvironment({ name: "control", program: "", options: {} });
  }

  /** An environment and its worker, where it has a program; resolves when that looks at its ring. `transmit`: what it may send under. */
  async environment(
    name: string,
    program: string,
    options: Readonly<Record<string, unknown>> = {},
    transmit?: string,
  ): Promise<number> {
    const sends = transmit === undefined ? {} : { transmit };
    const { environment, start } = this.kernel.createEnvironment({ name, program, options, ...sends });
    if (start === undefined) return environment;
    const worker = new HostedWorker(start, this.#bell, () => undefined);
    this.#workers.push(worker);
    await worker.ready();
    return environment;
  }

  /** An environment that consists of this code, verified, with one slice. */
  download(name: string, program: Program, transmit?: string): number {
    const verdict = verify(program, { image: true });
    if (!verdict.ok) throw new Error(`bench: ${name}: ${verdict.rejections[0]?.reason}`);
    const image = emitImage(verdict.program, DEFAULT_TARGET, this.#imageFacts);
    const sends = transmit === undefined ? {} : { transmit };
    const asked = { name, program: DOWNLOADED_PROGRAM, options: {}, ...sends };
    return this.kernel.createEnvironment(asked, rootCapability(), (machine) => linkImage(image, machine)).environment;
  }

  /** Bound with the root capability, which is checked in full; the slots. */
  bind(bindings: readonly NewBinding[]): readonly number[] {
    const capability = this.kernel.authorise(seal(rootCapability(), this.#key), "bind");
    let slots: readonly number[] = [];
    this.kernel.binder.exchange(
      capability,
      { bindings, release: [] },
      (result) => {
        slots = result.bindings;
      },
      (error, detail) => {
        throw new Error(`bench: bind: ${error}: ${detail}`);
      },
    );
    for (const answer of this.#program.answers(this.#asked.splice(0))) this.kernel.program.compiled(answer);
    if (slots.length !== bindings.length) throw new Error("bench: bind: no answer");
    return slots;
  }

  /** A capability below the root's, with the right to transmit frames that the template matches, as text. */
  transmitCapability(template: Filter): string {
    const { kernel } = this;
    const frames = framesOf(template);
    if (frames === undefined) throw new Error("bench: a capability cannot carry this template");
    const wanted = { rights: ["transmit"], expires: 0, frames } as const;
    const change = kernel.capabilities.derive(rootCapability(), `sends-${kernel.capabilities.size}`, wanted);
    kernel.changeCapabilities(change);
    if (change.put === undefined) throw new Error("bench: nothing was derived");
    return seal(change.put.capability, this.#key);
  }

  /** The handler of this text goes first at the binding, as code of this target. */
  handle(binding: number, text: string, terms: HandlerTerms, target: TargetName = DEFAULT_TARGET): void {
    this.kernel.handlers.bind({ binding, ...terms }, this.program(text, target), rootCapability());
  }

  program(text: string, target: TargetName): HandlerProgram {
    const handler = { name: "bench", text };
    const made = makeHandler({ handler, target, facts: this.#imageFacts });
    if (!made.ok) throw new Error(`bench: a handler is refused: ${made.errors[0]?.message ?? ""}`);
    const { codes, ...about } = made.handler;
    return { ...about, link: (machine) => linkHandler(codes[0]!, machine) };
  }

  /** Throws where the binding has none. */
  handlerCounts(binding: number): HandlerCounts {
    const [view] = this.kernel.handlers.views({ bindings: [binding] }).handlers;
    if (view === undefined) throw new Error("bench: no handler");
    return view.counts;
  }

  /** The first octets of its state. */
  handlerState(binding: number, octets: number): Uint8Array {
    return this.kernel.handlers.state({ binding, from: 0, octets }, rootCapability()).octets;
  }

  get #imageFacts(): ImageFacts {
    const { address, entries, pageShift } = this.kernel.activations.stlb;
    return { stlb: address, entries, pageShift };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}
