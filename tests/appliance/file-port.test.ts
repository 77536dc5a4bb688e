import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  CHUNK_OCTETS,
  FilePort,
  type FilePortMessage,
  filePorts,
  WAITING_CHUNKS,
} from "../../src/appliance/file-port.js";
import { FileWriters } from "../../src/appliance/file-writers.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { newOctets } from "../../src/machine/copy.js";
import { readOctets } from "../capture/read.js";
import { HAS_TCPDUMP, isInstalled } from "../installed.js";
import { Machine } from "./machine.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fresh(): string {
  const path = join(folder, `${files++}.pcapng`);
  writeFileSync(path, "");
  return path;
}

describe("a file port", () => {
  let writers: FileWriters;
  let messages: FilePortMessage[];
  const post = (message: FilePortMessage) => void messages.push(message);
  /** The control thread's turn. */
  const deliver = () => {
    for (const message of messages.splice(0)) writers.message(message);
  };

  beforeEach(() => {
    writers = new FileWriters();
    messages = [];
  });

  test("writes what it took, in order, and says how much of it is in the file", async () => {
    const path = fresh();
    const port = new FilePort(0, path, 1, post);
    const frame = newOctets(1514);
    let octets = 60;
    for (let number = 0; number < 300; number++) {
      const length = 1 + ((number * 37) % 1514);
      frame.octets.fill(number);
      expect(port.write(frame, length, 0x17000000, number)).toBe(true);
      octets += 32 + ((length + 3) & ~3);
    }
    expect(port.written).toBe(0);
    port.close();
    deliver();
    await writers.close();
    expect([port.written, port.error, statSync(path).size]).toEqual([300, null, octets]);
  });

  test("is full where too much waits, and goes on when it was written", async () => {
    const path = fresh();
    const port = new FilePort(0, path, 1, post);
    const frame = newOctets(9216);
    let taken = 0;
    while (port.write(frame, 9216, 0, taken)) taken++;
    expect(taken * 9248).toBeGreaterThan((WAITING_CHUNKS - 2) * (CHUNK_OCTETS - 9248));
    expect(taken * 9248).toBeLessThan((WAITING_CHUNKS + 1) * CHUNK_OCTETS);
    deliver();
    await writers.close();
    expect(port.error).toBe(null);
    expect(port.write(frame, 9216, 0, taken)).toBe(true);
  });

  test("a full disk ends it, with the reason, and nobody waits for it", async () => {
    const port = new FilePort(0, "/dev/full", 1, post);
    port.write(newOctets(60), 60, 0, 1);
    port.flush();
    deliver();
    await writers.close();
    expect([port.error, port.written]).toEqual(["ENOSPC", 0]);
    expect(port.write(newOctets(60), 60, 0, 1)).toBe(false);
  });

  test("a file has a largest size, and is a whole capture then", async () => {
    writers = new FileWriters(100_000);
    const path = fresh();
    const port = new FilePort(0, path, 1, post);
    for (let chunk = 0; chunk < 4; chunk++) {
      for (let each = 0; each < 40; each++) port.write(newOctets(1000), 1000, 0, each);
      port.flush();
    }
    deliver();
    await writers.close();
    expect(port.error).toBe("the file is as large as it may be");
    expect([port.written, statSync(path).size]).toEqual([80, 60 + 80 * 1032]);
  });

  test("is never made over a file that is there, nor where there is no folder; paths are not told", () => {
    const open = filePorts(post);
    const path = fresh();
    for (const [where, code] of [
      [path, "EEXIST"],
      [join(folder, "nowhere", "x"), "ENOENT"],
    ] as const) {
      const make = () => open(where, 1);
      expect(make).toThrow(Refusal);
      expect(make).toThrow(`the port's file cannot be made: ${code}`);
    }
  });
});

describe("what an environment sends to a file", () => {
  let machine: Machine;
  beforeEach(async () => {
    machine = await Machine.start();
  });
  afterEach(() => machine.close());

  test("is a capture that we and others read: the answers, at the times at which they were sent", async () => {
    const path = join(folder, "answers.pcapng");
    const { ports } = await machine.call("createPort", { kind: "file", name: "out", path, linkType: 1 });
    expect(await machine.refusal("createPort", { kind: "file", name: "again", path, linkType: 1 })).toBe("E_PORT_FILE");
    const transmit = machine.appliance.rootCapability;
    const { environment } = await machine.call("createEnvironment", {
      name: "e",
      program: "echo",
      options: { port: ports[0]! },
      transmit,
    });
    await machine.bind("requests", "12:16 == 0x800 && 14:8 == 0x45 && 23:8 == 1 && 34:8 == 8", environment, "claim");
    await machine.open("captures/nanoseconds.pcap");
    const [first] = await machine.playToEnd();
    const sent = machine.books().claimed;
    expect(sent).toBeGreaterThan(100);
    await machine.call("destroyPort", { name: "out" });
    expect((await machine.call("ports", {})).ports).toEqual([]);
    // Our own reader.
    const answers = await machine.bind("answers", "34:8 == 0 && 23:8 == 1");
    await machine.open(path);
    const [again] = await machine.playToEnd();
    expect(again?.packets).toBe(sent);
    expect(machine.counters(answers.binding).packets).toBe(sent);
    expect(first?.deterministic).toBe(true);
    const { records, damage } = readOctets(readFileSync(path), 1 << 16);
    expect([records.length, damage]).toEqual([sent, []]);
    const times = records.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
    // A boundary's answers leave at the time of its last packet.
    const captured = new Set(
      readOctets(readFileSync("captures/nanoseconds.pcap"), 1 << 16).records.map(({ time }) => time),
    );
    expect(times.every((time) => captured.has(time))).toBe(true);
    // Others'.
    if (HAS_TCPDUMP) {
      const lines = execFileSync("tcpdump", ["-nr", path, "icmp[0] == 0"], { stdio: ["ignore", "pipe", "ignore"] });
      expect(lines.toString().trim().split("\n").length).toBe(sent);
    }
    if (isInstalled("tshark")) {
      const fields = [
        "-T",
        "fields",
        "-e",
        "icmp.type",
        "-e",
        "icmp.checksum.status",
        "-e",
        "frame.time_epoch",
        "-e",
        "_ws.malformed",
      ];
      const options = ["-o", "ip.check_checksum:TRUE", "-Y", "icmp"];
      const lines = execFileSync("tshark", ["-nr", path, ...options, ...fields], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const rows = lines
        .toString()
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t"));
      expect(rows.length).toBe(sent);
      expect(new Set(rows.map(([type, status]) => `${type} ${status}`))).toEqual(new Set(["0 1"]));
    }
  });

  test("is in the file when the machine has ended, also where nobody closed it", async () => {
    const path = join(folder, "late.pcapng");
    await machine.call("createPort", { kind: "file", name: "out", path, linkType: 1 });
    expect(existsSync(path)).toBe(true);
    await machine.close();
    expect(readFileSync(path).length).toBe(60);
  });
});
