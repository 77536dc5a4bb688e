/** `--handler FILE=FILTER[,TERM]…`. */
import type { ProfileAttachment } from "../appliance/profile.js";
import { budgetOf, budgetProblem } from "../kernel/budget.js";

/** A handler's file, the filter on whose bindings it is to go first, and how they have it. */
export interface HandlerOption {
  readonly file: string;
  readonly filter: string;
  readonly terms: HandlerTerms;
}

/** Which ports and environments there are the kernel knows. */
type HandlerTerms = Omit<ProfileAttachment, "handler">;

const SUFFIX = ".ash.ts";

/** How each is written, and what it says. */
export const HANDLER_TERMS: readonly (readonly [string, string])[] = [
  ["fuel=N", "units for a message"],
  ["share=N", "of the data plane's time, up to 1"],
  ["sends=N", "frames a second, by the packets' time"],
  ["port=N", "of a wire (240 is the first that --profile has): by which answers leave, since captures take none"],
  ["environments=A+B", "those that it may pass to, from 0"],
  ["clear-at-epoch", "state is zeros again when --loop begins anew"],
  ["no-transmit", "it may not send"],
];

/** What is wrong, as a sentence, where the text is none. */
export function handlerOption(text: string): HandlerOption | string {
  const named = text.indexOf(`${SUFFIX}=`);
  const at = named < 1 ? text.lastIndexOf("=") : named + SUFFIX.length;
  const [filter = "", ...terms] = text.slice(at + 1).split(",");
  if (at < 1 || filter === "") return `a handler is given as FILE=FILTER, and behind it perhaps ${everyTerm()}.`;
  let all: HandlerTerms = {};
  for (const term of terms) {
    const one = termOf(term);
    if (one === undefined) return `no term of a handler is ${term}: there are ${everyTerm()}.`;
    if (Object.keys(one).some((name) => name in all))
      return `${term} says anew what another term of this handler says.`;
    all = { ...all, ...one };
  }
  const problem = budgetProblem(budgetOf(all));
  if (problem !== undefined) return `${problem}.`;
  return { file: text.slice(0, at), filter, terms: all };
}

function everyTerm(): string {
  return HANDLER_TERMS.map(([form]) => `,${form}`).join(" ");
}

function termOf(text: string): HandlerTerms | undefined {
  if (text === "clear-at-epoch") return { clearAtEpoch: true };
  if (text === "no-transmit") return { transmit: false };
  const at = text.indexOf("=");
  const [name, value] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (name === "environments" && value !== "") return { environments: value.split("+") };
  const number = Number(value);
  const isNumber = name === "fuel" || name === "share" || name === "sends" || name === "port";
  return isNumber && value.trim() !== "" && Number.isFinite(number) ? { [name]: number } : undefined;
}
