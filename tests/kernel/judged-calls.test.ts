/** The rules of a handler's calls, as kernel and trials run them, against their obvious twin: calls of chance, right and wrong, rich and poor. */
import { expect, test } from "vitest";
import { HandlerCall, OUTCOME_BITS, STATE_BASE } from "../../src/vcode/handler.js";
import { emitHandler } from "../../src/vcode/handler-target.js";
import { NO_OUTCOME } from "../../src/vcode/linked-handler.js";
import { parse } from "../../src/vcode/parse.js";
import { type Verified, verify } from "../../src/vcode/verify.js";
import { LinkedMachine } from "../ash/linked-machine.js";
import { FACTS, TargetMachine } from "../ash/target-machine.js";
import { Chance } from "../seeded.js";
import { asks, handler } from "./handled.js";

const STATE = 8192 + 100;
const MESSAGE = Uint8Array.from({ length: 300 }, (_, octet) => octet & 255);
const CALLS = 2000;

/** Writes into the state, makes one call, and gives back what that gives back. */
function calling(call: number, words: readonly number[]): Verified {
  const writes = [`  v_seti r10, ${STATE_BASE + 64}`, "  v_seti r11, 77", "  v_stvii r11, r10, 0"];
  const parsed = parse(handler(...writes, asks("r12", call, ...words), "  v_reti r12"));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const verdict = verify(parsed.program, { image: true });
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.rejections));
  return verdict.program;
}

/** Mostly inside, often at an edge or one beyond, now and then anything. */
function argument(chance: Chance, most: number, base = 0): number {
  const edge = [0, 1, most - 1, most, most + 1, -1][chance.below(6)] ?? 0;
  const value = chance.percent(60) ? base + chance.below(most) : base + edge;
  return chance.percent(3) ? chance.below(2 ** 31) * (chance.percent(50) ? -1 : 1) : value | 0;
}

function wordsOf(chance: Chance, call: number): number[] {
  const state = () => argument(chance, STATE, STATE_BASE);
  const length = () => argument(chance, chance.percent(50) ? 64 : 2048);
  switch (call) {
    case HandlerCall.vector:
      return [argument(chance, MESSAGE.length), argument(chance, MESSAGE.length), state()];
    case HandlerCall.send:
      return [state(), Math.min(2048, length()), -1];
    case HandlerCall.clear:
      return [state(), length()];
    case HandlerCall.move:
      return [state(), state(), length()];
    case HandlerCall.fault:
      return [argument(chance, 12), chance.below(100)];
    default:
      return [argument(chance, 16), chance.below(100), chance.below(100), chance.below(100)];
  }
}

test("are the same: what is judged first, what is paid, what is done", () => {
  const chance = new Chance(0x9e11);
  const seen = new Map<string, number>();
  for (let n = 0; n < CALLS; n++) {
    const call = chance.below(Object.keys(HandlerCall).length + 2);
    const words = wordsOf(chance, call);
    const program = calling(call, words);
    const budget = chance.percent(40) ? 10 + chance.below(chance.percent(60) ? 30 : 220) : 2000;
    const machine = new LinkedMachine(program, STATE, "interpreter", 0);
    const packed = machine.run({ octets: MESSAGE, wire: 300, time: 0n, port: 0, number: 1 }, budget);
    const twin = new TargetMachine(emitHandler(program, "interpreter", FACTS), STATE, {
      sent: () => true,
      transferred: () => true,
    });
    const { end, fuel } = twin.run({ octets: MESSAGE, words: [300, 0, 0, 0, 1, 1, 0] }, budget);
    const word = packed & NO_OUTCOME;
    const told = word === NO_OUTCOME ? machine.reason : word;
    const about = `call ${call} of ${words}, budget ${budget}`;
    expect([told, budget - (packed >>> OUTCOME_BITS)], about).toEqual([
      end.kind === "fault" ? end.reason : end.kind === "outcome" ? end.word : end.kind,
      fuel,
    ]);
    expect(machine.stateOctets.compare(twin.state()), about).toBe(0);
    const kind = `${call} ${told === 0 || told === "call" || told === "fuel" ? told : "other"}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
  for (const call of Object.values(HandlerCall)) {
    if (call === HandlerCall.fault) continue;
    const ends = call === HandlerCall.wake ? [0, "fuel"] : [0, "call", "fuel"];
    for (const end of ends) expect(seen.get(`${call} ${end}`) ?? 0, `${call} ${end}`).toBeGreaterThan(5);
  }
});
