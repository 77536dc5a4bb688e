/** The assembler: each of its methods appends one instruction, and what it makes prints as expected. */
import { describe, expect, test } from "vitest";
import { printProgram } from "../../src/vcode/print.js";
import { Assembler } from "../../src/vcode/vcode.js";
import { verify } from "../../src/vcode/verify.js";

function listing(...assemblers: Assembler[]): string[] {
  const lambdas = assemblers.map((each) => each.end());
  return printProgram({ lambdas, tables: 0 })
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length > 0);
}

describe("the assembler", () => {
  test("every method is an instruction", () => {
    const v = new Assembler(["p", "i"]);
    const [u, l] = [v.getreg("u"), v.getreg("l")];
    const [here, there] = [v.genlabel(), v.genlabel()];
    v.set("u", u, 1);
    v.mov("p", 0, 0);
    v.alu("add", "u", u, u, 1);
    v.alui("sub", "i", 1, 1, 14);
    v.unary("com", "u", u, u);
    v.cv("i", "l", l, 1);
    v.ld("host", "uc", u, 0, { reg: 1 });
    v.ldn("us", u, 0, 12);
    v.st("network", "u", u, 0, { imm: 4 });
    v.label(here);
    v.fuel(3);
    v.br("blt", "i", 1, u, here);
    v.bri("bne", "l", l, 5, there);
    v.jt(u, [here, there], there);
    v.label(there);
    v.j(there);
    v.scallv("leaf", { imm: 7 });
    v.scalli(1, "step", { reg: u });
    v.callv(1, { reg: 0 }, { reg: 1 });
    v.call(u, 2, { imm: 5n });
    v.ret();
    expect(listing(v)).toEqual([
      "v_lambda f0(r0:p, r1:i) in packet",
      "v_getreg r2:u, r3:l",
      "v_setu r2, 1",
      "v_movp r0, r0",
      "v_addu r2, r2, r1",
      "v_subii r1, r1, 14",
      "v_comu r2, r2",
      "v_cvi2l r3, r1",
      "v_lduc r2, r0, r1",
      "v_ldnusi r2, r0, 12",
      "v_stnui r2, r0, 4",
      "L0:",
      "v_fuel 3",
      "v_blti r1, r2, L0",
      "v_bneli r3, 5n, L1",
      "v_jt r2, [L0, L1], L1",
      "L1:",
      "v_jv L1",
      "v_scallv leaf, 7",
      "v_scalli r1, step, r2",
      "v_callv f1, r0, r1",
      "v_calli r2, f2, 5n",
      "v_retv",
      "v_end",
    ]);
  });

  test("what only images have", () => {
    const v = new Assembler(["p", "i"]);
    const l = v.getreg("l");
    v.ldv("host", "uc", 1, 1, { reg: 1 });
    v.ldv("network", "l", l, 1, { imm: 8 });
    v.stv("network", "us", 1, 1, { imm: -2 });
    v.aluo("add", 1, 1, { reg: 1 });
    v.aluo("mul", 1, 1, { imm: 2 ** 32 - 1 });
    v.scalli(1, "left");
    expect(listing(v).slice(2)).toEqual([
      "v_ldvuc r1, r1, r1",
      "v_ldvnli r2, r1, 8",
      "v_stvnusi r1, r1, -2",
      "v_addoi r1, r1, r1",
      "v_muloii r1, r1, -1",
      "v_scalli r1, left",
      "v_end",
    ]);
  });

  test("regions and result stand in the head", () => {
    const v = new Assembler(["p", "i", "p", "i", "u"], { regions: ["packet", "environment"], result: "u" });
    v.ret({ reg: 4 });
    const w = new Assembler([], { regions: [], result: "l" });
    w.ret({ imm: 1n });
    expect(listing(v, w)).toEqual([
      "v_lambda f0(r0:p, r1:i, r2:p, r3:i, r4:u): u in packet, environment",
      "v_retu r4",
      "v_end",
      "v_lambda f1(): l",
      "v_retli 1n",
      "v_end",
    ]);
  });

  test("constants are brought into range", () => {
    const v = new Assembler(["p", "i"]);
    const [u, l] = [v.getreg("u"), v.getreg("ul")];
    v.set("u", u, 0xffffffff);
    v.set("u", u, 2n ** 32n + 5n);
    v.alui("add", "p", 0, 0, 2 ** 32 + 1);
    v.set("ul", l, 0xffffffffffffffffn);
    v.set("ul", l, 7);
    v.bri("beq", "i", 1, 2 ** 31, v.genlabel());
    expect(listing(v).slice(2, -1)).toEqual([
      "v_setu r2, -1",
      "v_setu r2, 5",
      "v_addpi r0, r0, 1",
      "v_setul r3, -1n",
      "v_setul r3, 7n",
      "v_beqii r1, -2147483648, L0",
    ]);
  });

  test("a register that was put back comes again, of its own type", () => {
    const v = new Assembler(["p", "i"]);
    const u = v.getreg("u");
    const i = v.getreg("i");
    v.putreg(u);
    expect(v.getreg("i")).not.toBe(i);
    expect(v.getreg("u")).toBe(u);
    expect(v.getreg("u")).not.toBe(u);
  });

  test("what it makes is judged by the verifier alone", () => {
    const v = new Assembler(["p", "i"]);
    v.ldn("uc", v.getreg("u"), 0, 0);
    v.ret();
    const verdict = verify({ lambdas: [v.end()], tables: 0 });
    expect(verdict.ok ? [] : verdict.rejections.map(({ code, index, insn }) => [code, index, insn])).toEqual([
      ["bounds", 0, "v_ldnuci r2, r0, 0"],
    ]);
  });
});
