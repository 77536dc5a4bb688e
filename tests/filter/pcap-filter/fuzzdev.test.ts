import { test } from "vitest";
import { Chance } from "../../seeded.js";
import { ErrorList } from "../../../src/filter/error.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import { expand } from "../../../src/filter/pcap-filter/expand.js";
import { evaluate } from "../../../src/filter/pcap-filter/evaluate.js";
import { runProgram } from "./bpf.js";
import { Tcpdump } from "./tcpdump.js";
import { randomExpression } from "./random-expressions.js";
import { randomFrame } from "./random-frames.js";
const LINKS = (process.env["LT"] ?? "1").split(",").map(Number);
test("dev", async () => {
  const seed = Number(process.env["SEED"] ?? "1"), n = Number(process.env["N"] ?? "200");
  const tcpdump = new Tcpdump();
  const chance = new Chance(seed);
  const asked = Array.from({ length: n }, () => { const linkType = chance.pick(LINKS); return { linkType, text: randomExpression(chance, linkType) }; });
  const answers = await tcpdump.answers(asked);
  tcpdump.close();
  const frames = new Map(LINKS.map((l) => [l, Array.from({ length: 150 }, () => randomFrame(chance, l))]));
  let bad = 0, refusedBoth = 0, matching = 0, notyet = 0, loops=0;
  const why = new Map<string, number>();
  asked.forEach(({ linkType, text }, i) => {
    const errors = new ErrorList(text);
    let program;
    try {
    const tree = parsePcapFilter(text, errors);
    program = errors.any ? undefined : expand(tree, linkType, errors);
    } catch (e) { console.log("THROW", linkType, text, e); bad++; return; }
    const a = answers[i]!;
    if ("refusal" in a) {
      if (program !== undefined) { bad++; if (bad < 30) console.log("ACCEPTED", linkType, text, "|", a.refusal); }
      else { refusedBoth++; why.set(a.refusal, (why.get(a.refusal) ?? 0) + 1); }
      return;
    }
    if (program === undefined) {
      if (errors.list().some((e) => e.code === "E_NOT_YET")) { notyet++; return; }
      bad++; if (bad < 30) console.log("REFUSED", linkType, text, "|", errors.list()[0]); return;
    }
    let any = false;
    for (const f of frames.get(linkType)!) {
      const want = runProgram(a.program, f.octets, f.wire);
      if (want === undefined) { loops++; continue; }
      any ||= want;
      let got; try { got = evaluate(program, f.octets, 0, f.octets.length, f.wire); } catch (e) { bad++; console.log('EVAL', linkType, text, String(e)); break; }
      if (got !== want) { bad++; if (bad < 30) console.log("DIFF", linkType, text, "want", want, Buffer.from(f.octets).toString("hex").slice(0, 160), f.wire); break; }
    }
    if (any) matching++;
  });
  console.log({ n, bad, refusedBoth, matching, notyet, loops });
  if (process.env["WHY"]) console.log([...why].sort((a, b) => b[1] - a[1]).slice(0, 30));
}, 600000);
