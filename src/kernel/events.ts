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
  capabilityDerived: {
    level: "info",
    fields: ["capabilities", "environment"],
    says: "A capability was derived, so that there are so many; for an environment, or for nobody (-1).",
  },
  capabilityWeakened: {
    level: "info",
    fields: ["ended"],
    says: "A capability has less than before; so many below it would have been stronger and have ended.",
  },
  capabilitiesEnded: {
    level: "info",
    fields: ["ended", "bindings"],
    says: "Capabilities were revoked or are over, and with them the bindings that were made under them.",
  },
  bindingEnded: {
    level: "warning",
    fields: ["binding", "environment"],
    says: "A binding ended with the capability that it was made under: its packets go to others, or unclaimed.",
  },
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventName = keyof typeof EVENTS;
