/**
 * What control plane and dashboard say to each other: JSON over HTTP below /api/v1, and frames of
 * the WebSocket /api/v1/live. Types and a version only; the browser imports this file.
 * Times are decimal strings of ns since 1970; counters are numbers (exact to 2^53); lengths are octets.
 */
import type { ProfileWire } from "../appliance/profile-wire.js";
import type { TriePicture } from "../dpf/trie-picture.js";
import type { Capture, CaptureInfo, DamageReport } from "../store/capture.js";
import type { Environment } from "./protocol-environments.js";
import type { HandlerAttachment, HandlerSummary } from "./protocol-handlers.js";
import type { TraceFrame } from "./protocol-trace.js";

export const PROTOCOL_VERSION = 1;

/** RFC 9457, with places: line and column (from 1) where there is a text, a JSON pointer where there is a body. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** A closed code: the kernel's E_…, the parser's, or control's own. */
  readonly code: string;
  readonly errors?: readonly ProblemPlace[];
  /** Of a claim that is refused since it meets others. */
  readonly overlaps?: OverlapList;
}

export interface ProblemPlace {
  readonly message: string;
  readonly code?: string;
  readonly pointer?: string;
  readonly line?: number;
  readonly column?: number;
  /** Octets marked from column on, where the error covers a token. */
  readonly length?: number;
  /** What to write instead. */
  readonly hint?: string;
}

/** What the store keeps of a capture. */
export type { Capture, CaptureInfo, DamageReport };

export interface PreviewPacket {
  readonly number: number;
  readonly time: string | null;
  readonly captured: number;
  readonly wire: number;
  /** The first octets, in hex. */
  readonly octets: string;
}

export type ReplayState = "none" | "paused" | "playing" | "waiting" | "ended" | "failed";

export interface Replay {
  readonly state: ReplayState;
  readonly captures: readonly string[];
  readonly speed: number | "max";
  readonly loop: number;
  readonly lossless: boolean;
  readonly epoch: number;
  /** Packets let through in this epoch. */
  readonly packet: number;
  /** Capture time of the last packet let through. */
  readonly time: string | null;
  /** How late the last packet left, wall ns; 0 flat out. */
  readonly driftNs: number;
  /** Wall ms until the next packet, where a gap of more than 5 s is being waited for; else null. */
  readonly gapMs: number | null;
  /** Packets whose time lies before that of an earlier one. */
  readonly backwards: number;
  readonly deterministic: boolean;
  readonly damage: readonly DamageReport[];
  /** Why the state is `failed`. */
  readonly error: string | null;
}

export interface FilterText {
  readonly name: string;
  readonly language: "dpf" | "pcap-filter";
  readonly text: string;
  readonly bindings: readonly number[];
}

export interface CheckResult {
  readonly ok: boolean;
  readonly errors: readonly ProblemPlace[];
  /** Conjunctions and atoms of the filter, where it is right. */
  readonly conjunctions: number;
  readonly atoms: number;
  /** The atoms as text, one conjunction a line. */
  readonly canonical: string;
  /** Where it was asked for, and the text is right. */
  readonly overlaps?: OverlapList;
}

/** Claims that match packets of a new claim, those of other environments first. */
export interface OverlapList {
  /** The first of them. */
  readonly overlaps: readonly Overlap[];
  readonly total: number;
}

export interface Overlap {
  readonly binding: number;
  readonly name: string;
  readonly environment: number;
  readonly priority: number;
  /** Of the new claim to this one: `inside` is within it, `contains` is around it. `unknown` counts as overlap. */
  readonly relation: "identical" | "inside" | "contains" | "partial" | "unknown";
  /** Who gets what both match; `depends`: on the packet, or it is not known. */
  readonly wins: "new" | "old" | "depends";
  /** A packet that both match, in hex; null where none is known. */
  readonly witness: string | null;
  /** What its descriptor says, where either claim asks: octets on the wire, LINKTYPE_ number. */
  readonly facts: { readonly wire?: number; readonly link?: number };
  /** Places in the witness that the new claim's atoms look at. */
  readonly decisive: readonly number[];
}

