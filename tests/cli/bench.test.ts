/** The benches: what they print, and that everything they compare gives the same verdicts. Nothing is asserted on time. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Price } from "../../src/cli/baseline/work.js";
import { type Contestant, checkVerdicts, ratioOf, timeOf } from "../../src/cli/bench-contest.js";
import { engineTables } from "../../src/cli/bench-engines.js";
import { OPERATION_NAMES } from "../../src/cli/bench-operations.js";
import { Peers } from "../../src/cli/bench-peers.js";
import { addressesFor, addressIn, maskOf, prefixSet } from "../../src/cli/bench-prefix-set.js";
import { suiteText } from "../../src/cli/bench-print.js";
import { cyclesOf, sospTables } from "../../src/cli/bench-sosp.js";
import {
  cliffsOf,
  contestantsOf,
  judgesOf,
  openStation,
  type Station,
  stationTables,
} from "../../src/cli/bench-stations.js";
import {
  absentOf,
  atLeast,
  atMost,
  figuresOf,
  isMissed,
  median,
  type Suite,
  type Table,
} from "../../src/cli/figure.js";
import { Chance } from "../seeded.js";
import { exonet } from "./command.js";

const SUITE: Suite = {
  name: "demo",
  about: ["Two engines."],
  tables: [
    {
      title: "ns a packet",
      columns: ["1 filter", "10 filters"],
      rows: [
        { name: "ours", cells: [{ value: 3.14851, unit: "ns" }, atMost(12345.6, "ns", 59_999)] },
        { name: "a peer", cells: ["not here", atMost(4.5, "ns", 4)] },
      ],
    },
    { title: "", columns: [""], rows: [{ name: "rate", cells: [atLeast(9, "million/s", 8)] }] },
  ],
  failures: [],
};

describe("figures", () => {
  test("a table is aligned, with units, bounds and what is missed", () => {
    expect(suiteText(SUITE, "a machine").split("\n")).toEqual([
      "demo on a machine",
      "  Two engines.",
      "",
      "ns a packet  1 filter  10 filters",
      "  ours          3.149      12,350 (≤ 59,999)",
      "  a peer     not here         4.5 (≤ 4, MISSED)",
      "",
      "  rate  9 million/s (≥ 8)",
      "",
    ]);
  });

  test("figures are named by table, row and column; what is absent has its reason", () => {
    expect(figuresOf(SUITE).map(({ name }) => name)).toEqual([
      "ns a packet, ours, 1 filter",
      "ns a packet, ours, 10 filters",
      "ns a packet, a peer, 10 filters",
      "rate",
    ]);
    expect(absentOf(SUITE)).toEqual([{ name: "ns a packet, a peer, 1 filter", reason: "not here" }]);
  });

  test("what is no number misses its bound", () => {
    expect([atMost(2, "", 2), atLeast(2, "", 2), { value: 7, unit: "" }].some(isMissed)).toBe(false);
    expect([atMost(2.1, "", 2), atLeast(1.9, "", 2), atMost(Number.NaN, "", 2)].every(isMissed)).toBe(true);
  });

  test("a ratio is formed within each round, and then the median", () => {
    const [one, other]: Contestant[] = ["one", "other"].map((name) => ({ name, time: () => 0 }));
    const times = new Map([
      [one!, [10, 40, 9]],
      [other!, [5, 10, 9]],
    ]);
    expect([timeOf(times, one!), timeOf(times, other!), ratioOf(times, one!, other!)]).toEqual([10, 9, 2]);
    expect(median([3, 1, 2])).toBe(2);
  });
});

const hasCompiler = (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, "cc")));
const hasLibpcap = hasCompiler && existsSync("/usr/include/pcap/pcap.h");

describe("engines that are compared", () => {
  const folder = mkdtempSync(join(tmpdir(), "exonet-bench-test-"));
  const peers = new Peers(folder);
  const opened = new Map<number, Promise<Station>>();
  /** Of so many filters, with all peers: the same for all who ask, and so nobody's to alter. */
  function stationOf(filters: number): Promise<Station> {
    const station = opened.get(filters) ?? openStation(filters, 1, 0, peers);
    opened.set(filters, station);
    return station;
  }
  afterAll(() => {
    peers.close();
    rmSync(folder, { recursive: true });
  });

  test.each([1, 10, 200])(
    "give every frame, odd ones too, to whom the specification does, %i filters",
    async (filters) => {
      const station = await stationOf(filters);
      const judges = judgesOf(station);
      for (const judge of judges) await checkVerdicts(judge, 3000, station);
      expect(judges.length).toBeGreaterThanOrEqual(4);
      const odd = station.expected.subarray(station.traffic.frames);
      const flows = station.expected.subarray(0, odd.length);
      const hits = odd.filter((winner) => winner !== 0).length;
      const refused = odd.filter((winner, row) => winner === 0 && flows[row] !== 0).length;
      expect(hits).toBeGreaterThan(100);
      expect(refused).toBeGreaterThan(100);
    },
  );

  test("a wrong verdict is told", async () => {
    const station = await openStation(10, 1, 0);
    station.expected[17] = 11;
    const [judge] = judgesOf(station);
    await expect(checkVerdicts(judge!, 3000, station)).rejects.toThrow(/gives frame 17 to \d+, and not to 11/);
    station.expected.fill(0, 17, 18);
    station.expected.fill(11, station.traffic.frames + 5);
    await expect(checkVerdicts(judge!, 17, station)).rejects.toThrow(/gives odd frame 5 to \d+, and not to 11/);
  });

  test("JavaScript that falls off V8's cliff makes the suite fail, and only that", async () => {
    const stations = [await stationOf(10), await stationOf(200)];
    const all = stations.flatMap(contestantsOf);
    const times = new Map(all.map((contestant): [Contestant, number[]] => [contestant, [1, 1, 1]]));
    expect(cliffsOf(stations, times)).toEqual([]);
    times.set(stations[1]!.targets.get("js")!, [10.5, 11, 10]);
    expect(cliffsOf(stations, times)).toEqual(["js at 200 filters takes 10.5 times as long as at 10"]);
    const figures = new Map(
      figuresOf({ ...SUITE, tables: stationTables(stations, times) }).map(({ name, value }) => [name, value]),
    );
    expect(figures.get("ns a packet, exonet, js, 200 filters")).toBe(10.5);
    expect(figures.get("times as long, in one round, js ÷ itself at 10 filters, 200 filters")).toBe(10.5);
  });

  test.skipIf(!hasCompiler)("C by hand is there (skipped where cc is not installed)", async () => {
    expect((await stationOf(1)).hand?.name).toBe("C by hand");
  });

  test.skipIf(!hasLibpcap)("libpcap is there (skipped where its headers are not installed)", async () => {
    expect((await stationOf(1)).libpcap?.name).toBe("libpcap");
  });
});

