import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { escapeText } from "../../src/cli/terminal.js";
import { buildPcap, payload, somePackets } from "./build.js";

const MAIN = join(process.cwd(), "dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "exonet-info-"));
afterAll(() => rmSync(folder, { recursive: true }));

function stored(name: string, octets: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}

function info(args: string[], input: Uint8Array = payload(0)) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "info", ...args], { input });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

const octets = buildPcap(somePackets(5));
const JSON_ANSWER = {
  format: "pcap-le-us",
  packets: 5,
  linktypes: { "1": 5 },
  first_ts: "1700000000000000000",
  last_ts: "1700000006000004000",
  truncated: false,
  damage: [],
};

describe("exonet info", () => {
  test("--json has the documented shape and nothing else, from a file, stdin and gzip", () => {
    for (const [argument, input] of [
      [stored("five.pcap", octets), payload(0)],
      ["-", octets],
      ["-", gzipSync(octets)],
    ] as const) {
      const { status, stdout, stderr } = info([argument, "--json"], input);
      expect(JSON.parse(stdout)).toEqual(JSON_ANSWER);
      expect([status, stderr]).toEqual([0, ""]);
    }
  });

  test("for people", () => {
    const { status, stdout, stderr } = info([stored("people.pcap", octets)]);
    expect(stdout).toMatch(/^File type: {11}pcap-le-us$/m);
    expect(stdout).toMatch(/^Link type: {11}ETHERNET \(1\): 5 packets$/m);
    expect(stdout).toMatch(/^First packet time: {3}2023-11-14 22:13:20\.000000000 UTC \(1700000000000000000 ns\)$/m);
    expect(stdout).toMatch(/^Capture duration: {4}6\.000004000 seconds$/m);
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("a damaged capture is told of, and is no failure", () => {
    const path = stored("cut.pcap", octets.slice(0, -1));
    const { status, stdout } = info([path]);
    expect(stdout).toMatch(/^Damage: +at octet \d+: E_CUT_RECORD: /m);
    expect(status).toBe(0);
    expect(JSON.parse(info([path, "--json"]).stdout)).toMatchObject({ packets: 4, truncated: true });
  });

  test("what is no capture is a failure, with its damage", () => {
    for (const [name, bad, code] of [
      ["empty", payload(0), "E_EMPTY"],
      ["noise", payload(500), "E_MAGIC"],
    ] as const) {
      const { status, stdout, stderr } = info([stored(name, bad), "--json"]);
      expect(JSON.parse(stdout)).toMatchObject({ format: "unknown", packets: 0, damage: [{ offset: 0 }] });
      expect(stderr).toContain(code);
      expect(status).toBe(1);
    }
  });

  test("what cannot be opened says why, without a stack", () => {
    expect(info([join(folder, "absent")])).toMatchObject({ status: 1, stdout: "" });
    const { status, stderr } = info([folder]);
    expect(status).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("--reader pcap-parser says the same; another is a wrong usage", () => {
    const path = stored("reader.pcap", octets);
    expect(JSON.parse(info([path, "--json", "--reader", "pcap-parser"]).stdout)).toEqual(JSON_ANSWER);
    expect(info([path, "--reader", "other"]).status).toBe(2);
  });

  test("a name cannot write on the terminal", () => {
    const { stdout } = info([stored("\u001b[31mred\n", octets)]);
    expect(stdout.split("\n")[0]).toContain("\\x1b[31mred\\x0a");
    expect(stdout).not.toContain("\u001b");
  });

  test("a closed pipe ends quietly", () => {
    const command = `"${process.execPath}" "${MAIN}" info "${stored("pipe.pcap", octets)}" | true`;
    const { stderr } = spawnSync("sh", ["-c", command]);
    expect(stderr.toString()).toBe("");
  });
});

test("escapeText leaves text alone and nothing else", () => {
  expect(escapeText("Grüße, 世界 🙂 a b")).toBe("Grüße, 世界 🙂 a b");
  expect(escapeText("\u0000\t\n\r\u001b\u007f\u009b")).toBe("\\x00\\x09\\x0a\\x0d\\x1b\\x7f\\x9b");
  expect(escapeText("\u202eevil\u2066\u2028\ufeff\ud800")).toBe("\\u{202e}evil\\u{2066}\\u{2028}\\u{feff}\\u{d800}");
});
