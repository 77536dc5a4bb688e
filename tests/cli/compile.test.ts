import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { STAGE_NAMES } from "../../src/dpf/stage-names.js";
import { exonet } from "./command.js";

const TEXT = "12:16 == 0x0800 && 23:8 == 17";
const DPF = ["--language", "dpf"];

describe("exonet compile", () => {
  test("prints every stage under a heading that says its size", async () => {
    const { code, out, error } = await exonet(["compile", TEXT, ...DPF]);
    expect([code, error]).toEqual([0, ""]);
    const headings = [...out.matchAll(/^--- (\w+): \d+ \w+, \d+ octets, [\d.]+ ms$/gm)].map(([, name]) => name);
    expect(headings).toEqual(STAGE_NAMES);
  });

  test.each(STAGE_NAMES)("--stage %s prints it alone", async (stage) => {
    const [all, one] = await Promise.all([
      exonet(["compile", TEXT, ...DPF]),
      exonet(["compile", TEXT, ...DPF, "--stage", stage]),
    ]);
    expect(one.code).toBe(0);
    expect(one.out.length).toBeGreaterThan(10);
    expect(one.out).not.toContain("---");
    expect(all.out).toContain(one.out);
  });

  test("- reads stdin", async () => {
    const file = readFileSync("filters/dns.dpf");
    const { code, out } = await exonet(["compile", "-", ...DPF, "--stage", "atoms"], file);
    expect(code).toBe(0);
    expect(out.split("\n||\n")).toHaveLength(4);
    const latin = await exonet(["compile", "-"], Buffer.from([0xe9]));
    expect([latin.code, latin.error]).toEqual([1, "exonet: stdin: is not UTF-8 text\n"]);
  });

  test("a pcap-filter text has its tree before the stages, and is for the link type that was named", async () => {
    const whole = await exonet(["compile", "tcp port 80 or not arp"]);
    expect(whole.out).toMatch(/^--- ast\nchain\n {2}identity: tcp port 80\n {2}or not\n {4}named: arp\n\n--- atoms: /);
    const ast = await exonet(["compile", "not arp", "--stage", "ast"]);
    expect(ast.out).toBe("not\n  named: arp\n");
    const raw = await exonet(["compile", "ip", "--stage", "atoms", "--link-type", "RAW"]);
    expect(raw.out).toBe("0:8 & 0xf0 == 0x40\n");
  });

  test("files have comments, and so has stdin; an argument is read as tcpdump reads it", async () => {
    const text = "# For nobody.\nnot arp";
    const file = await exonet(["compile", "-", "--stage", "ast"], Buffer.from(text));
    expect([file.code, file.out]).toEqual([0, "not\n  named: arp\n"]);
    for (const stage of ["ast", "atoms"]) {
      const { code, error } = await exonet(["compile", text, "--stage", stage]);
      expect([code, error]).toEqual([1, expect.stringMatching(/EXPR:1:1: /)]);
    }
    const dpf = await exonet(["compile", "# all\ntrue", ...DPF, "--stage", "atoms"]);
    expect(dpf.out).toBe("true\n");
  });

  test.each([
    ["a text that is wrong, with its place", ["12:16 == 0x0800 &&\n 23:9 == 1", ...DPF], 1, /EXPR:2:5: /],
    ["a pcap-filter text that is wrong", ["tcp or\n prot 80"], 1, /EXPR:2:2: /],
    ["the tree of one that is wrong", ["tcp prot 80", "--stage", "ast"], 1, /EXPR:1:5: /],
    ["what a link type has not", ["vlan", "--link-type", "LINUX_SLL2"], 1, /EXPR:1:1: /],
    ["the tree of DPF text, which has none", ["true", "--stage", "ast", ...DPF], 1, /DPF text is atoms already/],
    ["a link type that there is not", ["ip", "--link-type", "TOKENRING"], 1, /no link type is called TOKENRING/],
    ["a stage that there is not", ["true", "--stage", "elf"], 2, /Allowed choices are ast, atoms/],
    ["no text", [], 2, /missing required argument/],
  ])("refuses %s", async (_, args, code, error) => {
    const ended = await exonet(["compile", ...args]);
    expect([ended.code, ended.out]).toEqual([code, ""]);
    expect(ended.error).toMatch(error);
  });

  test("knows link types by name, in capitals or not", async () => {
    for (const name of ["ethernet", "LINUX_SLL2"]) {
      const { out } = await exonet(["compile", "true", ...DPF, "--link-type", name, "--stage", "atoms"]);
      expect(out).toBe("true\n");
    }
  });
});