describe("prefixes", () => {
  const set = prefixSet(2000, 8);

  test("are distinct, of all lengths, and at most eight cover one address", () => {
    expect(new Set(set.prefixes.map(({ address, bits }) => `${address}/${bits}`)).size).toBe(2000);
    expect(new Set(set.prefixes.map(({ bits }) => bits)).size).toBe(25);
    const nestings = set.prefixes.map(({ address }) => set.covering(address).length);
    expect(Math.max(...nestings)).toBeGreaterThan(4);
    expect(Math.max(...nestings)).toBeLessThanOrEqual(8);
  });

  test("covering an address: as a look at each of them says, the longest first", () => {
    const addresses = addressesFor(set, 2000);
    const numbers = new Map(set.prefixes.map((prefix, index) => [prefix, index + 1]));
    let inside = 0;
    for (const address of addresses) {
      const naive = set.prefixes
        .filter((prefix) => (address & maskOf(prefix.bits)) >>> 0 === prefix.address)
        .sort((a, b) => b.bits - a.bits);
      expect(set.covering(address)).toEqual(naive.map((prefix) => numbers.get(prefix)));
      if (naive.length > 0) inside++;
    }
    expect(inside).toBeGreaterThan(900);
    expect(inside).toBeLessThan(1100);
  });

  test("an address in a prefix", () => {
    const chance = new Chance(1);
    const below = (limit: number) => chance.below(limit);
    expect(addressIn({ address: 0xc0a80101, bits: 32 }, below)).toBe(0xc0a80101);
    expect(addressIn({ address: 0xc0a80000, bits: 16 }, below) >>> 16).toBe(0xc0a8);
  });
});

