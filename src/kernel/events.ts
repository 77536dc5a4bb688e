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
  sliceBegan: {
    level: "debug",
    fields: ["environment", "runs", "position"],
    says: "A slice began; who runs in it is its owner, or who keeps a call of its owner's.",
  },
  restGiven: {
    level: "debug",
    fields: ["from", "to", "fuel"],
    says: "The rest of a slice was given to an environment.",
  },
  sliceForfeited: {
    level: "info",
    fields: ["environment", "fuel", "owes"],
    says: "An environment that had run beyond its time paid with time that it was given.",
  },
  activationCutOff: {
    level: "warning",
    fields: ["environment", "cause", "used"],
    says: "An activation did not come to its end and was cut off.",
  },
  greedyDestroyed: {
    level: "error",
    fields: ["environment", "owes", "cutOff"],
    says: "An environment went so far beyond its time, or so often to the end of it, that it is destroyed.",
  },
  callKept: {
    level: "debug",
    fields: ["caller", "callee"],
    says: "A callee keeps a call: it has its caller's slices until it gives the call back.",
  },
  callGivenBack: {
    level: "debug",
    fields: ["caller", "callee", "how"],
    says: "A call that was kept came back, by its callee (0) or by the callee's end (1).",
  },
  wokenUp: { level: "debug", fields: ["environment", "tag"], says: "A wakeup predicate fired." },
  wakeupPageTaken: {
    level: "warning",
    fields: ["environment", "page"],
    says: "A page that a wakeup predicate reads was taken; the predicate fires and reads no more.",
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
