import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ownFolder, run } from "./work.js";

const at = ownFolder();
const GOOD = at("good.dpf", "12:16 == 0x0800\n");
const BAD = at("bad.dpf", "12:16 == 0x0800 &&\n 23:9 == 1\n");

describe("exonet check", () => {
  test("says nothing of what is right", () => {
    const ended = run(["check", GOOD, "filters", "captures/dns.pcap.expect"]);
    expect([ended.status, ended.text, ended.error]).toEqual([0, "", ""]);
  });

  test("tells every error of every file with its place", () => {
    const list = at("list.expect", "one\t1\ttrue\ttcp\none\tx\t1:9 == 1\tudp\n");
    const { status, text, error } = run(["check", GOOD, BAD, list]);
    expect([status, error]).toEqual([1, ""]);
    const lines = text.trimEnd().split("\n");
    expect(lines[0]).toMatch(/: 9 is no width: 8, 16 or 32$/);
    expect(lines.map((line) => line.slice(0, line.indexOf(": ")))).toEqual([
      `${BAD}:2:5`,
      `${list}:2:1`,
      `${list}:2:5`,
      `${list}:2:9`,
    ]);
  });

  test("--json", () => {
    const { status, text } = run(["check", BAD, at("absent.dpf"), "--json"]);
    expect(status).toBe(1);
    expect(JSON.parse(text)).toEqual({
      ok: false,
      diagnostics: [
        { file: BAD, line: 2, column: 5, length: 1, code: "E_WIDTH", message: expect.any(String) },
        { file: at("absent.dpf"), line: null, column: null, length: null, code: null, message: "no such file" },
      ],
    });
    expect(JSON.parse(run(["check", GOOD, "--json"]).text)).toEqual({ ok: true, diagnostics: [] });
  });

  test("a folder: all its filters, their names, and names that come twice", () => {
    mkdirSync(at("folder"));
    const put = (name: string, text: string | Uint8Array) => writeFileSync(join(at("folder"), name), text);
    put("Upper.dpf", "true\n");
    put("twice.dpf", "true\n");
    put("twice.pcap-filter", "tcp\n");
    put("latin.dpf", Uint8Array.of(0xe9));
    put("notes.txt", "no filter");
    const { status, text } = run(["check", at("folder")]);
    expect(status).toBe(1);
    expect(text).toMatch(/^.*Upper\.dpf: a filter's name is 1 to 64 of /m);
    expect(text).toMatch(/^.*twice\.pcap-filter: has the same name as .*twice\.dpf$/m);
    expect(text).toMatch(/^.*latin\.dpf: is not UTF-8 text$/m);
    expect(text).not.toMatch(/notes/);
    mkdirSync(at("nothing"));
    expect(run(["check", at("nothing")]).text).toMatch(/nothing: holds no filter file/);
  });

  test("stdin, in the language that is told", () => {
    const args = ["check", "-", "--language", "dpf"];
    expect(run(args, { input: "12:16 == 0x0800" })).toMatchObject({ status: 0, text: "" });
    expect(run(args, { input: "12:16" })).toMatchObject({ status: 1, text: expect.stringMatching(/^-:1:\d+: /) });
  });

  const HANDLER = `import { type Message, pass, type u16 } from "exonet/ash";
export default function handler(message: Message) {
  let port: u16 = message.u32(0);
  return pass;
}
`;

  test("a handler on stdin", () => {
    const args = ["check", "-", "--language", "ash"];
    expect(run(args, { input: HANDLER.replace("u32(0)", "u16(0)") })).toMatchObject({ status: 0, text: "" });
    expect(run(args, { input: HANDLER })).toMatchObject({ status: 1, text: expect.stringMatching(/^-:3:19: /) });
  });

  test("handlers: each complaint with its place, and what to write instead", () => {
    const wrong = at("wrong.ash.ts", HANDLER);
    const { status, text, error } = run(["check", wrong, "filters/count.ash.ts"]);
    expect([status, error]).toEqual([1, ""]);
    expect(text).toMatch(/^[^\n]*wrong\.ash\.ts:3:19: [^\n]*u16\([^\n]*\n$/);
    expect(JSON.parse(run(["check", wrong, "--json"]).text)).toEqual({
      ok: false,
      diagnostics: [{ file: wrong, line: 3, column: 19, length: 14, code: "E_NARROW", message: expect.any(String) }],
    });
    expect(run(["check", "filters/count.ash.ts", "filters/ping.ash.ts"])).toMatchObject({ status: 0, text: "" });
    const named = at("Upper.ash.ts", HANDLER.replace("u32(0)", "u16(0)"));
    expect(run(["check", named])).toMatchObject({
      status: 1,
      text: expect.stringMatching(/^[^\n]*Upper\.ash\.ts: a handler's name is 1 to 64 of [^\n]*\n$/),
    });
    expect(run(["check", at("latin.ash.ts", Uint8Array.of(0xe9))])).toMatchObject({
      status: 1,
      text: expect.stringContaining("is not UTF-8"),
    });
    expect(run(["check", at("count.ts", HANDLER)]).text).toMatch(/count\.ts: a handler is a file NAME\.ash\.ts\n$/);
    expect(run(["check", at("absent.ash.ts")])).toMatchObject({
      status: 1,
      text: expect.stringContaining("no such file"),
    });
  });

  test("a folder's handlers, beside filters of the same name", () => {
    mkdirSync(at("handlers"));
    const put = (name: string, text: string) => writeFileSync(join(at("handlers"), name), text);
    put("dns.dpf", "true");
    put("dns.ash.ts", HANDLER.replace("u32(0)", "u16(0)"));
    expect(run(["check", at("handlers")])).toMatchObject({ status: 0, text: "" });
    put("wrong.ash.ts", HANDLER);
    expect(run(["check", at("handlers")])).toMatchObject({
      status: 1,
      text: expect.stringMatching(/wrong\.ash\.ts:3:19: /),
    });
  });

  test("a name cannot write on the terminal", () => {
    expect(run(["check", at("\u001b[31m.dpf", "true")]).text).toContain("\\x1b[31m.dpf: a filter's name");
  });

  test.each([
    ["no file", [], 2],
    ["another language", [GOOD, "--language", "perl"], 2],
    ["another link type", [GOOD, "--link-type", "TOKENRING"], 1],
  ])("refuses %s", (_, args, status) => {
    const ended = run(["check", ...args]);
    expect([ended.status, ended.text]).toEqual([status, ""]);
    expect(ended.error).not.toBe("");
  });
});
