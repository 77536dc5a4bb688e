/** Protected control transfer: who runs, in whose time, and what each is told. */
import { describe, expect, test } from "vitest";
import { CallReturn, Cause } from "../../src/kernel/abi.js";
import { MAX_CALL_DEPTH, MAX_PENDING } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import type { CallEnd } from "../../src/kernel/transfer.js";
import { type Act, balance, Cpu, type Program } from "./cpu.js";

const [A, B, C] = [1, 2, 3];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return "";
}

/** Runs only at the start of a slice. */
function atStart(run: (act: Act) => unknown): Program {
  return (act) => (act.cause === Cause.start ? run(act) : 0);
}

/** Who owns slice 0 and does this at its start. */
function withCaller(run: (act: Act) => unknown, cpu = new Cpu({ count: 2 })): Cpu {
  cpu.create(A, atStart(run), 0);
  return cpu;
}

describe("a synchronous call", () => {
  test("runs the callee at once, in the caller's time, and gives back its word", () => {
    let end: CallEnd | undefined;
    const cpu = withCaller((act) => {
      act.spend(10);
      end = act.call(B, 4, 5, 6, 7, 8, 9);
      act.spend(5);
    });
    cpu.create(B, (act) => {
      act.spend(30);
      return (act.message[1] ?? 0) + (act.message[6] ?? 0);
    });
    cpu.processor.turn(1);
    expect(end).toEqual({ used: 30, value: 13, kept: false, error: undefined });
    // m1 is the caller, in the kernel's writing; the callee has the rest of the slice, not the grace.
    expect(cpu.ran[1]).toEqual({
      environment: B,
      cause: Cause.syncCall,
      fuel: 90,
      used: 30,
      message: [A, 4, 5, 6, 7, 8, 9],
    });
    const { accounts } = cpu.processor;
    expect([accounts.ran[A], accounts.ran[B], accounts.paid[A], accounts.paid[B]]).toEqual([15, 30, 45, 0]);
    balance(cpu);
  });

  test("words beyond the registers are cut, so none can pass for another", () => {
    const cpu = withCaller((act) => act.call(B, 1, 2, 3, 4, 5, 6, 7, 8));
    cpu.create(B, () => 0);
    cpu.processor.turn(1);
    expect(cpu.ran[1]?.message).toEqual([A, 1, 2, 3, 4, 5, 6]);
  });

  test("a callee that uses up everything leaves its caller the grace to hear of it", () => {
    let heard: CallEnd | undefined;
    const cpu = withCaller((act) => {
      heard = act.call(B);
      act.spend(15);
    });
    cpu.create(B, (act) => {
      for (;;) act.spend(10);
    });
    cpu.processor.turn(1);
    expect(heard).toEqual({ used: 100, value: 0, kept: false, error: "E_CALLEE_DIED" });
    expect(cpu.order).toEqual(["1:1", "2:4", "1:2"]);
    // The caller's time, so the caller owes; the callee is not to blame for what it was left.
    expect([cpu.processor.accounts.owes[A], cpu.processor.accounts.owes[B]]).toEqual([16, 0]);
    balance(cpu);
  });

  test("a callee that is destroyed while it is called is an error for its caller, who goes on", () => {
    let heard: CallEnd | undefined;
    const cpu = withCaller((act) => {
      heard = act.call(B);
      act.spend(1);
    });
    cpu.create(B, (act) => {
      act.spend(3);
      cpu.destroy(B);
      return 7;
    });
    cpu.processor.turn(1);
    expect(heard).toEqual({ used: 3, value: 0, kept: false, error: "E_CALLEE_DIED" });
    expect(cpu.processor.accounts.ran[A]).toBe(1);
    balance(cpu);
  });

  test("goes round: A calls B calls A, each inside the other, down to the limit", () => {
    const codes: string[] = [];
    let deepest = 0;
    const other = (callee: number): Program => {
      return (act) => {
        if (act.cause === Cause.endOfSlice) return 0;
        const depth = act.cause === Cause.start ? 1 : (act.message[1] ?? 0) + 1;
        deepest = Math.max(deepest, depth);
        act.spend(1);
        codes.push(codeOf(() => act.call(callee, depth)));
        return 0;
      };
    };
    const cpu = new Cpu({ count: 1 });
    cpu.create(A, other(B), 0);
    cpu.create(B, other(A));
    cpu.processor.turn(1);
    expect(deepest).toBe(MAX_CALL_DEPTH);
    expect(codes).toEqual(["E_CALL_DEPTH", ...Array.from({ length: MAX_CALL_DEPTH - 1 }, () => "")]);
    expect([cpu.processor.accounts.ran[A], cpu.processor.accounts.ran[B]]).toEqual([8, 8]);
    balance(cpu);
  });

  test("what cannot begin is refused and costs nothing", () => {
    const codes: string[] = [];
    const cpu = withCaller((act) => {
      codes.push(codeOf(() => act.call(9)));
      codes.push(codeOf(() => act.call(-1)));
      codes.push(codeOf(() => act.call(2 ** 31)));
      act.useUp();
      codes.push(codeOf(() => act.call(B)));
    });
    cpu.create(B, () => 0);
    expect(codeOf(() => cpu.transfers.call(B, [], 10))).toBe("E_NOT_CALLED");
    cpu.processor.turn(1);
    expect(codes).toEqual(["E_NO_ENVIRONMENT", "E_NO_ENVIRONMENT", "E_NO_ENVIRONMENT", "E_SLICE_OVER"]);
    expect(cpu.processor.accounts.ran[B]).toBe(0);
    balance(cpu);
  });
});

