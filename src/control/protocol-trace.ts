/** The trace, as it is told: events of the kernel's catalogue. */

export type TraceLevel = "error" | "warning" | "info" | "debug";

/** What kinds of events there are, by name. */
export type EventCatalogue = Readonly<Record<string, EventKind>>;

export interface EventKind {
  readonly level: TraceLevel;
  /** Names of its fields, which are numbers: `environment` and `binding` are those of the tables. */
  readonly fields: readonly string[];
  readonly says: string;
  /** Of fields whose numbers have names: those names, by number; "" where there is none. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
}

/** Fields that are numbers of environments, whatever their part in the event. */
export const ENVIRONMENT_FIELDS: readonly string[] = [
  "environment",
  "runs",
  "from",
  "to",
  "caller",
  "callee",
  "wantedBy",
];

export interface TraceEvent {
  /** Counts from 1, over all kinds; what is missing was not asked for, or pushed out by later ones of its kind, of which the last 1,024 are kept. */
  readonly number: number;
  /** By the wall clock: ns since 1970. */
  readonly time: string;
  /** Where the replay stood: the epoch, and how many of its packets had gone through; of what befell one packet, its own number. */
  readonly epoch: number;
  readonly packet: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, number>>;
}

export interface Trace {
  /** Levels that are told; none of them at the start. */
  readonly levels: readonly TraceLevel[];
  /** Oldest first. */
  readonly events: readonly TraceEvent[];
}

/** To those who have asked for it: what was kept at first, then what is new. */
export interface TraceFrame extends Trace {
  readonly type: "trace";
}
