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
  exceptionRaised: {
    level: "debug",
    fields: ["environment", "kind", "address", "place"],
    says: "An instruction of a downloaded environment could not be done, and its handler is called.",
  },
  activationKilled: {
    level: "warning",
    fields: ["environment", "cause", "used"],
    says: "An activation was ended: its fuel was used up.",
  },
  machineCheck: {
    level: "error",
    fields: ["environment", "cause"],
    says: "Generated code of a downloaded environment did what it never may; the environment was destroyed.",
  },
  environmentTold: {
    level: "debug",
    fields: ["environment", "a", "b", "c"],
    says: "A downloaded environment told this, for whoever debugs it.",
  },
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventName = keyof typeof EVENTS;
