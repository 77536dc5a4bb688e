/**
 * What control plane and command line see of the appliance. One object in the control thread; the
 * data plane, the compile worker and each hosted environment are workers behind it.
 */
import type { HandlerUses } from "../ash/ash.js";
import type { Filter } from "../dpf/atom.js";
import type { Verdict } from "../dpf/disagreement.js";
import type { TrieView } from "../dpf/draw-trie.js";
import type { Overlaps } from "../dpf/overlap.js";
import type { Stage } from "../dpf/stages.js";
import type { TriePicture } from "../dpf/trie-picture.js";
import type { MachineFacts } from "../kernel/abi.js";
import type { BooksReader } from "../kernel/books.js";
import type { CallName, Calls, EnvironmentKind } from "../kernel/calls.js";
import type { EventName, Level } from "../kernel/events.js";
import type { KernelError } from "../kernel/kerrno.js";
import type { Trial, TrialMessage } from "./handler-trial.js";
import type { StateChange } from "./state-changes.js";
import type { StateItem, StateRange } from "./state-items.js";
import type { NamedEnvironments } from "./trial-machine.js";

export type FilterLanguage = "dpf" | "pcap-filter";

export interface TextError {
  readonly code: string;
  readonly message: string;
  /** From 1; columns count UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Of a handler's: what to write instead. */
  readonly hint?: string | undefined;
}

export type Checked =
  | { readonly ok: true; readonly filter: Filter; readonly canonical: string }
  | { readonly ok: false; readonly errors: readonly TextError[] };

/** What a question about filters answers where it has no answer. */
export interface Unanswered {
  readonly ok: false;
  readonly errors: readonly TextError[];
}

/** What is known of a handler's text that is right. */
export type HandlerChecked =
  | ({ readonly ok: true; readonly instructions: number; readonly stateOctets: number } & HandlerUses)
  | Unanswered;

/** As a filter's (dpf/stages.ts). */
export type HandlerStage = Omit<Stage, "name"> & { readonly name: "vcode" | "js" | "wat" };
export type HandlerStaged = { readonly ok: true; readonly stages: readonly HandlerStage[] } | Unanswered;

/** Octets of a state, and the identity of their layout (ash/layout.ts): of another layout they say nothing. */
export interface StateCopy {
  readonly octets: Uint8Array;
  readonly identity: string;
}

/** A handler that is tried on a message; `state` where it is not zeros. */
export interface HandlerTry {
  readonly text: string;
  readonly message: TrialMessage;
  readonly fuel: number;
  readonly state: StateCopy | undefined;
  /** Of the binding that it is tried for. */
  readonly environments: NamedEnvironments;
  /** Rows of each item of state that are told. */
  readonly range: StateRange;
}

/** The VCODE by lambda, a line for each instruction, labels too; and the line of the handler's text for each, 0 where it has none. */
export interface HandlerListing {
  readonly name: string;
  readonly insns: readonly string[];
  readonly lines: readonly number[];
}

export interface HandlerTrial extends Omit<Trial, "state" | "place"> {
  /** Line of the text at which it was killed or cut; 0 where there is none. */
  readonly line: number;
  readonly lambdas: readonly HandlerListing[];
  readonly state: readonly StateItem[];
  readonly stateOctets: number;
  /** Names of items that the run has changed. */
  readonly changed: readonly string[];
  readonly changes: readonly StateChange[];
}
export type HandlerTried = { readonly ok: true; readonly trial: HandlerTrial } | Unanswered;
/** State of a handler whose text this is, by name; of the octets as they are. */
export type HandlerStateRead =
  | { readonly ok: true; readonly octets: number; readonly items: readonly StateItem[] }
  | Unanswered;

export type Staged = { readonly ok: true; readonly stages: readonly Stage[] } | Unanswered;
export type OverlapsFound =
  | ({ readonly ok: true; readonly checked: Extract<Checked, { ok: true }> } & Overlaps)
  | Unanswered;
/** `picture` is undefined where the trie has no such place. */
export type TrieDrawn = { readonly ok: true; readonly picture: TriePicture | undefined } | Unanswered;

/** The first packet on which target and shadow disagreed. */
export interface DisagreementView {
  readonly epoch: number;
  readonly packet: number;
  /** As many as are kept. */
  readonly octets: Uint8Array;
  /** Octets on the wire, LINKTYPE_ number. */
  readonly wire: number;
  readonly link: number;
  readonly target: Verdict;
  readonly shadow: Verdict;
}

