/**
 * Words that have a meaning behind one keyword only, and the numbers that they stand for: 802.11's frame control
 * (`type`, `subtype`, `dir`; IEEE 802.11 section 9.2.4.1), LLC's control field (`llc`; IEEE 802.2 section 5.4), pf's log
 * (`reason`, `action`). They are read in either case; lookups want lower case, and answer undefined for others.
 */

const FRAME_TYPES = { mgt: 0x00, management: 0x00, ctl: 0x04, control: 0x04, data: 0x08 } as const;

const MANAGEMENT = {
  assocreq: 0x00,
  "assoc-req": 0x00,
  assocresp: 0x10,
  "assoc-resp": 0x10,
  reassocreq: 0x20,
  "reassoc-req": 0x20,
  reassocresp: 0x30,
  "reassoc-resp": 0x30,
  probereq: 0x40,
  "probe-req": 0x40,
  proberesp: 0x50,
  "probe-resp": 0x50,
  beacon: 0x80,
  atim: 0x90,
  disassoc: 0xa0,
  disassociation: 0xa0,
  auth: 0xb0,
  authentication: 0xb0,
  deauth: 0xc0,
  deauthentication: 0xc0,
};

const CONTROL = { "ps-poll": 0xa0, rts: 0xb0, cts: 0xc0, ack: 0xd0, "cf-end": 0xe0, "cf-end-ack": 0xf0 };

const DATA = {
  data: 0x00,
  "data-cf-ack": 0x10,
  "data-cf-poll": 0x20,
  "data-cf-ack-poll": 0x30,
  null: 0x40,
  "cf-ack": 0x50,
  "cf-poll": 0x60,
  "cf-ack-poll": 0x70,
  "qos-data": 0x80,
  "qos-data-cf-ack": 0x90,
  "qos-data-cf-poll": 0xa0,
  "qos-data-cf-ack-poll": 0xb0,
  qos: 0xc0,
  "qos-cf-poll": 0xe0,
  "qos-cf-ack-poll": 0xf0,
};

const SUBTYPES: ReadonlyMap<number, Record<string, number>> = new Map<number, Record<string, number>>([
  [FRAME_TYPES.mgt, MANAGEMENT],
  [FRAME_TYPES.ctl, CONTROL],
  [FRAME_TYPES.data, DATA],
]);

const FRAME_DIRS = { nods: 0, tods: 1, fromds: 2, dstods: 3 };

/** Supervisory and unnumbered forms: the control field's octet without its P/F bit. */
const LLC_SUPERVISORY = { rr: 0x01, rnr: 0x05, rej: 0x09 };
const LLC_UNNUMBERED = { ui: 0x03, ua: 0x63, disc: 0x43, dm: 0x0f, sabme: 0x6f, test: 0xe3, xid: 0xaf, frmr: 0x87 };

const PF_REASONS = (
  "match bad-offset fragment short normalize memory bad-timestamp congestion ip-option proto-cksum state-mismatch " +
  "state-insert state-limit src-limit synproxy"
).split(" ");

const PF_ACTIONS = {
  pass: 0,
  accept: 0,
  drop: 1,
  block: 1,
  scrub: 2,
  noscrub: 3,
  nat: 4,
  nonat: 5,
  binat: 6,
  nobinat: 7,
  rdr: 8,
  nordr: 9,
  "synproxy-drop": 10,
};

/** In place: bits 2 and 3 of frame control's first octet. */
export function frameTypeOf(word: string): number | undefined {
  return own(FRAME_TYPES, word);
}

/** In place: bits 4 to 7. Undefined also where there is no such type. */
export function frameSubtypeOf(type: number, word: string): number | undefined {
  const subtypes = SUBTYPES.get(type);
  return subtypes && own(subtypes, word);
}

/** Type and subtype together, of the first type that has the word. */
export function frameKindOf(word: string): number | undefined {
  for (const [type, subtypes] of SUBTYPES) {
    const subtype = own(subtypes, word);
    if (subtype !== undefined) return type | subtype;
  }
  return undefined;
}

export function frameDirOf(word: string): number | undefined {
  return own(FRAME_DIRS, word);
}

export type LlcForm =
  | { readonly format: "i" | "s" | "u" }
  | { readonly format: "supervisory" | "unnumbered"; readonly control: number };

export function llcFormOf(word: string): LlcForm | undefined {
  if (word === "i" || word === "s" || word === "u") return { format: word };
  const supervisory = own(LLC_SUPERVISORY, word);
  if (supervisory !== undefined) return { format: "supervisory", control: supervisory };
  const unnumbered = own(LLC_UNNUMBERED, word);
  return unnumbered === undefined ? undefined : { format: "unnumbered", control: unnumbered };
}

export function pfReasonOf(word: string): number | undefined {
  const at = PF_REASONS.indexOf(word);
  return at < 0 ? undefined : at;
}

export function pfActionOf(word: string): number | undefined {
  return own(PF_ACTIONS, word);
}

function own(table: Readonly<Record<string, number>>, word: string): number | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