describe("a call that is kept", () => {
  /** B keeps A's call, and gives it back in its third start. */
  function kept(): Cpu {
    const cpu = withCaller((act) => {
      act.spend(10);
      const { kept: keeps } = act.call(B, 5);
      act.spend(2);
      return keeps ? 1 : 0;
    });
    let starts = 0;
    cpu.create(B, (act) => {
      act.spend(20);
      if (act.cause === Cause.syncCall) cpu.transfers.keep();
      if (act.cause === Cause.start && ++starts === 3) cpu.transfers.giveBack(A, [42, 43]);
    });
    return cpu;
  }

  test("gives the callee the rest of this slice and all later ones, until it gives the call back", () => {
    const cpu = kept();
    cpu.processor.turn(1);
    expect(cpu.order).toEqual(["1:1", "2:4", "2:1"]);
    cpu.processor.turn(1);
    expect(cpu.order.slice(3)).toEqual(["2:1"]);
    cpu.processor.turn(1);
    expect(cpu.order.slice(4)).toEqual(["2:1", "1:10"]);
    expect(cpu.ran.at(-1)).toMatchObject({ fuel: 80 + 20, message: [B, CallReturn.returned, 42, 43, 0, 0, 0] });
    const { accounts } = cpu.processor;
    expect([accounts.slices[A], accounts.slices[B], accounts.paid[B]]).toEqual([3, 0, 0]);
    expect([accounts.ran[A], accounts.ran[B]]).toEqual([13, 80]);
    cpu.processor.turn(1);
    expect(cpu.order.at(-3)).toBe("1:1");
    balance(cpu);
  });

  test("while it is, nothing of the caller's runs, and what is posted to it waits", () => {
    const cpu = kept();
    cpu.processor.turn(1);
    for (let each = 1; each < MAX_PENDING; each++) cpu.processor.post(A, Cause.message, [each]);
    // A place is left for the return.
    expect(codeOf(() => cpu.processor.post(A, Cause.message, []))).toBe("E_QUEUE_FULL");
    cpu.processor.turn(1);
    expect(cpu.ran.filter(({ environment }) => environment === A)).toHaveLength(1);
    cpu.processor.turn(1);
    expect(cpu.order.slice(5, 8)).toEqual(["1:10", "1:3", "1:3"]);
    balance(cpu);
  });

  test("whose callee dies comes back as such, and the caller has its slices again", () => {
    const cpu = kept();
    cpu.processor.turn(1);
    cpu.destroy(B);
    cpu.programs.set(A, () => 0);
    cpu.processor.turn(1);
    expect(cpu.order.slice(3)).toEqual(["1:1", "1:10"]);
    expect(cpu.ran.at(-1)?.message.slice(0, 2)).toEqual([B, CallReturn.destroyed]);
    balance(cpu);
  });

  test("whose caller dies is nobody's: its slices are free, and giving back is refused", () => {
    const cpu = kept();
    cpu.processor.turn(1);
    cpu.destroy(A);
    cpu.slices.allocate(B, 1);
    const codes: string[] = [];
    cpu.programs.set(B, () => codes.push(codeOf(() => cpu.transfers.giveBack(A, []))));
    cpu.processor.turn(1);
    expect(codes).toEqual(["E_NOT_CALLED"]);
    expect(cpu.slices.free).toBe(1);
    balance(cpu);
  });

  test("lets its caller neither call nor be called; only who is called can keep", () => {
    const codes: string[] = [];
    const cpu = withCaller((act) => {
      act.call(B);
      codes.push(codeOf(() => act.call(C)));
      codes.push(codeOf(() => cpu.transfers.send(C, [])));
      codes.push(codeOf(() => cpu.transfers.keep()));
    });
    cpu.create(B, (act) =>
      act.cause === Cause.syncCall ? cpu.transfers.keep() : codes.push(codeOf(() => act.call(A))),
    );
    cpu.create(C, () => 0);
    cpu.processor.turn(1);
    expect(codes).toEqual(["E_CALLER_WAITS", "E_CALLER_WAITS", "E_NOT_CALLED", "E_CALLEE_WAITS"]);
    balance(cpu);
  });

  test("is not, where callee and caller would wait for each other", () => {
    const ends: CallEnd[] = [];
    const cpu = new Cpu({ count: 1 });
    cpu.create(
      A,
      (act) => {
        if (act.cause === Cause.syncCall) cpu.transfers.keep();
        else if (ends.length === 0) ends.push(act.call(B));
      },
      0,
    );
    cpu.create(B, (act) => {
      cpu.transfers.keep();
      act.call(A);
    });
    cpu.processor.turn(1);
    expect(ends).toMatchObject([{ kept: false, error: "E_DEADLOCK" }]);
    expect(cpu.processor.standsInFor(B)).toBe(A);
    expect(cpu.processor.standsInFor(A)).toBe(-1);
    balance(cpu);
  });

  test("passes on along a chain: A's and B's time is C's while B waits for it", () => {
    const cpu = withCaller((act) => act.call(B), new Cpu({ count: 2 }));
    cpu.create(
      B,
      (act) => {
        if (act.cause !== Cause.syncCall) return;
        cpu.transfers.keep();
        act.call(C);
      },
      1,
    );
    cpu.create(C, (act) => (act.cause === Cause.syncCall ? cpu.transfers.keep() : act.spend(60)));
    cpu.processor.turn(1);
    expect(cpu.order).toEqual(["1:1", "2:4", "3:4", "3:1"]);
    cpu.processor.turn(61);
    expect(cpu.order.slice(4)).toEqual(["3:1", "3:1"]);
    expect([cpu.processor.accounts.paid[A], cpu.processor.accounts.paid[B]]).toEqual([121, 60]);
    balance(cpu);
  });
});

