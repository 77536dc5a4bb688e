import { describe, expect, test } from "vitest";
import type { CompiledHandler } from "../../src/ash/ash.js";
import { HandlerCall } from "../../src/vcode/handler.js";
import type { Operand } from "../../src/vcode/insn.js";
import { onAll } from "./running.js";
import * as t from "./trees.js";

/** Branches to blocks that tell the kernel a fault. */
function checksOf({ program }: CompiledHandler): number {
  let checks = 0;
  for (const { insns } of program.lambdas) {
    const faults = new Set<number>();
    for (const [index, insn] of insns.entries()) {
      const next = insns[index + 1];
      if (insn.op === "label" && next?.op === "scall" && isFault(next.args[0])) faults.add(insn.label);
    }
    for (const insn of insns) if ("label" in insn && insn.op !== "label" && faults.has(insn.label)) checks++;
  }
  return checks;
}

function isFault(call: Operand | undefined): boolean {
  return call !== undefined && "imm" in call && call.imm === HandlerCall.fault;
}

const counting = t.handler(
  [t.entry([t.increase(t.at("u64", 0), t.num(1n)), t.increase(t.at("u64", 8), t.convert("u64", t.length)), t.PASSES])],
  { layout: t.stateOf(t.record("u64", "u64")) },
);

describe("lowering", () => {
  test("a counting handler is two loads, two stores and what it computes", () => {
    const compiled = t.lowered(counting);
    const { told, state } = onAll(compiled, [new Uint8Array(60), new Uint8Array(1500), new Uint8Array()]);
    expect(told.map(({ outcome }) => outcome)).toEqual([0, 0, 0]);
    const view = new DataView(state.buffer);
    expect([view.getBigUint64(0, true), view.getBigUint64(8, true)]).toEqual([3n, 1560n]);
  });

  test("a header check", () => {
    const compiled = t.lowered(
      t.handler([
        t.entry(
          [
            t.if_(t.compare("lt", t.length, t.num(34)), [t.PASSES]),
            t.if_(t.compare("ne", t.loaded("u16", 12), t.num(0x800)), [t.PASSES]),
            t.let_(0, t.math("add", t.num(14), t.math("shl", t.math("and", t.loaded("u8", 14), t.num(15)), t.num(2)))),
            t.if_(
              t.both(
                t.compare("eq", t.loaded("u8", 23), t.num(17, "u8")),
                t.compare("eq", t.loaded("u16", t.math("add", t.local(0), t.num(2))), t.num(53)),
              ),
              [t.CONSUMES],
            ),
            t.PASSES,
          ],
          ["u32"],
        ),
      ]),
    );
    expect(checksOf(compiled)).toBe(1);
  });
});
