import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { captureInfo } from "../../src/capture/info.js";
import { mutilate, seeded } from "../capture/mutilate.js";
import { Machine } from "./machine.js";

const EACH = 250;
const ORIGINALS = ["dns.pcap", "nanoseconds.pcap", "tls.pcapng", "mixed.pcapng"];

let folder: string;
let machine: Machine;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "exonet-mutilated-"));
  machine = await Machine.start();
  await machine.environment("reader", "reader");
  await machine.bind("read", "true", 1);
});

afterAll(async () => {
  await machine.close();
  rmSync(folder, { recursive: true });
});

describe(`${EACH * ORIGINALS.length} mutilated captures, replayed`, () => {
  test.each(ORIGINALS)("%s: info and replay agree, and the books balance", async (name) => {
    const original = readFileSync(join("captures", name));
    const random = seeded(ORIGINALS.indexOf(name) + 100);
    const path = join(folder, name);
    for (let at = 0; at < EACH; at++) {
      const { kind, octets, intact } = mutilate(original, random);
      const place = `${name}, mutilation ${at}, ${kind} at ${intact}`;
      writeFileSync(path, octets);
      const report = await captureInfo(path);
      const before = machine.books();
      await machine.open(path);
      const [epoch] = await machine.playToEnd();
      const { books, damage } = { books: machine.books(), damage: machine.appliance.replay.damage };
      expect(epoch?.packets, place).toBe(report.packets);
      expect(books.received - before.received, place).toBe(report.packets);
      expect(
        damage.map(({ offset, reason }) => ({ offset, reason })),
        place,
      ).toEqual(report.damage);
      expect(books, place).toMatchObject({ balanced: true, inFlight: 0 });
    }
  });
});
