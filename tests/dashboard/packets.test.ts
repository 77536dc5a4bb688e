/** What of the view Packets is plain calculation: places, fields and octets, long lists, pages, explanations. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type {
  FilterExplanation,
  PacketLayer,
  PacketLine,
  PacketPage,
  TermExplanation,
} from "../../src/control/protocol.js";
import { chosenOf, furthestFirst, inOrder, loadWords, segmentsOf, UNNAMED } from "../../src/dashboard/explain.js";
import { pointAt, pointingWords, pointTo, rangeWords } from "../../src/dashboard/fields.js";
import { MatchListing, PAGE, WholeListing } from "../../src/dashboard/listing.js";
import { filterName, nameProblem } from "../../src/dashboard/names.js";
import { NOWHERE, packetNumber, packetSelection, parsePacketPlace } from "../../src/dashboard/packet-place.js";
import { MOST_HEIGHT, scrollTo, windowOf } from "../../src/dashboard/parts/window.js";

describe("a place in a capture", () => {
  test.each([
    ["", NOWHERE],
    ["demo.pcap", { ...NOWHERE, capture: "demo.pcap" }],
    ["demo.pcap/17", { ...NOWHERE, capture: "demo.pcap", number: 17 }],
    ["demo.pcap//web", { ...NOWHERE, capture: "demo.pcap", filter: "web" }],
    ["demo.pcap/17//explain", { ...NOWHERE, capture: "demo.pcap", number: 17, part: "explain" }],
    ["d/1/web/explain/dns", { capture: "d", number: 1, filter: "web", part: "explain", chosen: "dns" }],
  ] as const)("%s is read and written", (selection, place) => {
    expect(parsePacketPlace(selection)).toEqual(place);
    expect(packetSelection(place)).toBe(selection);
  });

  test("what is no number chooses none", () => {
    for (const wrong of ["0", "-3", "1e3", "x", "", "9".repeat(20), "1.5x"]) expect(packetNumber(wrong)).toBeNull();
    expect(packetNumber(" 12\u202f345 ")).toBe(12_345);
    expect(parsePacketPlace("demo.pcap/zero/web")).toEqual({ ...NOWHERE, capture: "demo.pcap", filter: "web" });
  });
});

const field = (name: string, from: number, to: number, mask: number | null = null) => ({
  name,
  label: name.toUpperCase(),
  from,
  to,
  mask,
  value: `of ${name}`,
  filter: null,
});
const LAYERS: readonly PacketLayer[] = [
  { name: "eth", label: "Ethernet", from: 0, to: 14, cut: false, fields: [field("dst", 0, 6), field("type", 12, 14)] },
  {
    name: "ip",
    label: "IPv4",
    from: 14,
    to: 34,
    cut: false,
    fields: [field("version", 14, 15, 0xf0), field("length", 14, 15, 0x0f), field("all", 14, 34)],
  },
];

describe("fields and octets", () => {
  test("an octet lights the narrowest field that has it, all of those that share it, or its layer", () => {
    expect(pointAt(LAYERS, 13)).toEqual({ keys: [{ layer: 0, field: 1 }], ranges: [{ from: 12, to: 14 }] });
    expect(pointAt(LAYERS, 14).keys).toEqual([
      { layer: 1, field: 0 },
      { layer: 1, field: 1 },
    ]);
    expect(pointAt(LAYERS, 20).keys).toEqual([{ layer: 1, field: 2 }]);
    expect(pointAt(LAYERS, 8)).toEqual({ keys: [{ layer: 0, field: null }], ranges: [{ from: 0, to: 14 }] });
    expect(pointAt(LAYERS, 99)).toEqual({ keys: [], ranges: [{ from: 99, to: 100 }] });
  });

  test("a field lights its octets, and one without octets none", () => {
    expect(pointTo(LAYERS, { layer: 1, field: null }).ranges).toEqual([{ from: 14, to: 34 }]);
    expect(pointTo([{ ...LAYERS[0]!, fields: [field("x", 3, 3)] }], { layer: 0, field: 0 }).ranges).toEqual([]);
  });

  test("there and back: every octet of a field leads to a field that lights that octet", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), (at) => {
        const { keys, ranges } = pointAt(LAYERS, at);
        expect(ranges.some(({ from, to }) => at >= from && at < to)).toBe(true);
        for (const key of keys) expect(pointTo(LAYERS, key).ranges).toEqual(ranges);
      }),
    );
  });

  test("are said in words", () => {
    expect(pointingWords(LAYERS, pointAt(LAYERS, 14))).toBe(
      "VERSION (version): of version · LENGTH (length): of length",
    );
    expect(pointingWords(LAYERS, pointAt(LAYERS, 8))).toBe("Ethernet");
    expect([rangeWords({ from: 3, to: 4 }), rangeWords({ from: 3, to: 6 })]).toEqual(["octet 3", "octets 3–5"]);
  });
});

describe("a long list", () => {
  const lists = fc.record({
    count: fc.integer({ min: 1, max: 5_000_000 }),
    view: fc.integer({ min: 30, max: 2000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    row: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  });

  test("draws what is in sight, wherever it is scrolled, and no box is too high", () => {
    fc.assert(
      fc.property(lists, ({ count, view, part }) => {
        const whole = windowOf({ top: 0, view }, count, 26);
        expect(whole.height).toBeLessThanOrEqual(MOST_HEIGHT);
        const top = part * Math.max(0, whole.height - view);
        const seen = windowOf({ top, view }, count, 26);
        // From the first pixel to the last there is a row, unless the list ends before.
        expect(seen.topOf(seen.first)).toBeLessThanOrEqual(top + 0.01);
        const end = seen.topOf(seen.last);
        expect(seen.last === count || end >= top + view - 0.01).toBe(true);
        expect(seen.last - seen.first).toBeLessThan(view / 26 + 20);
      }),
    );
  });

  test("every row can be brought in sight, and is not moved where it is", () => {
    fc.assert(
      fc.property(lists, ({ count, view, row: fraction, part }) => {
        const row = Math.floor(fraction * count);
        const { height } = windowOf({ top: 0, view }, count, 26);
        const scrolled = { top: part * Math.max(0, height - view), view };
        const top = scrollTo(row, scrolled, count, 26) ?? scrolled.top;
        const seen = windowOf({ top, view }, count, 26);
        expect(seen.topOf(row)).toBeGreaterThanOrEqual(top - 0.01);
        expect(seen.topOf(row) + 26).toBeLessThanOrEqual(top + view + 0.01);
        expect(Math.abs((scrollTo(row, { top, view }, count, 26) ?? top) - top)).toBeLessThan(0.01);
      }),
    );
  });
});

const line = (number: number): PacketLine => ({
  number,
  time: null,
  captured: 60,
  wire: 60,
  linkType: 1,
  line: `packet ${number}`,
});

/** An appliance with so many packets, of which every `step`th matches. */
function appliance(packets: number, step = 1) {
  const asked: number[] = [];
  const fetchPage = (from: number, limit: number, stop: AbortSignal): Promise<PacketPage> => {
    asked.push(from);
    const numbers = Array.from({ length: packets }, (_, index) => index + 1).filter(
      (number) => number >= from && number % step === 0,
    );
    const next = numbers[limit] ?? null;
    const page = { packets: numbers.slice(0, limit).map(line), next };
    return new Promise((resolve, reject) => {
      stop.addEventListener("abort", () => reject(new Error("aborted")));
      setTimeout(() => resolve(page), 5);
    });
  };
  return { asked, fetchPage };
}