export type { Activated, Capability, Environment, Right, Slices } from "./protocol-environments.js";
export { medianFuel } from "./protocol-fuel.js";
export type {
  HandlerAttachment,
  HandlerBinding,
  HandlerChange,
  HandlerCheck,
  HandlerComplaint,
  HandlerCounts,
  HandlerKiller,
  HandlerLambda,
  HandlerRun,
  HandlerScalar,
  HandlerStateItem,
  HandlerStateView,
  HandlerStep,
  HandlerSummary,
  HandlerTrial,
} from "./protocol-handlers.js";
export type {
  AtomExplanation,
  ConjunctionExplanation,
  FilterExplanation,
  MatchReport,
  PacketDetail,
  PacketExplanation,
  PacketField,
  PacketLayer,
  PacketLine,
  PacketPage,
  TermExplanation,
} from "./protocol-packets.js";
export type { Port, PortEnd } from "./protocol-ports.js";
export type { ExosStatus, Flow, FlowTable, Stream, StreamSide } from "./protocol-programs.js";
export { refusedWords } from "./protocol-sends.js";
export type { EventCatalogue, EventKind, Trace, TraceEvent, TraceFrame, TraceLevel } from "./protocol-trace.js";
export { ENVIRONMENT_FIELDS } from "./protocol-trace.js";

/** A stage of a filter compiled alone; its text is at `…/stages/NAME`. */
export interface Stage {
  readonly name: string;
  readonly octets: number;
  /** What it is made of: atoms, nodes, instructions of VCODE. */
  readonly instructions: number;
  readonly milliseconds: number;
}

export type {
  TrieColumn,
  TrieDispatchPoint,
  TrieNodePoint,
  TriePicture,
  TriePlace,
  TriePoint,
} from "../dpf/trie-picture.js";
/** What the kernel's open books say of the machine, and what is asked back of environments. */
export type { Loss, MachineFacts, ResourceName } from "../kernel/abi.js";
export type { PageView, RevocationView, SegmentView } from "../kernel/calls.js";
export type { FuelRange } from "../kernel/fuel-spread.js";

/** The merged trie, from a place on. */
export interface Trie extends TriePicture {
  /** Nodes are counted as they are entered. */
  readonly heat: boolean;
}

/** What runs the merged program. */
export interface Target {
  readonly target: string;
  /** Runs beside it, and is compared with it. */
  readonly shadow: string | null;
  /** All that there are. */
  readonly targets: readonly string[];
  /** Packets that a target and a shadow have both judged, since the start. */
  readonly compared: number;
  /** Packets on which the two disagreed, since the start: there should be none, ever. */
  readonly disagreements: number;
  /** The first of them since this shadow runs. */
  readonly first: Disagreement | null;
}

export interface Disagreement {
  readonly epoch: number;
  readonly packet: number;
  /** The packet's first octets, in hex. */
  readonly octets: string;
  /** How many it had on the wire, and its LINKTYPE_ number. */
  readonly wire: number;
  readonly link: number;
  readonly target: { readonly winner: number; readonly taps: readonly number[] };
  readonly shadow: { readonly winner: number; readonly taps: readonly number[] };
}

export interface Binding {
  readonly id: number;
  readonly name: string;
  readonly environment: number;
  readonly mode: "claim" | "tap";
  readonly priority: number;
  /** The filter's canonical text. */
  readonly filter: string;
  /** First packet that the binding saw. */
  readonly from: { readonly epoch: number; readonly packet: number };
  /** Path and serial of the capability in whose name it was made, and with which it ends. */
  readonly owner: string;
  readonly under: string;
  readonly counters: BindingCounters;
}

