/** Looks into a capture, in a worker of its own: one pass, which ends as soon as all is there that was asked for. */
import { explainPacket, type FilterToExplain } from "../appliance/explanation.js";
import { type FrameFound, frameAt } from "../appliance/frame-at.js";
import { Pass, type PassConsumer, type PassFilters } from "../appliance/pass.js";
import { passFiltersOf } from "../appliance/texts.js";
import type { Verdicts } from "../dpf/batch.js";
import type { FilterLanguage } from "../filter/filter.js";
import { explanationOf } from "./explained.js";
import { detailOf, firstNumber, lineAt, lineOf } from "./packet.js";
import { type Refused, refusalOf } from "./pass-refusal.js";
import type { MatchReport, PacketDetail, PacketExplanation, PacketLine, PacketPage } from "./protocol.js";

export interface LookText {
  readonly text: string;
  readonly language: FilterLanguage;
  /** Link types of the capture's frames: a text that is wrong for one of them is refused before anything is read. */
  readonly linkTypes: readonly number[];
}

export type LookRequest =
  /** Without a filter all packets match. */
  | {
      readonly kind: "packets";
      readonly path: string;
      readonly filter: LookText | undefined;
      readonly from: number;
      readonly limit: number;
    }
  | { readonly kind: "packet"; readonly path: string; readonly number: number }
  | { readonly kind: "matches"; readonly path: string; readonly filter: LookText; readonly samples: number }
  | {
      readonly kind: "explain";
      readonly path: string;
      readonly number: number;
      readonly filters: readonly FilterToExplain[];
    };

export type LookAnswer =
  | { readonly kind: "packets"; readonly page: PacketPage }
  | { readonly kind: "packet"; readonly packet: PacketDetail }
  | { readonly kind: "matches"; readonly report: MatchReport }
  | { readonly kind: "explain"; readonly explanation: Omit<PacketExplanation, "total"> }
  | Refused;

/** Rejects with the system's error. */
export async function look(request: LookRequest): Promise<LookAnswer> {
  try {
    switch (request.kind) {
      case "packets":
        return { kind: "packets", page: await pageOf(request) };
      case "packet":
        return await packetOf(request);
      case "matches":
        return { kind: "matches", report: await matchesOf(request) };
      case "explain":
        return await explain(request);
    }
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === undefined) throw error;
    return refused;
  }
}

/** Throws WrongTexts. Without a text every packet matches. */
export function passFiltersFrom(filter: LookText | undefined): PassFilters {
  const { text, language, linkTypes } = filter ?? { text: "true", language: "dpf", linkTypes: [] };
  const passFilters = passFiltersOf([{ place: "", text, language }], "claim");
  for (const linkType of linkTypes) passFilters.compile(linkType);
  return passFilters;
}

type Ask<K extends LookRequest["kind"]> = Extract<LookRequest, { kind: K }>;

async function pageOf({ path, filter, from, limit }: Ask<"packets">): Promise<PacketPage> {
  const pass = new Pass(passFiltersFrom(filter));
  const page = new Page(pass, from, limit);
  await pass.run(path, page);
  return { packets: page.packets, next: page.next };
}

async function packetOf({ path, number }: Ask<"packet">): Promise<LookAnswer> {
  const found = await frameAt(path, number);
  if (found.frame === undefined) return noPacket(found);
  return { kind: "packet", packet: detailOf(found.frame, found.pass) };
}

async function explain({ path, number, filters }: Ask<"explain">): Promise<LookAnswer> {
  const found = await frameAt(path, number);
  if (found.frame === undefined) return noPacket(found);
  const explained = explanationOf(explainPacket(found.frame, filters));
  return { kind: "explain", explanation: { packet: lineOf(found.frame, found.pass), ...explained } };
}

async function matchesOf({ path, filter, samples }: Ask<"matches">): Promise<MatchReport> {
  const pass = new Pass(passFiltersFrom(filter));
  const matches = new Matches(pass, samples);
  await pass.run(path, matches);
  return { packets: pass.capture.packets, matches: matches.count, samples: matches.samples };
}

function noPacket({ packets }: FrameFound): Refused {
  return { kind: "refused", code: "E_NO_PACKET", detail: `it has ${packets}`, places: [] };
}

/** Matches from a number on, and the number of the one behind them. */
class Page implements PassConsumer {
  readonly packets: PacketLine[] = [];
  next: number | null = null;
  readonly #pass: Pass;
  readonly #from: number;
  readonly #limit: number;

  constructor(pass: Pass, from: number, limit: number) {
    this.#pass = pass;
    this.#from = from;
    this.#limit = limit;
  }

  get done(): boolean {
    return this.next !== null;
  }

  take(from: number, to: number, { winner }: Verdicts): void {
    const first = firstNumber(this.#pass);
    for (let row = Math.max(from, this.#from - first); row < to && !this.done; row++) {
      if (winner[row] === 0) continue;
      if (this.packets.length === this.#limit) this.next = first + row;
      else this.packets.push(lineAt(this.#pass, row));
    }
  }

  turn(): void {}
}

class Matches implements PassConsumer {
  count = 0;
  readonly samples: PacketLine[] = [];
  readonly #pass: Pass;
  readonly #most: number;

  constructor(pass: Pass, most: number) {
    this.#pass = pass;
    this.#most = most;
  }

  take(from: number, to: number, { winner }: Verdicts): void {
    for (let row = from; row < to; row++) {
      if (winner[row] === 0) continue;
      this.count++;
      if (this.samples.length < this.#most) this.samples.push(lineAt(this.#pass, row));
    }
  }

  turn(): void {}
}