export type Answer<K extends CallName> =
  | { readonly ok: true; readonly result: Calls[K]["result"] }
  | {
      readonly ok: false;
      readonly error: KernelError;
      readonly detail: string;
      readonly at?: number;
      /** Of a text that is wrong: where. */
      readonly errors?: readonly TextError[];
    };

/** Told by the appliance as it happens. `replay` messages come at every change of state, not per packet. */
export type ApplianceEvent =
  | {
      readonly kind: "environment-failed";
      readonly environment: number;
      readonly name: string;
      readonly reason: string;
    }
  /** It does not look at its ring though work waits: its bindings are suspended. */
  | {
      readonly kind: "environment-unresponsive";
      readonly environment: number;
      readonly name: string;
      readonly reason: string;
    }
  /** It looks again, in time. */
  | { readonly kind: "environment-resumed"; readonly environment: number; readonly name: string }
  /** `ended`: numbers that are nobody's now, until others have them. */
  | { readonly kind: "bindings"; readonly ended: readonly number[] }
  /** No longer accepted. `bindings`: those that ended with them, as they were. */
  | {
      readonly kind: "capabilities-ended";
      readonly ended: readonly EndedCapability[];
      readonly bindings: readonly BindingView[];
    }
  /** Handlers of these bindings ended with a capability; the bindings go on. */
  | { readonly kind: "handlers-ended"; readonly bindings: readonly number[] }
  /** The binding's handler was killed by so many messages in a row that it is unbound; what is known of it stays. */
  | { readonly kind: "handler-unbound"; readonly binding: number }
  | { readonly kind: "environments" }
  | { readonly kind: "replay"; readonly status: ReplayStatus }
  | { readonly kind: "epoch-ended"; readonly result: EpochResult }
  /** There are events, or other levels are told. */
  | { readonly kind: "trace" }
  /** Another target or shadow runs. */
  | { readonly kind: "target" }
  /** Target and shadow disagreed for the first time since this shadow runs. */
  | { readonly kind: "disagreement"; readonly first: DisagreementView }
  /** The compile worker was stuck or broke; what was being compiled is refused, what holds is kept. */
  | { readonly kind: "compiler-replaced"; readonly reason: string }
  /** The data plane itself: nothing works any more. */
  | { readonly kind: "failed"; readonly reason: string };

/** Of one epoch that was played to its end. */
export interface EpochResult {
  readonly epoch: number;
  readonly packets: number;
  /** SHA-256 in hex; null where the replay was paced. */
  readonly digest: string | null;
  readonly deterministic: boolean;
  /** What each binding matched in this epoch. */
  readonly bindings: readonly { readonly binding: number; readonly packets: number; readonly octets: number }[];
}

/** The slow-moving part of a replay's state; counters are in the books. */
export interface ReplayStatus {
  readonly state: "none" | "paused" | "playing" | "ended" | "failed";
  readonly sources: readonly string[];
  readonly speed: number | "max";
  readonly loop: number;
  readonly lossless: boolean;
  readonly epoch: number;
  readonly deterministic: boolean;
  readonly damage: readonly { readonly source: string; readonly offset: number; readonly reason: string }[];
  /** Sources in which no header of a capture was found, once they have ended. */
  readonly unreadable: readonly string[];
  readonly error: string | null;
}

export interface EnvironmentView {
  readonly id: number;
  readonly name: string;
  readonly program: string;
  readonly kind: EnvironmentKind;
  readonly state: "starting" | "ready" | "unresponsive" | "failed" | "destroyed";
  readonly error: string | null;
  readonly pages: number;
  /** Path of whoever made it. */
  readonly owner: string;
}

export interface BindingView {
  readonly id: number;
  readonly name: string;
  readonly environment: number;
  readonly mode: "claim" | "tap";
  readonly priority: number;
  readonly filter: Filter;
  readonly from: { readonly epoch: number; readonly packet: number };
  /** Path and serial of the capability in whose name it was made. */
  readonly owner: string;
  readonly under: string;
}

/** A capability that is no more; the text that was weakened is no more, either. */
export interface EndedCapability {
  readonly serial: string;
  readonly path: string;
  readonly reason: "revoked" | "expired" | "weakened";
}

/** Where capabilities are kept between two runs with one key. */
export interface CapabilityJournal {
  /** What is kept, as it was put. */
  list(): readonly string[];
  /** Both at once, and on disk when it returns. `put`: in the place of what has its serial. Throws where it cannot be. */
  change(put: { readonly serial: string; readonly document: string } | undefined, removed: readonly string[]): void;
}

