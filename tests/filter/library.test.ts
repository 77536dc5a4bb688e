import { describe, expect, test } from "vitest";
import { parseExpect, parseFilterList, type Read } from "../../src/filter/library.js";

function errors(read: Read<unknown>): string[] {
  return read.ok ? [] : read.errors.map(({ code, line, column, length }) => `${code} ${line}:${column}+${length}`);
}

describe("expect files", () => {
  test("entries in order, comments and empty lines passed over", () => {
    const read = parseExpect("# made by hand\n\ndns\t3\t12:16 == 0x0800\tudp port 53\r\nall\t12\ttrue\t\n");
    expect(read).toEqual({
      ok: true,
      entries: [
        {
          name: "dns",
          count: 3,
          text: "12:16 == 0x0800",
          tcpdump: "udp port 53",
          line: 3,
          filter: { conjunctions: [[{ kind: "equal", offset: 12, width: 16, mask: 0xffff, value: 0x800 }]] },
        },
        { name: "all", count: 12, text: "true", tcpdump: "", line: 4, filter: { conjunctions: [[]] } },
      ],
    });
  });

  test.each([
    ["dns 3 true ip", ["E_LINE 1:1+13"]],
    ["dns\t3\ttrue", ["E_LINE 1:1+10"]],
    ["dns\t3\ttrue\tip\tmore", ["E_LINE 1:1+18"]],
    ["Dns\t3\ttrue\tip", ["E_NAME 1:1+3"]],
    ["-a\t3\ttrue\tip", ["E_NAME 1:1+2"]],
    [`${"a".repeat(65)}\t3\ttrue\tip`, ["E_NAME 1:1+65"]],
    ["a\t3\ttrue\tip\nb\t3\ttrue\tip\na\t3\ttrue\tip", ["E_NAME_TWICE 3:1+1"]],
    ["a\t-3\ttrue\tip", ["E_COUNT 1:3+2"]],
    ["a\t3\t0:9 == 1 && 1:8 == 999\tip", ["E_WIDTH 1:7+1", "E_VALUE 1:24+3"]],
  ])("%j", (text, expected) => expect(errors(parseExpect(text))).toEqual(expected));
});

describe("filter lists", () => {
  test.each([
    ["dns: udp port 53", []],
    ["dns: udp prot 53", ["E_SYNTAX 1:10+4"]],
    ["dns udp port 53", ["E_LINE 1:1+15"]],
    ["# only\n\n", []],
    ["DNS: ip\n__proto__: ip", ["E_NAME 1:1+3", "E_NAME 2:1+9"]],
  ])("%j", (text, expected) => expect(errors(parseFilterList(text))).toEqual(expected));
});
