/** What the threads of the appliance say to each other. Types only. */
import type { MessagePort } from "node:worker_threads";
import type { TrieView } from "../dpf/draw-trie.js";
import type { Overlaps } from "../dpf/overlap.js";
import type { Target } from "../dpf/target.js";
import type { MachineFacts } from "../kernel/abi.js";
import type { CallAnswer, CallRequest, Calls } from "../kernel/calls.js";
import type { CallsOnHandlers, HandlerText } from "../kernel/calls-on-handlers.js";
import type { Capability } from "../kernel/capability.js";
import type { Level } from "../kernel/events.js";
import type { EmittedHandler } from "../vcode/handler-target.js";
import type { EmittedImage, ImageFacts } from "../vcode/image.js";
import type { Carried } from "./carried.js";
import type { FilePortMessage } from "./file-port.js";
import type {
  BindingView,
  Checked,
  ClaimToBe,
  DisagreementView,
  EndedCapability,
  EnvironmentView,
  EpochResult,
  FilterLanguage,
  HandlerChecked,
  HandlerStaged,
  HandlerStateRead,
  HandlerTried,
  HandlerTry,
  ReplayStatus,
  Staged,
  TraceEvent,
  TrieDrawn,
  Unanswered,
  WrittenState,
} from "./interface.js";
import type { MachineShape } from "./machine.js";

export interface DataPlaneStart {
  readonly key: Uint8Array;
  /** Those that held when the key was last used. */
  readonly capabilities: readonly Capability[];
  /** Octets of physical memory. */
  readonly memory: number;
  readonly shape: MachineShape;
  readonly target: Target;
  readonly shadow: Target | null;
  readonly books: SharedArrayBuffer;
  /** One word: bumped and notified by whoever has posted something for the data plane. */
  readonly doorbell: SharedArrayBuffer;
  readonly control: MessagePort;
  readonly compiler: MessagePort;
}

export type CarriedCall = Omit<CallRequest, "args"> & { readonly args: unknown };

/** A downloaded environment's text has become an image on the way. */
export type CarriedCreate = Omit<Calls["createEnvironment"]["args"], "code"> & { readonly image?: EmittedImage };

/** A handler's text has become code on the way: it is entered, and addresses its state, as vcode/handler.ts says. */
export type CarriedHandlerCall = Omit<CallsOnHandlers["bindHandler" | "swapHandler"]["args"], "handler"> & {
  readonly handler: CarriedHandler;
};

export interface CarriedHandler {
  /** For people: its file's. */
  readonly name: string;
  /** One for each target that can have it. */
  readonly codes: readonly EmittedHandler[];
  /** Of its state. */
  readonly octets: number;
  /** Of its state's layout: one handler may go on with another's state where they are the same. */
  readonly identity: string;
}

export type ToDataPlane =
  /** A filter among the arguments is carried (carried.ts). */
  | { readonly kind: "call"; readonly request: CarriedCall }
  /** Another compile worker; `innocent`: the one before ended over something else than a change. */
  | { readonly kind: "compiler"; readonly port: MessagePort; readonly number: number; readonly innocent: boolean }
  /** A hosted environment's worker has ended, asked or not. */
  | { readonly kind: "worker-ended"; readonly environment: number; readonly reason: string }
  /** The change of capabilities that was to be kept is kept, or could not be. */
  | { readonly kind: "kept"; readonly ok: boolean }
  | { readonly kind: "stop" };

export type FromDataPlane =
  | FilePortMessage
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
  /** Keep what is put, in the place of one of its serial, and keep no more what is removed; then say so, where an answer is wanted. */
  | {
      readonly kind: "keep";
      readonly answer: boolean;
      readonly put: Capability | undefined;
      readonly removed: readonly string[];
    }
  /** With the bindings that ended with them; those are told as such afterwards. */
  | {
      readonly kind: "capabilities-ended";
      readonly ended: readonly EndedCapability[];
      readonly bindings: readonly number[];
    }
  /** Handlers that ended with a capability, and one that was killed too often in a row; their bindings go on. */
  | { readonly kind: "handlers-ended"; readonly bindings: readonly number[] }
  | { readonly kind: "handler-unbound"; readonly binding: number }
  /** The environment is being destroyed, or is to be ended for this reason: end its worker, then say so. */
  | { readonly kind: "end-worker"; readonly environment: number; readonly reason: string | null }
  | { readonly kind: "replay"; readonly status: ReplayStatus }
  | { readonly kind: "epoch-ended"; readonly result: EpochResult }
  /** Read a file into the ring (replay-source.ts). */
  | { readonly kind: "feed"; readonly path: string; readonly reader: string; readonly ring: SharedArrayBuffer }
  /** What has happened since the last such message; or other levels are told now. */
  | { readonly kind: "trace"; readonly levels: readonly Level[]; readonly events: readonly TraceEvent[] }
  /** The compile worker of this number, 0 the first, missed its deadline: replace it; or it has made all changes that waited for it. */
  | { readonly kind: "compiler"; readonly number: number; readonly is: "stuck" | "current" };

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

/** VCODE's text of an image, and what it is to run on. */
export interface WrittenImage {
  readonly text: string;
  readonly target: Target;
  readonly facts: ImageFacts;
}

export type ImageMade = { readonly ok: true; readonly image: EmittedImage } | Unanswered;

/** A handler's text, and what it is to run on. */
export interface WrittenHandler {
  readonly handler: HandlerText;
  readonly target: Target;
  readonly facts: ImageFacts;
}

export type HandlerMade = { readonly ok: true; readonly handler: CarriedHandler } | Unanswered;

/** What the control thread asks of the compile worker, each within the deadline. */
export interface CompileQuestions {
  check: { args: WrittenFilter; answer: CarriedCheck };
  stages: { args: WrittenFilter; answer: Staged };
  overlaps: { args: WrittenFilter & ClaimToBe; answer: CarriedOverlaps };
  trie: { args: TrieView; answer: TrieDrawn };
  image: { args: WrittenImage; answer: ImageMade };
  handler: { args: WrittenHandler; answer: HandlerMade };
  checkHandler: { args: { readonly text: string }; answer: HandlerChecked };
  handlerStages: { args: { readonly text: string }; answer: HandlerStaged };
  tryHandler: { args: HandlerTry; answer: HandlerTried };
  readState: { args: WrittenState; answer: HandlerStateRead };
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