/** An event of the kernel's catalogue (kernel/events.ts). */
export interface TraceEvent {
  /** Counts from 1, over all kinds. */
  readonly number: number;
  /** ns since 1970, decimal, by the wall clock. */
  readonly time: string;
  /** Where the replay stood: the epoch, and how many of its packets had gone through; of what befell one packet, its own number. */
  readonly epoch: number;
  readonly packet: number;
  readonly name: EventName;
  /** In the order of the catalogue. */
  readonly fields: readonly number[];
}

export interface TraceView {
  /** Levels that are told. */
  readonly levels: readonly Level[];
  /** Events after number `after` that are kept and wished for, oldest first: the first `most` of them. */
  since(after: number, most: number, wish?: TraceWish): readonly TraceEvent[];
  /** The last `most` of those that are kept and wished for, oldest first. */
  last(most: number, wish?: TraceWish): readonly TraceEvent[];
}

export type TraceWish = (event: TraceEvent) => boolean;

/** A claim that there is not yet, but for its filter. */
export interface ClaimToBe {
  readonly environment: number;
  readonly priority: number;
}

/** Environment number of the control plane itself: bindings that only count belong to it. */
export const CONTROL_ENVIRONMENT = 0;

/**
 * Who wants to know: askers take turns. Once `gone`, what of theirs is not yet in the compile worker rejects with the signal's reason. A
 * question without one is asked for the sake of a change, and goes before all that have one.
 */
export interface Asker {
  readonly name: string;
  readonly gone: AbortSignal;
}

/** Questions to the compile worker since the start. */
export interface CompileCounts {
  /** Now, the one in the worker not among them. */
  readonly waiting: number;
  readonly answered: number;
  /** Their askers had gone before they were sent. */
  readonly dropped: number;
  /** A worker ended over them: they took too long, or too much memory. */
  readonly lost: number;
  /** Workers that were replaced, whatever they ended over. */
  readonly replaced: number;
}

/** What is asked of handlers' texts: in the compile worker, within its deadline. */
export interface HandlerTexts {
  check(text: string, asker?: Asker): Promise<HandlerChecked>;
  stages(text: string, asker?: Asker): Promise<HandlerStaged>;
  /** Runs it once, where nothing that it does reaches anybody. */
  try(asked: HandlerTry, asker?: Asker): Promise<HandlerTried>;
  /** One item of it, or all. */
  readState(asked: WrittenState, asker?: Asker): Promise<HandlerStateRead>;
}

/** State, and the text by whose layout it is read; of one item, or of all. */
export interface WrittenState {
  readonly text: string;
  readonly state: StateCopy;
  readonly item: string | undefined;
  readonly range: StateRange;
}

export interface ApplianceInterface {
  readonly machine: MachineFacts;
  /** Counters, straight from shared memory. */
  readonly books: BooksReader;
  /** The kernel's books of who exists, as last published. */
  readonly environments: ReadonlyMap<number, EnvironmentView>;
  readonly bindings: ReadonlyMap<number, BindingView>;
  readonly replay: ReplayStatus;
  readonly disagreement: DisagreementView | null;
  readonly trace: TraceView;
  /** The capability with every right over everything, as text. */
  readonly rootCapability: string;
  /** The kernel checks `capability`; resolves when the call has taken effect. */
  call<K extends CallName>(capability: string, name: K, args: Calls[K]["args"]): Promise<Answer<K>>;
  /** Link types that pcap-filter texts are compiled for: Ethernet, until `expect` is told others (expected-links.ts). */
  readonly linkTypes: readonly number[];
  /** Texts that are compiled from now on match frames of these link types, each as a text for that type does, and no others. */
  expect(linkTypes: readonly number[]): void;
  /** Checks a text in the compile worker, within its deadline. */
  check(text: string, language: FilterLanguage, asker?: Asker): Promise<Checked>;
  /** The stages of a text compiled alone. */
  stages(text: string, language: FilterLanguage, asker?: Asker): Promise<Staged>;
  /** Claims that a claim of this text would meet. */
  overlaps(text: string, language: FilterLanguage, claim: ClaimToBe, asker?: Asker): Promise<OverlapsFound>;
  readonly handlers: HandlerTexts;
  /** The merged trie from a place on; counts of nodes are the kernel's (`heatOf`). */
  trie(view: TrieView, asker?: Asker): Promise<TrieDrawn>;
  /** Of what was asked above, and of the texts of handlers and images that calls bring. */
  readonly compiling: CompileCounts;
  /** Asks a hosted environment's program; rejects where it is dead or does not answer within 2 s. */
  query(environment: number, what: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Ends with unsubscribe. */
  listen(listener: (event: ApplianceEvent) => void): () => void;
  close(): Promise<void>;
}