const PATIENCE = { timeout: 5_000 };

describe("pages of packets", () => {
  test("all packets: what is in sight is fetched, once, and every place has its number before it is there", async () => {
    const { asked, fetchPage } = appliance(100_000);
    const listing = new WholeListing(100_000, fetchPage);
    expect([listing.count, listing.numberAt(70_000), listing.rowOf(100_001)]).toEqual([100_000, 70_001, undefined]);
    listing.want(0, 40);
    await expect.poll(() => listing.lineAt(0)?.line, PATIENCE).toBe("packet 1");
    listing.want(PAGE * 500 - 10, PAGE * 500 + 10);
    await expect.poll(() => listing.lineAt(PAGE * 500)?.number, PATIENCE).toBe(PAGE * 500 + 1);
    await expect.poll(() => listing.lineAt(PAGE * 500 - 1)?.number, PATIENCE).toBe(PAGE * 500);
    listing.want(5, 45);
    expect(asked).toEqual([1, PAGE * 499 + 1, PAGE * 500 + 1]);
  });

  test("all packets: pages that fly past are not asked for, and an error is told until it is tried again", async () => {
    const { asked, fetchPage } = appliance(100_000);
    let broken = true;
    const listing = new WholeListing(100_000, (from, limit, stop) =>
      broken ? Promise.reject(new Error("no appliance")) : fetchPage(from, limit, stop),
    );
    listing.want(0, 40);
    await expect.poll(() => listing.error.value, PATIENCE).toBe("no appliance");
    broken = false;
    listing.retry();
    await expect.poll(() => listing.lineAt(0)?.number, PATIENCE).toBe(1);
    expect(listing.error.value).toBeNull();
    for (let page = 10; page <= 400; page += 10) listing.want(page * PAGE, page * PAGE + 30);
    await expect.poll(() => listing.lineAt(400 * PAGE)?.number, PATIENCE).toBe(400 * PAGE + 1);
    expect(asked).toEqual([1, 400 * PAGE + 1]);
  });

  test("matching packets: page after page as they come in sight, to the last", async () => {
    const { asked, fetchPage } = appliance(1000, 3);
    const listing = new MatchListing(1, fetchPage);
    expect(listing.count).toBe(0);
    listing.want(0, 40);
    await expect.poll(() => listing.count, PATIENCE).toBe(2 * PAGE);
    expect([listing.numberAt(0), listing.rowOf(6), listing.rowOf(7), listing.next]).toEqual([3, 1, undefined, 603]);
    listing.want(0, 30);
    listing.want(PAGE, 300);
    await expect.poll(() => listing.next, PATIENCE).toBeNull();
    expect([listing.count, listing.numberAt(332), asked.length]).toEqual([333, 999, 4]);
  });

  test("matching packets: a page that leads nowhere ends the list", async () => {
    const listing = new MatchListing(5, () => Promise.resolve({ packets: [line(5)], next: 5 }));
    listing.want(0, 40);
    await expect.poll(() => listing.next, PATIENCE).toBeNull();
    expect(listing.count).toBe(1);
  });
});

