/** What the threads of the appliance say to each other. Types only. */
import type { MessagePort } from "node:worker_threads";
import type { TrieView } from "../dpf/draw-trie.js";
import type { Overlaps } from "../dpf/overlap.js";
import type { Target } from "../dpf/target.js";
import type { CallAnswer, CallRequest, MachineFacts } from "../kernel/abi.js";
import type { Carried } from "./carried.js";
import type {
  BindingView,
  Checked,
  ClaimToBe,
  DisagreementView,
  EnvironmentView,
  EpochResult,
  FilterLanguage,
  ReplayStatus,
  Staged,
  TrieDrawn,
  Unanswered,
} from "./interface.js";

export interface DataPlaneStart {
  readonly key: Uint8Array;
  /** Octets of physical memory. */
  readonly memory: number;
  readonly target: Target;
  readonly shadow: Target | null;
  readonly books: SharedArrayBuffer;
  /** One word: bumped and notified by whoever has posted something for the data plane. */
  readonly doorbell: SharedArrayBuffer;
  readonly control: MessagePort;
  readonly compiler: MessagePort;
}

export type CarriedCall = Omit<CallRequest, "args"> & { readonly args: unknown };

export type ToDataPlane =
  /** A filter among the arguments is carried (carried.ts). */
  | { readonly kind: "call"; readonly request: CarriedCall }
  /** Another compile worker; `innocent`: the one before ended over something else than a change. */
  | { readonly kind: "compiler"; readonly port: MessagePort; readonly number: number; readonly innocent: boolean }
  /** A hosted environment's worker has ended, asked or not. */
  | { readonly kind: "worker-ended"; readonly environment: number; readonly reason: string }
  | { readonly kind: "stop" };

export type FromDataPlane =
  | { readonly kind: "ready"; readonly machine: MachineFacts }
  /** Its target has changed. */
  | { readonly kind: "machine"; readonly machine: MachineFacts }
  /** The first packet on which target and shadow disagreed; null where a new shadow begins. */
  | { readonly kind: "disagreement"; readonly first: DisagreementView | null }
  | { readonly kind: "answer"; readonly answer: CallAnswer }
  /** At once: some have ended, and their numbers may be those of some that are new. */
  | { readonly kind: "bindings"; readonly ended: readonly number[]; readonly changed: readonly Carried<BindingView>[] }
  | { readonly kind: "environment"; readonly view: EnvironmentView }
  | { readonly kind: "environment-gone"; readonly environment: number }
  /** The environment is being destroyed, or is to be ended for this reason: end its worker, then say so. */
  | { readonly kind: "end-worker"; readonly environment: number; readonly reason: string | null }
  | { readonly kind: "replay"; readonly status: ReplayStatus }
  | { readonly kind: "epoch-ended"; readonly result: EpochResult }
  /** Read a file into the ring (replay-source.ts). */
  | { readonly kind: "feed"; readonly path: string; readonly reader: string; readonly ring: SharedArrayBuffer }
  /** The compile worker of this number, 0 the first, missed its deadline: replace it. */
  | { readonly kind: "compiler-stuck"; readonly number: number };

export interface CompileStart {
  readonly doorbell: SharedArrayBuffer;
  readonly dataPlane: MessagePort;
  readonly target: Target;
  readonly shadow: Target | null;
}

export type RightText = Extract<Checked, { ok: true }>;
export type CarriedCheck = Carried<RightText> | Exclude<Checked, { ok: true }>;
export type CarriedOverlaps = ({ ok: true; checked: Carried<RightText> } & Overlaps) | Unanswered;

/** A text, and the link types of the frames that it is for. */
export interface WrittenFilter {
  readonly text: string;
  readonly language: FilterLanguage;
  readonly linkTypes: readonly number[];
}

/** What the control thread asks of the compile worker, each within the deadline. */
export interface CompileQuestions {
  check: { args: WrittenFilter; answer: CarriedCheck };
  stages: { args: WrittenFilter; answer: Staged };
  overlaps: { args: WrittenFilter & ClaimToBe; answer: CarriedOverlaps };
  trie: { args: TrieView; answer: TrieDrawn };
}

export type CompileQuestion = keyof CompileQuestions;

export type CompileAsked = {
  [Q in CompileQuestion]: {
    readonly seq: number;
    readonly question: Q;
    readonly args: CompileQuestions[Q]["args"];
  };
}[CompileQuestion];

export type FromCompileWorker =
  | { readonly kind: "begun"; readonly seq: number }
  | { readonly kind: "answered"; readonly seq: number; readonly answer: CompileQuestions[CompileQuestion]["answer"] };
