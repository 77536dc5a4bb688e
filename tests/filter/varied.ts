/**
 * The library's filters with other addresses and ports: as many as are wanted, all different. What a text says of
 * addresses and ports is said of others, and then it is asked of some host, net or port besides, if it has to be.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { FilterLanguage } from "../../src/filter/filter.js";
import type { Chance } from "../seeded.js";

export interface VariedFilter {
  readonly name: string;
  /** The library's file that it was made of. */
  readonly file: string;
  readonly language: FilterLanguage;
  readonly text: string;
}

const FOLDER = "filters";
const LANGUAGES: Readonly<Record<string, FilterLanguage>> = { ".dpf": "dpf", ".pcap-filter": "pcap-filter" };
/** In the captures of the project, so that some of the filters match. */
const PORTS = [53, 80, 443, 22, 9, 7, 58_332, 50_756, 48_958, 54_321, 40_000];
const HOSTS = [
  "10.9.0.80",
  "10.9.0.13",
  "10.9.50.80",
  "10.9.50.11",
  "10.9.0.11",
  "10.9.9.80",
  "203.0.113.66",
  "10.9.20.1",
];

/** A filter's text without its comments, and in one line. */
function plain(text: string): string {
  return text.replace(/#.*$/gm, "").replace(/\s+/g, " ").trim();
}

/** All of one language, where it is named. */
export function variedFilters(count: number, chance: Chance, only?: FilterLanguage): VariedFilter[] {
  const files = readdirSync(FOLDER)
    .toSorted()
    .filter((file) => {
      const language = LANGUAGES[extname(file)];
      return language !== undefined && (only === undefined || language === only);
    });
  const texts = files.map((file) => plain(readFileSync(join(FOLDER, file), "utf8")));
  const seen = new Set<string>();
  const varied: VariedFilter[] = [];
  for (let at = 0; varied.length < count; at++) {
    const file = files[at % files.length] ?? "";
    const language = LANGUAGES[extname(file)] ?? "dpf";
    const original = texts[at % files.length] ?? "";
    const text = language === "dpf" ? variedAtoms(original, chance) : variedExpression(original, chance);
    if (seen.has(text)) continue;
    seen.add(text);
    const name = `${basename(file, extname(file))}-${varied.length}`;
    varied.push({ name, file, language, text });
  }
  return varied;
}

function port(chance: Chance): number {
  return chance.percent(40) ? chance.pick(PORTS) : 1 + chance.below(65_535);
}

function host(chance: Chance): string {
  if (chance.percent(40)) return chance.pick(HOSTS);
  return `10.${chance.below(20)}.${chance.below(256)}.${chance.below(256)}`;
}

/** The net of this width in which the address is. */
function net(address: string, bits: number): string {
  const word = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const masked = bits === 0 ? 0 : word - (word % 2 ** (32 - bits));
  return `${[24, 16, 8, 0].map((shift) => Math.floor(masked / 2 ** shift) % 256).join(".")}/${bits}`;
}

function variedExpression(text: string, chance: Chance): string {
  const other = text
    .replace(/\bport (\d+|[a-z-]+)/g, () => `port ${port(chance)}`)
    .replace(/\bportrange \d+-\d+/g, () => {
      const low = port(chance);
      return `portrange ${low}-${Math.min(low + chance.below(100), 65_535)}`;
    })
    .replace(/\d+\.\d+\.\d+\.\d+\/(\d+)/g, (_, bits: string) => net(host(chance), Number(bits)))
    .replace(/\d+\.\d+\.\d+\.\d+(?!\/|\.|\d)/g, () => host(chance));
  return other !== text && chance.percent(70) ? other : `(${other}) and ${besides(chance)}`;
}

function besides(chance: Chance): string {
  const direction = chance.pick(["", "src ", "dst "]);
  switch (chance.below(4)) {
    case 0:
      return `${direction}host ${host(chance)}`;
    case 1:
      return `${direction}net ${net(host(chance), 8 + chance.below(25))}`;
    case 2:
      return `${direction}port ${port(chance)}`;
    default:
      return `src host ${host(chance)} and dst host ${host(chance)}`;
  }
}

/** A port after the last shift is another; or each conjunction is asked of an address too, before it shifts. */
function variedAtoms(text: string, chance: Chance): string {
  const other = text.replace(/(\b[02]:16 == )(\d+)/g, (_, field: string) => `${field}${port(chance)}`);
  if (other !== text && chance.percent(70)) return other;
  const from = chance.pick([26, 30]);
  const [address = "", bits = ""] = net(host(chance), 8 + chance.below(25)).split("/");
  const word = address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  const mask = (2 ** 32 - 2 ** (32 - Number(bits))).toString(16);
  const asked = `${from}:32 & 0x${mask} == 0x${word.join("")}`;
  return other
    .split("||")
    .map((one) => (one.trim() === "true" ? asked : `${asked} && ${one.trim()}`))
    .join(" || ");
}
