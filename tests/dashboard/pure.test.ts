/** What else of the page is plain calculation: timelines, names, the books, CSV, addresses, colours. */
import { describe, expect, test } from "vitest";
import type { Books, Capture } from "../../src/control/protocol.js";
import { hashOf, parsePlace } from "../../src/dashboard/address.js";
import { equations, isBalanced } from "../../src/dashboard/balance.js";
import { colourProperty, dashOf } from "../../src/dashboard/colour.js";
import { toCsv } from "../../src/dashboard/csv.js";
import { captureName, freeName, nameProblem } from "../../src/dashboard/names.js";
import { fitting, leastWidth } from "../../src/dashboard/parts/columns.js";
import { columnsOf, fractionOf, mergeTimelines, timeAt } from "../../src/dashboard/slots.js";
import { NOWHERE, parseTracePlace, traceSelection } from "../../src/dashboard/trace-place.js";

function capture(name: string, first: bigint | null, last: bigint | null, timeline: readonly number[]): Capture {
  return {
    name,
    octets: 0,
    sha256: "",
    uploaded: "",
    info: {
      format: "pcap",
      packets: timeline.reduce((a, b) => a + b, 0),
      linktypes: {},
      first_ts: first === null ? null : String(first),
      last_ts: last === null ? null : String(last),
      truncated: false,
      damage: [],
    },
    timeline,
  };
}

describe("timelines", () => {
  test("of one capture is its own; of none, or of one without times, there is none", () => {
    expect(mergeTimelines([capture("a", 5n, 15n, [1, 2])])?.slots).toEqual([1, 2]);
    expect(mergeTimelines([])).toBeNull();
    expect(mergeTimelines([capture("a", null, null, [])])).toBeNull();
  });

  test("of several lie on one axis and lose no packet", () => {
    const line = mergeTimelines([capture("a", 0n, 100n, [10, 10]), capture("b", 900n, 1000n, [5, 0, 5])]);
    expect([line?.first, line?.last, line?.packets]).toEqual([0n, 1000n, 30]);
    expect(line?.slots.reduce((a, b) => a + b, 0)).toBe(30);
    expect(line?.slots.slice(60, 460).every((count) => count === 0)).toBe(true);
  });

  test("fractions and times are each other's inverse, also where all packets have one time", () => {
    const line = mergeTimelines([capture("a", 1_000_000_000n, 3_000_000_000n, [1])]);
    const one = mergeTimelines([capture("a", 7n, 7n, [1])]);
    if (line === null || one === null) throw new Error("no timeline");
    expect(timeAt(line, 0.5)).toBe(2_000_000_000n);
    expect(fractionOf(line, 2_500_000_000n)).toBe(0.75);
    expect([fractionOf(line, 0n), fractionOf(line, 9_000_000_000n)]).toEqual([0, 1]);
    expect([fractionOf(one, 7n), timeAt(one, 0.3)]).toEqual([1, 7n]);
  });

  test("columns add slots up or repeat them", () => {
    expect([...columnsOf([1, 2, 3, 4], 2)]).toEqual([3, 7]);
    expect([...columnsOf([1, 2], 4)]).toEqual([1, 1, 2, 2]);
    expect([...columnsOf([], 3)]).toEqual([0, 0, 0]);
  });
});

describe("columns of a table", () => {
  const columns = [
    { width: "minmax(5rem, 1fr)" },
    { width: "6rem", from: 300 },
    { width: "4rem", from: 200 },
    { width: "4rem", from: 300 },
  ];
  const shown = (width: number) =>
    fitting(columns, { width, gap: 10, edges: 20, rem: 16 }).map((one) => columns.indexOf(one));

  test("the least important ones go first, and nothing is cut where it can be helped", () => {
    expect([shown(400), shown(353), shown(200), shown(190), shown(20)]).toEqual([
      [0, 1, 2, 3],
      [0, 2],
      [0, 2],
      [0],
      [0],
    ]);
  });

  test("need their tracks, the gaps between them, and the edges", () => {
    expect(leastWidth(columns, { width: 0, gap: 10, edges: 20, rem: 16 })).toBe(19 * 16 + 30 + 20);
  });
});