describe("an asynchronous transfer", () => {
  test("gives the rest of this slice only, when the caller's activation has ended", () => {
    const cpu = withCaller((act) => {
      act.spend(10);
      cpu.transfers.send(B, [5, 6]);
      act.spend(5);
    });
    cpu.create(B, (act) => act.spend(50));
    cpu.processor.turn(1);
    expect(cpu.ran.slice(1)).toEqual([
      { environment: B, cause: Cause.asyncCall, fuel: 85 + 20, used: 50, message: [A, 5, 6, 0, 0, 0, 0] },
    ]);
    expect([cpu.processor.accounts.paid[A], cpu.processor.accounts.paid[B]]).toEqual([65, 0]);
    balance(cpu);
  });

  test("reaches the callee before all that waits for it, also where no rest is left", () => {
    const cpu = withCaller((act) => {
      cpu.transfers.send(B, [5]);
      act.useUp(3);
    });
    cpu.create(B, () => 0, 1);
    cpu.processor.post(B, Cause.message, [1]);
    cpu.processor.turn(1);
    expect(cpu.order).toEqual(["1:1"]);
    cpu.processor.turn(1);
    expect(cpu.order.slice(1)).toEqual(["2:1", "2:5", "2:3"]);
    balance(cpu);
  });

  test("wakes a sleeper; is refused, whole, where there is no room", () => {
    const codes: string[] = [];
    const cpu = withCaller(() => codes.push(codeOf(() => cpu.transfers.send(B, []))));
    cpu.create(B, () => 0);
    for (let each = 0; each < MAX_PENDING; each++) cpu.processor.post(B, Cause.message, []);
    cpu.processor.sleep(B);
    cpu.processor.turn(1);
    expect(cpu.order).toEqual(["1:1"]);
    cpu.processor.forget(B);
    cpu.create(B, () => 0);
    cpu.processor.sleep(B);
    cpu.processor.turn(1);
    expect(codes).toEqual(["E_QUEUE_FULL", ""]);
    expect(cpu.order.slice(1)).toEqual(["1:1", "2:5"]);
    balance(cpu);
  });
});