describe("bench paper", () => {
  const price: Price = { alu: 1, load: 2, packet8: 2, packet16: 5, packet32: 3, branch: 1, taken: 2, jump: 2 };
  const named = (tables: readonly Table[]) =>
    new Map(figuresOf({ ...SUITE, tables }).map(({ name, value }) => [name, value]));

  test("shows cycles of engines, priced by a model", async () => {
    const model = { cycle: 40, price, merged: () => 50 };
    const { tables } = await engineTables(model, 1);
    const figures = named(tables);
    const rows = tables[0]?.rows.map(({ name }) => `${tables[0]?.title}, ${name}`) ?? [];
    const cycles = rows.slice(0, 3).map((row) => figures.get(`${row}, simulated cycles`) ?? Number.NaN);
    expect(rows.slice(0, 3).map((row) => figures.get(`${row}, SOSP'95, µs`))).toEqual([35, 19, 1.5]);
    expect(cycles[2]).toBe(50);
    expect(figures.get(`${rows[2]}, µs at 25 MHz`)).toBe(2);
    expect(cycles[0]).toBeGreaterThan(cycles[1]!);
    expect(cycles[1]).toBeGreaterThan(50);
  });

  test("shows each operation beside the papers', Node's and Linux's", () => {
    const elsewhere = { node: new Map([["shm", 123]]), linux: new Map([["protection", 456]]) };
    const tables = sospTables(40, elsewhere, 1, 64);
    const figures = named(tables);
    expect([...figures].filter(([, value]) => !(value >= 0))).toEqual([]);
    expect(tables.map(({ title }) => title.replace(/^.*Tables? /, ""))).toEqual(["4 to 6)", "8)", "10)"]);
    for (const { rows, columns } of tables) {
      for (const { name, cells } of rows)
        if (name !== "the same, without a stack") expect(cells).toHaveLength(columns.length);
    }
    expect(tables.flatMap(({ rows }) => rows)).toHaveLength(18);
    const [primitive, communication, memory] = tables.map(({ title }) => title);
    expect(figures.get(`${communication}, shm, Node, ns`)).toBe(123);
    for (const row of [`${primitive}, exception, protection`, `${memory}, trap`]) {
      expect(figures.get(`${row}, Linux, ns`)).toBe(456);
      expect(figures.get(`${row}, µs at 25 MHz`)).toBe(figures.get(`${row}, and kernel, cycles`)! / 25);
    }
    expect(figures.get(`${memory}, dirty, and kernel, cycles`)).toBe(figures.get(`${memory}, dirty, VCODE, cycles`));
  });

  test.each(OPERATION_NAMES)("%s takes the same cycles each time, on every machine", (name) => {
    const cycles = cyclesOf(name, {}, 128);
    expect(cyclesOf(name, {}, 128)).toEqual(cycles);
    expect(cyclesOf(name, { pageSize: 16_384, stlbEntries: 128 }, 128)).toEqual(cycles);
    expect(cycles.vcode + cycles.kernel).toBeGreaterThan(0);
    expect(Math.min(cycles.vcode, cycles.kernel)).toBeGreaterThanOrEqual(0);
  });
});

describe("the command", () => {
  test("its help lists the suites", async () => {
    const { code, out } = await exonet(["bench", "--help"]);
    expect(code).toBe(0);
    for (const name of ["replay", "demux", "ash", "paper"]) expect(out).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
  });

  test("an unknown suite is a mistake in usage", async () => {
    const { code, error } = await exonet(["bench", "swim"]);
    expect(code).toBe(2);
    expect(error).toContain("replay, demux, filter, kernel, ash, paper");
  });
});