/** packets = consumed + delivered + dropped, but for what is on its way. */
export interface BindingCounters {
  readonly packets: number;
  readonly octets: number;
  /** By its handler. packets = consumed + delivered + dropped. */
  readonly consumed: number;
  readonly delivered: number;
  /** Undelivered packets by cause. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Capture time of the last match. */
  readonly last: string | null;
}

/** The books of DESIGN.md. Every term is counted where it happens; `balanced` compares them. */
export interface Books {
  readonly offered: number;
  readonly received: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly claimed: number;
  readonly tappedOnly: number;
  readonly unclaimed: number;
  readonly taps: number;
  readonly consumed: number;
  readonly delivered: number;
  readonly undelivered: Readonly<Record<string, number>>;
  readonly inFlight: number;
  /** Frames that environments sent, and that they were refused, by cause; what became of them is in the books of the ports. */
  readonly sent: number;
  readonly sendRefused: Readonly<Record<string, number>>;
  readonly balanced: boolean;
}

export interface Profile {
  readonly filters: readonly {
    readonly name: string;
    readonly language: "dpf" | "pcap-filter";
    readonly text: string;
  }[];
  readonly handlers?: readonly { readonly name: string; readonly text: string }[];
  readonly environments: readonly {
    readonly name: string;
    readonly program: string;
    readonly options?: Readonly<Record<string, unknown>>;
    /** Path; else the caller's. */
    readonly owner?: string;
    /** Of a downloaded environment: VCODE's text. */
    readonly code?: string;
    /** It may send, under the capability of whoever makes it; kept for the next start where that was the root's. */
    readonly transmit?: boolean;
    /** Of a downloaded environment: slices that it is to have, 1 unless said. */
    readonly slices?: number;
  }[];
  readonly ports?: readonly ProfileWire[];
  readonly bindings: readonly {
    readonly name: string;
    readonly filter: string;
    readonly environment: string;
    readonly mode: "claim" | "tap";
    readonly priority?: number;
    /** Serial of the capability that it is made under; else the caller's. */
    readonly capability?: string;
    readonly handler?: HandlerAttachment;
  }[];
  readonly replay?: {
    readonly captures: readonly string[];
    readonly speed?: number | "max";
    readonly loop?: number;
    readonly lossless?: boolean;
  };
}

/** The whole picture; sent when a WebSocket opens and after a client missed ticks. */
export interface Picture {
  readonly type: "picture";
  readonly version: number;
  /** Wall clock, ms since 1970, and ms since the server started. */
  readonly now: number;
  readonly uptime: number;
  readonly replay: Replay;
  readonly books: Books;
  readonly target: Target;
  readonly bindings: readonly Binding[];
  readonly environments: readonly Environment[];
  readonly captures: readonly Capture[];
  readonly filters: readonly {
    readonly name: string;
    readonly language: string;
    readonly bindings: readonly number[];
  }[];
  readonly handlers: readonly HandlerSummary[];
}

/** Ten times a second; tables hold only the rows that moved. */
export interface Tick {
  readonly type: "tick";
  readonly now: number;
  readonly replay: Replay;
  readonly books: Books;
  /** Where it has changed. */
  readonly target?: Target;
  readonly bindings: readonly { readonly id: number; readonly counters: BindingCounters }[];
  readonly environments: readonly Environment[];
}

/** A table changed; it is sent whole. */
export type Change =
  | { readonly type: "bindings"; readonly bindings: readonly Binding[] }
  | { readonly type: "captures"; readonly captures: readonly Capture[] }
  | { readonly type: "filters"; readonly filters: Picture["filters"] }
  | { readonly type: "handlers"; readonly handlers: readonly HandlerSummary[] };

/** Something that a person should be told, once. */
export interface Notice {
  readonly type: "notice";
  readonly now: number;
  readonly level: "info" | "warning" | "error";
  readonly text: string;
}

export type ServerFrame = Picture | Tick | Change | Notice | TraceFrame;

/** What a browser may say on the WebSocket; anything else closes it with 1008. */
export type ClientFrame = { readonly type: "resync" } | { readonly type: "trace"; readonly on: boolean };
