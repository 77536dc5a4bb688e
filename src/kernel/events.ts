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
    fields: ["environment"],
    says: "An environment failed; what was in its ring is undelivered.",
  },
  environmentDestroyed: {
    level: "info",
    fields: ["environment"],
    says: "An environment was destroyed and has given back all that it held.",
  },
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventName = keyof typeof EVENTS;
