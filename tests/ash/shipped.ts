/** The handlers of filters/, each with its filter and what its first lines say of it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Filter } from "../../src/dpf/atom.js";
import { matches } from "../../src/dpf/brute.js";
import { compileText, type FilterLanguage } from "../../src/filter/filter.js";
import type { LinkedMessage } from "./linked-machine.js";

const FOLDER = "filters";
const END = ".ash.ts";
/** Of a handler without a filter of its own. */
const EVERYTHING = "every-packet.dpf";
/** A binding's, unless told. */
const DEFAULT_FUEL = 2000;

const FUEL =
  /^\/\/ Fuel: ([\d,]+) a message, ([\d,]+) at most, on (?:(.+) of )?captures\/(\S+)\.(?: Bind it with ([\d,]+)\.)?$/m;

export interface Shipped {
  readonly name: string;
  readonly text: string;
  readonly purpose: string;
  readonly fuel: SaidFuel;
}

/** What it says that it takes, of which packets of which capture, and with which budget it is to be bound. */
export interface SaidFuel {
  readonly median: number;
  readonly most: number;
  /** A pcap-filter; empty: its own filter. */
  readonly of: string;
  readonly capture: string;
  readonly budget: number;
}

export function shippedHandlers(): Shipped[] {
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith(END))
    .map((file) => file.slice(0, -END.length));
  return names.toSorted().map(shipped);
}

export function shipped(name: string): Shipped {
  const text = readFileSync(`${FOLDER}/${name}${END}`, "utf8");
  const said = FUEL.exec(text);
  if (said === null) throw new Error(`${name} does not say what it takes of fuel`);
  const [line, median, most, of = "", capture = "", budget = `${DEFAULT_FUEL}`] = said;
  const purpose = text.slice(0, text.indexOf(line));
  return {
    name,
    text,
    purpose,
    fuel: { median: numeral(median), most: numeral(most), of, capture, budget: numeral(budget) },
  };
}

function numeral(text = ""): number {
  return Number(text.replaceAll(",", ""));
}

/** Whether its filter, or another, matches. */
export function matcher({ name }: Pick<Shipped, "name">, of = ""): (message: LinkedMessage) => boolean {
  const filter = of === "" ? filterBeside(name) : compiled(of, "pcap-filter");
  return ({ octets, wire }) => matches(filter, octets, 0, octets.length, undefined, { wire, link: 1 });
}

function filterBeside(name: string): Filter {
  for (const language of ["pcap-filter", "dpf"] as const) {
    const path = `${FOLDER}/${name}.${language}`;
    if (existsSync(path)) return compiled(readFileSync(path, "utf8"), language);
  }
  return compiled(readFileSync(`${FOLDER}/${EVERYTHING}`, "utf8"), "dpf");
}

function compiled(text: string, language: FilterLanguage): Filter {
  const result = compileText(text, language);
  if (!result.ok) throw new Error(`${text}: ${JSON.stringify(result.errors[0])}`);
  return result.filter;
}
