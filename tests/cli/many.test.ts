import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { exonet } from "./command.js";

const FILTERS = 1500;
let folder: string;

/** Filters of many forms: which field, which mask and which value differ. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-many-"));
  for (let at = 0; at < FILTERS; at++) {
    const [first, second] = [14 + (at % 20), 34 + 2 * (at % 25)];
    const text = `12:16 == 0x0800 && ${first}:8 & ${1 + (at % 127)} == 0 && ${second}:16 == ${at}\n`;
    writeFileSync(join(folder, `filter-${at}.dpf`), text);
  }
  writeFileSync(join(folder, "udp.dpf"), "12:16 == 0x0800 && 23:8 == 17\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

test(`${FILTERS} filters of mixed form are bound and counted in one pass`, async () => {
  const { code, out, error } = await exonet(["replay", "captures/dns.pcap", "--filters", folder, "--json"]);
  expect([code, error]).toEqual([0, ""]);
  const { bindings, books } = JSON.parse(out);
  expect(bindings).toHaveLength(FILTERS + 2);
  expect(bindings.find(({ name }: { name: string }) => name === "udp").packets).toBeGreaterThan(10);
  expect(books.balanced).toBe(true);
});

test("filters that ask for too much code are refused, and the filter over which that was is named", async () => {
  const heavy = mkdtempSync(join(tmpdir(), "exonet-heavy-"));
  onTestFinished(() => rmSync(heavy, { recursive: true }));
  for (let at = 10; at < 50; at++) {
    const ways = Array.from({ length: 100 }, (_, each) => `shift ${at}:8 & ${1 + each} && ${each}:8 == 1`);
    writeFileSync(join(heavy, `heavy-${at}.dpf`), ways.join(" || "));
  }
  const { code, out, error } = await exonet(["replay", "captures/dns.pcap", "--filters", heavy, "--json"]);
  expect([code, out]).toEqual([1, ""]);
  expect(error).toMatch(/binding heavy-\d+ of filter heavy-\d+: the filters of one environment have code of \d+/);
});

test("more captures than memory has segments for are refused in words", async () => {
  const captures = Array.from({ length: 40 }, () => "captures/dns.pcap");
  const ended = await exonet(["replay", ...captures]);
  expect([ended.code, ended.error]).toEqual([1, expect.stringMatching(/memory is enough for \d+ captures/)]);
  const all = await exonet(["replay", ...captures.slice(0, 20), "--json"]);
  expect(JSON.parse(all.out).received).toBe(20 * 101);
});

test("a paced run ends with nothing in flight", async () => {
  const { out } = await exonet(["replay", "captures/dns.pcap", "--speed", "50", "--json"]);
  const { books, digest, environments } = JSON.parse(out);
  expect(books).toMatchObject({ received: 101, inFlight: 0, balanced: true });
  expect(digest).toBeNull();
  expect(environments.find(({ name }: { name: string }) => name === "monitor").delivered).toBe(101);
});

test("gzipped captures are looped and sought like others", async () => {
  const { code, out } = await exonet(["replay", "captures/headers.pcap.gz", "--loop", "3", "--json"]);
  expect(code).toBe(0);
  const { epochs } = JSON.parse(out);
  expect(epochs.map(({ packets }: { packets: number }) => packets)).toEqual([647, 647, 647]);
  expect(new Set(epochs.map(({ digest }: { digest: string }) => digest)).size).toBe(1);
});
