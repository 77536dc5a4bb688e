/**
 * The catalogue of what the kernel tells: every event that there is, with its level, the names of its fields (numbers, at
 * most four), one sentence that says what has happened, and what a field's numbers are called, where they have names.
 */
import { HANDLER_FAULTS } from "../vcode/handler.js";
import { RESOURCES } from "./abi.js";
import { SEND_CAUSES } from "./books.js";

export const LEVELS = ["error", "warning", "info", "debug"] as const;
export type Level = (typeof LEVELS)[number];

export interface EventKind {
  readonly level: Level;
  readonly fields: readonly string[];
  readonly says: string;
  /** By field: names by number; "" where there is none. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
}

const RESOURCE = { resource: RESOURCES };

export const EVENTS = {
  epochBegan: { level: "info", fields: ["epoch"], says: "An epoch began: rings were drained and environments told." },
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
  environmentLate: {
    level: "warning",
    fields: ["environment"],
    says: "An environment missed a deadline and is not waited for until it has caught up.",
  },
  ringLied: { level: "error", fields: ["environment"], says: "An environment gave back what it never had." },
  bindingBegan: {
    level: "info",
    fields: ["binding", "environment"],
    says: "A binding receives from the next packet on.",
  },
  bindingChanged: { level: "info", fields: ["binding"], says: "A binding has another filter from the next packet on." },
  bindingEnded: { level: "info", fields: ["binding", "environment"], says: "A binding receives nothing any more." },
  programInstalled: { level: "debug", fields: [], says: "A change of the merged filter program was installed." },
  demuxRepaired: {
    level: "error",
    fields: ["repairs", "all"],
    says: "Somebody had written over tables of the merged filter program; they were laid out anew and the frames judged again.",
  },
  compilerStuck: {
    level: "warning",
    fields: [],
    says: "The compile worker missed its deadline and is to be replaced.",
  },
  revocationAsked: {
    level: "info",
    fields: ["environment", "resource", "count", "deadlineMs"],
    says: "The kernel asked an environment to give back so many.",
    words: RESOURCE,
  },
  revocationAnswered: {
    level: "info",
    fields: ["environment", "resource", "given", "left"],
    says: "An environment gave back some of what it was asked for.",
    words: RESOURCE,
  },
  revocationLate: {
    level: "warning",
    fields: ["environment", "resource", "count"],
    says: "An environment answered when its time was over: what it offered had been taken.",
    words: RESOURCE,
  },
  revocationTaken: {
    level: "warning",
    fields: ["environment", "resource", "taken", "left"],
    says: "The deadline passed, or nobody was left to answer, and the rest was taken by force.",
    words: RESOURCE,
  },
  repossessionWritten: {
    level: "warning",
    fields: ["environment", "resource", "name", "count"],
    says: "A loss was written into an environment's repossession vector.",
    words: RESOURCE,
  },
  repossessionTold: {
    level: "warning",
    fields: ["environment", "resource", "losses"],
    says: "An environment was told that its repossession vector has something new.",
    words: RESOURCE,
  },
  packetPressure: {
    level: "warning",
    fields: ["environment", "segments"],
    says: "The NIC found no free segment: the environment that holds most of them was chosen to be asked.",
  },
  pagePressure: {
    level: "warning",
    fields: ["environment", "pages", "wantedBy", "lack"],
    says: "An allocation found too few free pages: the environment that holds most, beyond what is guaranteed, was chosen to be asked.",
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
  bindingLost: {
    level: "warning",
    fields: ["binding", "environment"],
    says: "A binding ended with the capability that it was made under: its packets go to others, or unclaimed.",
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
  portMade: { level: "info", fields: ["port"], says: "A port was made that frames can be sent to." },
  portEnded: { level: "info", fields: ["port"], says: "A port was ended; what was in flight on it never arrives." },
  portFailed: { level: "error", fields: ["port"], says: "A port's file can be written no more; the port is closed." },
  handlerBound: {
    level: "info",
    fields: ["binding", "environment"],
    says: "A handler goes first on what a binding matches.",
  },
  handlerSwapped: {
    level: "info",
    fields: ["binding", "kept"],
    says: "A binding's handler was replaced; its state was kept (1), or begins anew (0).",
  },
  handlerSwapUndone: {
    level: "info",
    fields: ["binding"],
    says: "A binding's handler is the one from before it was replaced, as that was.",
  },
  handlerEnded: { level: "info", fields: ["binding"], says: "A binding has no handler any more." },
  handlerKilled: {
    level: "warning",
    fields: ["binding", "environment", "reason", "offset"],
    says: "A message killed its handler, and goes the normal way; offset: of the handler's text, where the fault is told of one.",
    words: { reason: ["", ...HANDLER_FAULTS], offset: ["none"] },
  },
  handlerUnbound: {
    level: "error",
    fields: ["binding", "environment", "killed"],
    says: "A handler was killed by so many messages in a row, and is unbound; its state stays.",
  },
  handlerThrottled: {
    level: "warning",
    fields: ["binding", "owedMicroseconds"],
    says: "A handler has used up its share of the time: messages go the normal way until it has some again.",
  },
  frameRefused: {
    level: "debug",
    fields: ["environment", "port", "cause"],
    says: "A frame was not sent.",
    words: { cause: SEND_CAUSES },
  },
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventName = keyof typeof EVENTS;
