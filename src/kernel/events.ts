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
  portMade: { level: "info", fields: ["port"], says: "A port was made that frames can be sent to." },
  portEnded: { level: "info", fields: ["port"], says: "A port was ended; what was in flight on it never arrives." },
  portFailed: { level: "error", fields: ["port"], says: "A port's file can be written no more; the port is closed." },
  frameRefused: {
    level: "debug",
    fields: ["environment", "port", "cause"],
    says: "A frame was not sent; causes are numbered as in the books.",
  },
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventName = keyof typeof EVENTS;
