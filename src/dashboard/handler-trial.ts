/** A handler tried on one packet: what it is tried on, and how the last trial went. Outlives its view, but not a reload. */
import { batch, signal } from "@preact/signals";
import type { HandlerRun, HandlerTrial } from "../control/protocol.js";
import { type AttachProblem, attachProblem, runHandler } from "./handler-bindings.js";
import { hexOf, type Walk, walkOf } from "./handler-steps.js";
import { RequestError, words } from "./http.js";
import { packetNumber } from "./packet-place.js";

export interface TrialForm {
  readonly on: "capture" | "octets" | "killer";
  readonly capture: string;
  /** As typed. */
  readonly packet: string;
  readonly octets: string;
  /** "": as much as the binding's budget, or the default one. */
  readonly fuel: string;
  /** Its state is as this binding's handler has it now; null: zeros. */
  readonly binding: number | null;
}

export interface Trial {
  readonly handler: string;
  /** That was run. */
  readonly text: string;
  readonly run: HandlerRun;
  readonly walk: Walk;
  /** Units that it had. */
  readonly budget: number;
}

export type TrialField = "capture" | "packet" | "octets" | "fuel";

export interface TrialProblem {
  readonly field: TrialField | null;
  readonly text: string;
}

/** What the kernel gives where nothing else is said. */
export const DEFAULT_FUEL = 2_000;

export const trialForm = signal<TrialForm>({
  on: "capture",
  capture: "",
  packet: "1",
  octets: "",
  fuel: "",
  binding: null,
});
export const trial = signal<Trial | null>(null);
export const trialProblem = signal<TrialProblem | null>(null);
export const trying = signal(false);
/** Index of the step that is looked at. */
export const step = signal(0);
/** The line that this step belongs to, and in which text; null while nothing is stepped. */
export const stepLine = signal<{ readonly text: string; readonly line: number } | null>(null);

/** The next trial is of a packet of a stored capture; with which state stays as it was chosen. */
export function tryOnPacket(capture: string, packet: number): void {
  trialForm.value = { ...trialForm.value, on: "capture", capture, packet: String(packet) };
}

/** What is asked for, or what is wrong with the form. */
export function trialOf(form: TrialForm, text: string, fuel: number): HandlerTrial | TrialProblem {
  const base = { text, fuel, ...(form.binding === null ? {} : { binding: form.binding }) };
  switch (form.on) {
    case "capture": {
      const packet = packetNumber(form.packet);
      if (form.capture === "") return { field: "capture", text: "No capture is stored: upload one, or give octets." };
      if (packet === null) return { field: "packet", text: "A packet's number counts from 1." };
      return { ...base, capture: form.capture, packet };
    }
    case "octets": {
      const octets = hexOf(form.octets);
      if (octets === null) return { field: "octets", text: "Octets are pairs of hex digits: 02 00 5e …" };
      return { ...base, octets };
    }
    case "killer":
      if (form.binding === null) return { field: null, text: "What killed it is a binding's: choose its state." };
      return { ...base, killer: true };
  }
}

/** Null where the text is no number of units. */
export function fuelOf(typed: string, budget: number): number | null {
  return typed.trim() === "" ? budget : packetNumber(typed);
}

/** Runs the text; the trial before stays in sight until there is another. `budget`: of the binding, where none is typed. */
export async function tryHandler(handler: string, text: string, budget: number): Promise<void> {
  const form = trialForm.value;
  const fuel = fuelOf(form.fuel, budget);
  const asked: HandlerTrial | TrialProblem =
    fuel === null ? { field: "fuel", text: "Fuel is a number of units." } : trialOf(form, text, fuel);
  trialProblem.value = null;
  if ("field" in asked) {
    trialProblem.value = asked;
    return;
  }
  trying.value = true;
  try {
    const run = await runHandler(asked);
    batch(() => {
      trial.value = { handler, text, run, walk: walkOf(run), budget: asked.fuel ?? budget };
      goToStep(0);
    });
  } catch (error) {
    trialProblem.value = isOfText(error)
      ? { field: null, text: words(error) }
      : trialFieldOf(attachProblem(error), form);
  } finally {
    trying.value = false;
  }
}

/** Errors of the text are no field's: they stand beneath the text. */
function isOfText(error: unknown): boolean {
  return error instanceof RequestError && error.code === "E_TEXT";
}

function trialFieldOf({ field, text }: AttachProblem, { on }: TrialForm): TrialProblem {
  if (field === "fuel") return { field, text };
  return { field: on === "capture" ? "packet" : on === "octets" ? "octets" : null, text };
}

/** To a step that there is. */
export function goToStep(wanted: number): void {
  const shown = trial.value;
  if (shown === null) return;
  const { walk, text } = shown;
  const next = Math.max(0, Math.min(walk.steps.length - 1, wanted));
  batch(() => {
    step.value = next;
    stepLine.value = { text, line: walk.lines[next] ?? 0 };
  });
}

export function forgetTrial(): void {
  batch(() => {
    trial.value = null;
    trialProblem.value = null;
    stepLine.value = null;
  });
}
