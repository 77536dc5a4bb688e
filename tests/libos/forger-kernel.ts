/** The downloaded forger in a whole kernel, beside a victim: both of VCODE, on any target, with what they hold. */
import { Cause, DownloadedCall, type DownloadedCallName, RightBits } from "../../src/kernel/abi.js";
import type { Capability } from "../../src/kernel/capability.js";
import { seal } from "../../src/kernel/capability.js";
import { framesOf } from "../../src/kernel/frames.js";
import type { Handles } from "../../src/kernel/handles.js";
import type { KernelError } from "../../src/kernel/kerrno.js";
import { MAX_HANDLES } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { Entry } from "../../src/libos/downloaded/entry.js";
import { CHANGED, forger, Try } from "../../src/libos/downloaded/forger.js";
import { emitImage, linkImage } from "../../src/vcode/image-target.js";
import type { Program } from "../../src/vcode/insn.js";
import type { TargetName } from "../../src/vcode/target.js";
import { verify } from "../../src/vcode/verify.js";
import { said } from "../kernel/downloads.js";
import { KernelBench } from "../kernel/kernel-bench.js";

const FUEL = 1 << 20;
const OCTET = { kind: "range", offset: 0, width: 8, mask: 255 } as const;
/** Frames whose octet is at most this. */
const upTo = (high: number) => ({ conjunctions: [[{ ...OCTET, low: 0, high }]] });

/** The forger's page, where it has it, and the victim's, with a word in it. */
export const OWN = { page: 90, virtual: 9, at: 9 * 4096 } as const;
export const VICTIMS = { page: 80, virtual: 8, word: 0x5ec4e7 } as const;

export const call = (name: DownloadedCallName, ...words: readonly number[]) => [
  Try.call,
  DownloadedCall[name],
  ...words,
];

export class ForgerBench extends KernelBench {
  readonly target: TargetName;
  readonly victim: number;
  readonly forger: number;
  /** Slots: the victim's claim, and taps of the control plane whose filters are the same, lie inside, and contain all. */
  readonly claimed: number;
  readonly same: number;
  readonly inside: number;
  readonly spare: number;
  /** The capability that the forger was granted, and its handle. */
  readonly granted: Capability;
  readonly handle: number;

  constructor(target: TargetName) {
    super();
    this.target = target;
    this.kernel.trace.switch(["error", "warning", "info", "debug"]);
    this.victim = this.download("victim", waits());
    this.forger = this.download("forger", forger(this.memory.pageSize));
    const { pages } = this.kernel.environments;
    pages.allocateAt(this.victim, VICTIMS.page, 1);
    this.memory.words[(VICTIMS.page * this.memory.pageSize) >> 2] = VICTIMS.word;
    this.claimed = this.#bound({ name: "low", environment: this.victim, mode: "claim", filter: upTo(7) });
    this.same = this.#bound({ name: "same", filter: upTo(7) });
    this.inside = this.#bound({ name: "inside", filter: upTo(3) });
    this.spare = this.#bound({ name: "spare", filter: upTo(63) });
    this.granted = this.grant("forger", ["bind", "observe"]);
    this.handle = this.kernel.authority.openGranted(this.forger, this.granted.serial);
    this.try(call("alloc", OWN.page));
    this.map();
  }

