/**
 * The catalogue of what the kernel tells: every event that there is, with its level, the names of its fields (numbers, at
 * most four), and one sentence that says what has happened.
 */

export const LEVELS = ["error", "warning", "info", "debug"] as const;
export type Level = (typeof LEVELS)[number];

export interface EventKind {
  readonly level: Level;
  readonly fields: readonly string[];
  readonly says: string;
}

export const EVENTS = {
  environmentCreated: { level: "info", fields: ["environment"], says: "An environment was created." },
  environmentFailed: {
    level: "error",
    fields: ["environment", "inFlight"],
    says: "An environment failed; what was in its ring is undelivered.",
  },
  environmentUnresponsive: {
    level: "warning",
    fields: ["environment", "silentMs", "inFlight"],
    says: "An environment does not look at its ring though work waits; its bindings are suspended, and what they match is counted.",
  },
  environmentResumed: {
    level: "info",
    fields: ["environment"],
    says: "An unresponsive environment looks at its ring again and gets what its bindings match.",
  },
  environmentGrew: {
    level: "error",
    fields: ["environment", "kibibytes"],
    says: "An environment holds more memory outside its heap than is allowed, and is ended.",
  },
  environmentDestroyed: {
    level: "info",
    fields: ["environment"],
    says: "An environment was destroyed and has given back all that it held.",
  },
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventName = keyof typeof EVENTS;
