/** Seeded residual predicates: small VCODE programs over a frame, a few of which never end by themselves. */
import type { Program, Type } from "../../src/vcode/insn.js";
import { Assembler } from "../../src/vcode/vcode.js";
import type { Chance } from "../seeded.js";

const [PACKET, LEFT, WIRE, LINK] = [0, 1, 2, 3];

function predicate(write: (v: Assembler) => void, facts: readonly Type[] = []): Program {
  const v = new Assembler(["p", "i", ...facts], { result: "i" });
  write(v);
  return { lambdas: [v.end()], tables: 0 };
}

/** A word of the frame, reckoned with and compared. */
export function straight(chance: Chance, longest: number): Program {
  const offset = chance.below(Math.max(longest - 3, 1));
  return predicate((v) => {
    const no = v.genlabel();
    const value = v.getreg("u");
    v.bri("blt", "i", LEFT, offset + 4, no);
    v.ld(chance.pick(["host", "network"] as const), "u", value, PACKET, { imm: offset });
    v.alui(chance.pick(["add", "xor", "mul"] as const), "u", value, value, chance.below(1000));
    v.alui("and", "u", value, value, chance.pick([1, 3, 0x0101]));
    v.bri("bne", "u", value, chance.below(2), no);
    v.ret({ imm: 1 });
    v.label(no);
    v.ret({ imm: 0 });
  });
}

/** The octets' sum: a loop over the frame, whatever its length. */
export function summing(chance: Chance): Program {
  const limit = chance.below(400);
  return predicate((v) => {
    const [head, out, no] = [v.genlabel(), v.genlabel(), v.genlabel()];
    const [at, octet, sum] = [v.getreg("i"), v.getreg("i"), v.getreg("i")];
    v.set("i", at, 0);
    v.set("i", sum, 0);
    v.label(head);
    v.fuel(1);
    v.br("bge", "i", at, LEFT, out);
    v.ld("host", "uc", octet, PACKET, { reg: at });
    v.alu("add", "i", sum, sum, octet);
    v.alui("add", "i", at, at, 1);
    v.j(head);
    v.label(out);
    v.bri("blt", "i", sum, limit, no);
    v.ret({ reg: sum });
    v.label(no);
    v.ret({ imm: 0 });
  });
}

/** Yes to frames that do not begin with the octet; goes round until its fuel is spent where one does. */
export function endless(octet: number): Program {
  return predicate((v) => {
    const [head, yes] = [v.genlabel(), v.genlabel()];
    const first = v.getreg("i");
    v.bri("blt", "i", LEFT, 1, yes);
    v.ld("host", "uc", first, PACKET, { imm: 0 });
    v.label(head);
    v.fuel(64);
    v.bri("beq", "i", first, octet, head);
    v.label(yes);
    v.ret({ imm: 1 });
  });
}

/** Yes to frames of at least four octets, which it loads; it takes their count for an unsigned number. */
export function unsigned(): Program {
  return predicate((v) => {
    const no = v.genlabel();
    v.bri("blt", "u", LEFT, 4, no);
    v.ld("host", "u", v.getreg("u"), PACKET, { imm: 0 });
    v.ret({ imm: 1 });
    v.label(no);
    v.ret({ imm: 0 });
  });
}

/** Yes to frames of which more is on the wire than was captured; of one link type, where it takes that too. */
export function ofFacts(link?: number): Program {
  const write = (v: Assembler) => {
    const no = v.genlabel();
    v.br("ble", "u", WIRE, LEFT, no);
    if (link !== undefined) v.bri("bne", "u", LINK, link, no);
    v.ret({ imm: 1 });
    v.label(no);
    v.ret({ imm: 0 });
  };
  return predicate(write, link === undefined ? ["u"] : ["u", "u"]);
}

export function randomPredicate(chance: Chance, longest: number): Program {
  const kind = chance.below(13);
  if (kind >= 10) return ofFacts([undefined, 1, 101][chance.below(3)]);
  if (kind < 6) return straight(chance, longest);
  return kind < 8 ? summing(chance) : endless(chance.pick([0, 0, 1, 0x45]));
}