  #bound(args: Parameters<KernelBench["bind"]>[0]): number {
    const { binding } = this.bind(args);
    if (binding === undefined) throw new Error("it was not bound");
    return binding;
  }

  /** One slice each. */
  download(name: string, program: Program): number {
    const verdict = verify(program, { image: true });
    if (!verdict.ok) throw new Error(JSON.stringify(verdict.rejections[0]));
    const args = { name, program: "vcode", options: {}, slices: 1 };
    return this.kernel.createEnvironment(args, this.root, (machine) =>
      linkImage(emitImage(verdict.program, this.target, machine), machine),
    ).environment;
  }

  /** A capability for the forger, of which it has no handle. */
  grant(name: string, rights: Capability["rights"], more: { expires?: number; first?: number } = {}): Capability {
    const { expires = 0, first } = more;
    const equal = { kind: "equal", offset: 0, width: 8, mask: 255, value: first ?? 0 } as const;
    const frames = first === undefined ? {} : { frames: framesOf({ conjunctions: [[equal]] })! };
    const change = this.kernel.authority.grantTo(this.root, this.forger, name, { rights, expires, ...frames });
    this.kernel.changeCapabilities(change);
    return change.put!.capability;
  }

  /** The forger has its page where it expects it: the software TLB may have forgotten. */
  map(): void {
    this.try(call("map", OWN.virtual, OWN.page, 3));
  }

  /** Octets into the forger's page. */
  write(text: string, offset = 0): number {
    this.memory.octets.set(Buffer.from(text), OWN.page * this.memory.pageSize + offset);
    return text.length;
  }

  read(offset: number, octets: number): string {
    const from = OWN.page * this.memory.pageSize + offset;
    return Buffer.from(this.memory.octets.slice(from, from + octets)).toString();
  }

  /** What the forger was answered, who tried this; with fuel for it. */
  try(words: readonly number[]): KernelError | number {
    const args = { environment: this.forger, cause: Cause.message, message: words, fuel: FUEL };
    const { ended, value } = this.kernel.lifetimes.activate(args, this.root);
    if (ended !== "done") throw new Error(`the forger was ${ended}`);
    return said(value);
  }

  /** The same, of a call with six words, which lie at the end of its page. */
  trySix(name: DownloadedCallName, ...words: readonly number[]): KernelError | number {
    const at = this.memory.pageSize - 64;
    words.forEach((word, index) => {
      this.memory.words[((OWN.page * this.memory.pageSize + at) >> 2) + index] = word;
    });
    return this.try([Try.callAt, DownloadedCall[name], OWN.at + at]);
  }

  /** Presents this text. */
  present(text: string): KernelError | number {
    return this.try(call("present", OWN.at, this.write(text)));
  }

  text(capability: Capability): string {
    return seal(capability, this.key);
  }

  /** What the forger was told of changes since this event, once it has had time. */
  changes(since: number): (KernelError | number)[] {
    this.kernel.cpu.turn();
    const told = this.kernel.trace.since(since).filter(({ name }) => name === "environmentTold");
    return told.filter(({ fields }) => fields[1] === CHANGED).map(({ fields }) => said(fields[2] ?? 0));
  }

  /** All of the victim's. */
  victims() {
    const { environments, bindings, activations, handles } = this.kernel;
    const { page } = VICTIMS;
    return {
      word: this.memory.words[(page * this.memory.pageSize) >> 2],
      owner: environments.pages.ownerOf(page),
      access: environments.pages.access(this.forger, page),
      claim: bindings.get(this.claimed),
      open: bindings.open[this.claimed],
      state: environments.get(this.victim)?.state,
      handles: handlesOf(handles, this.victim),
      guaranteed: activations.get(this.victim)?.guaranteed,
    };
  }
}

/** Generations of a handle's place that are looked at: more than any test makes. */
const GENERATIONS = 8;

/** Handles of an environment that stand for something. */
export function handlesOf(handles: Handles, environment: number): number[] {
  const holds = (handle: number) => {
    try {
      handles.check(environment, handle, null);
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  };
  return Array.from({ length: GENERATIONS * MAX_HANDLES }, (_, handle) => handle).filter(holds);
}

export const { bind, observe, priority } = RightBits;

/** Waits for what never comes. */
function waits(): Program {
  const entry = new Entry(4096);
  entry.on(Cause.start, 40, () => entry.kernel(entry.v.getreg("i"), "sleep", { imm: -1 }));
  entry.pages();
  return entry.end();
}