describe("names", () => {
  test("of dropped files become names that the store takes", () => {
    const cases = ["Web Traffic (1).PCAP", "../../etc/passwd", "Ünïcode.pcapng.gz", "...", `${"x".repeat(90)}.pcap.gz`];
    const names = cases.map(captureName);
    expect(names.slice(0, 4)).toEqual(["web-traffic-1-.pcap", "etc-passwd", "u-ni-code.pcapng.gz", "capture.pcap"]);
    expect(names[4]).toMatch(/^x+\.pcap\.gz$/);
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,63}$/);
  });

  test("a free one keeps the extension", () => {
    expect(freeName("a.pcap", new Set())).toBe("a.pcap");
    expect(freeName("a.pcap", new Set(["a.pcap", "a-2.pcap"]))).toBe("a-3.pcap");
    expect(freeName("a.pcapng.gz", new Set(["a.pcapng.gz"]))).toBe("a-2.pcapng.gz");
  });

  test("problems are told in words", () => {
    expect(nameProblem("web-4.x_y")).toBeNull();
    for (const wrong of ["", "-a", "Web", "a b", "x".repeat(65)]) expect(nameProblem(wrong), wrong).not.toBeNull();
  });
});

describe("the books", () => {
  const books: Books = {
    offered: 110,
    received: 100,
    dropped: { noSegment: 10 },
    claimed: 40,
    tappedOnly: 35,
    unclaimed: 25,
    taps: 50,
    consumed: 5,
    delivered: 80,
    undelivered: { ringFull: 3, environmentFailed: 0 },
    inFlight: 2,
    balanced: true,
  };

  test("balance where every equation does and the appliance says so", () => {
    expect(isBalanced(books)).toBe(true);
    expect(isBalanced({ ...books, balanced: false })).toBe(false);
  });

  test("a difference is found where it is, with its sign", () => {
    const off = equations({ ...books, unclaimed: 30 });
    expect(off.map((line) => line.difference)).toEqual([0, -5, 0]);
    expect(isBalanced({ ...books, inFlight: 1 })).toBe(false);
  });

  test("causes are named, the ones that never occurred are not", () => {
    const [offered, , deliveries] = equations(books);
    expect(offered?.right.map((term) => term.name)).toEqual(["received", "dropped: no segment"]);
    expect(deliveries?.right.map((term) => term.name)).toContain("undelivered: ring full");
    expect(deliveries?.right.map((term) => term.name)).not.toContain("undelivered: environment failed");
  });
});

test("CSV quotes what it must and keeps formulas texts", () => {
  expect(
    toCsv(
      ["a,b", "c"],
      [
        ['say "x"', 1],
        ["=1+1", -2],
      ],
    ),
  ).toBe('"a,b",c\r\n"say ""x""",1\r\n\'=1+1,-2\r\n');
});

describe("addresses", () => {
  test("a view and its selection", () => {
    expect(parsePlace("#filters/dns.v6")).toEqual({ view: "filters", selection: "dns.v6" });
    expect(parsePlace(hashOf("filters", "a/b c"))).toEqual({ view: "filters", selection: "a/b c" });
    expect(parsePlace(hashOf("packets", "a.pcap/17//explain"))).toEqual({
      view: "packets",
      selection: "a.pcap/17//explain",
    });
    expect(parsePlace("#streams")).toEqual({ view: "streams", selection: "" });
  });
  test("what is none is home", () => {
    for (const hash of ["", "#", "#nonsense/x", "#token=abc"]) expect(parsePlace(hash).view).toBe("way");
    expect(parsePlace("#filters/%E0%A4%A")).toEqual({ view: "filters", selection: "" });
  });

  test("of the trace: environment, kinds that are hidden, letters", () => {
    const hidden = new Set(["sliceBegan", "wokenUp"]);
    const places = [
      NOWHERE,
      { environment: 3, hidden, text: "a/b c" },
      { environment: null, hidden, text: "" },
      { environment: 0, hidden: new Set<string>(), text: "web" },
    ];
    const selections = ["", "3/sliceBegan,wokenUp/a/b c", "/sliceBegan,wokenUp", "0//web"];
    expect(places.map(traceSelection)).toEqual(selections);
    expect(selections.map(parseTracePlace)).toEqual(places);
    expect(parseTracePlace("exos/,,")).toEqual(NOWHERE);
  });
});

test("eight colours, then the same ones with another dash", () => {
  expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map(colourProperty)).size).toBe(8);
  expect(colourProperty(9)).toBe(colourProperty(1));
  expect(dashOf(9)).not.toEqual(dashOf(1));
});
