/** Texts that the parser refuses: at their places, with their codes; and libpcap refuses them too. */
import { expect, test } from "vitest";
import { ErrorList } from "../../../src/filter/error.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import { WRONG_TEXTS } from "./wrong-texts.js";

test.each(WRONG_TEXTS.map((wrong) => [wrong.text.slice(0, 60), wrong] as const))("%j", (_, { text, errors }) => {
  const list = new ErrorList(text);
  expect(parsePcapFilter(text, list)).toBeUndefined();
  expect(list.list().map(({ code, line, column }) => `${line}:${column} ${code}`)).toEqual(errors);
});
