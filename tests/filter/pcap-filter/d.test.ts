import { test } from "vitest";
import { ErrorList } from "/work/wt/expand/src/filter/error.js";
import { parsePcapFilter } from "/work/wt/expand/src/filter/pcap-filter/parser.js";
import { expand } from "/work/wt/expand/src/filter/pcap-filter/expand.js";
test("d", () => { for (const t of ["ether proto 4","port 53"]) { const e = new ErrorList(t); const tree = parsePcapFilter(t, e); console.log(JSON.stringify(tree)); console.log(JSON.stringify(expand(tree, 1, e)), e.list()); } });