const filter = (name: string, matches: boolean): FilterExplanation => ({
  name,
  language: "dpf",
  matches,
  conjunctions: [],
  residual: null,
  terms: [],
  notes: [],
});
const term = (text: string, start: number, outcome: TermExplanation["outcome"] = "true"): TermExplanation => ({
  text,
  start,
  end: start + text.length,
  outcome,
  loads: [],
});

describe("an explanation", () => {
  test("what is written comes first, then the winner, then what matches", () => {
    const filters = [filter("a", false), filter("b", true), filter("c", true), filter(UNNAMED, false)];
    const order = inOrder({ packet: line(1), winner: "c", reason: "", filters, total: 3 });
    expect(order.map(({ name }) => name)).toEqual([UNNAMED, "c", "b", "a"]);
    expect([chosenOf(order, "a")?.name, chosenOf(order, "gone")?.name]).toEqual(["a", "c"]);
    expect(chosenOf([filter(UNNAMED, true)], "")?.name).toBe(UNNAMED);
  });

  test("a text is cut at its primitives and loses nothing", () => {
    const text = "(udp and port 53) or net 10.0.0.0/8";
    const segments = segmentsOf(text, [term("port 53", 9), term("udp", 1), term("net 10.0.0.0/8", 21)]);
    expect(segments.map((one) => one.text)).toEqual(["(", "udp", " and ", "port 53", ") or ", "net 10.0.0.0/8"]);
    expect(segments.map(({ term: found }) => found !== null)).toEqual([false, true, false, true, false, true]);
  });

  test("terms that do not lie in the text, or in one another, are left out", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.tuple(fc.nat(20), fc.string({ maxLength: 8 }))), (text, terms) => {
        const segments = segmentsOf(
          text,
          terms.map(([start, own]) => term(own, start)),
        );
        expect(segments.map((one) => one.text).join("")).toBe(text);
      }),
    );
  });

  test("of conjunctions the one that matches comes first, then the one that came furthest, with where it failed", () => {
    const atom = (text: string, outcome: "holds" | "differs" | "not-reached") => ({
      text,
      from: null,
      to: null,
      found: null,
      wanted: "",
      outcome,
    });
    const conjunction = (matches: boolean, ...atoms: ReturnType<typeof atom>[]) => ({ matches, bits: 8, atoms });
    const walked = furthestFirst([
      conjunction(false, atom("a", "differs"), atom("b", "not-reached")),
      conjunction(false, atom("c", "holds"), atom("d", "differs")),
      conjunction(true, atom("e", "holds")),
    ]);
    expect(walked.map(({ place, failed }) => [place, failed?.text])).toEqual([
      [3, undefined],
      [2, "d"],
      [1, "a"],
    ]);
  });

  test("what a primitive read is said, also where it was not captured", () => {
    const loads = [
      { from: 36, to: 38, value: 443 },
      { from: 90, to: 91, value: null },
    ];
    expect(loadWords({ ...term("x", 0), loads })).toBe("octets 36–37 = 443 (0x1bb), octet 90: not captured");
  });
});

test("a filter's name comes from its text, and is one that the store takes", () => {
  expect(filterName("tcp dst port 80")).toBe("tcp-dst-port-80");
  expect(filterName("ip6 src 2001:db8::1")).toBe("ip6-src-2001-db8-1");
  fc.assert(fc.property(fc.string(), (text) => nameProblem(filterName(text)) === null));
});
