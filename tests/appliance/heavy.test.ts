/** One author's filters are heavy; all others go on binding, changing and, above all, releasing. */
import { expect, onTestFinished, test } from "vitest";
import { MAX_OWN_CODE } from "../../src/kernel/limits.js";
import { Chance } from "../seeded.js";
import { Machine } from "./machine.js";

const TEXTS = 40;
const ALTERNATIVES = 250;

/** Alternatives that shift by fields of their own: 10,000 of them in all texts. */
function heavy(chance: Chance): string {
  const one = () => `shift ${chance.below(200)}:8 & ${1 + chance.below(255)} << ${chance.below(4)} && 0:8 == 1`;
  return Array.from({ length: ALTERNATIVES }, one).join(" || ");
}

async function start(): Promise<{ machine: Machine; replaced: string[] }> {
  const machine = await Machine.start();
  onTestFinished(() => machine.close());
  const replaced: string[] = [];
  machine.appliance.listen((event) => {
    if (event.kind === "compiler-replaced") replaced.push(event.reason);
  });
  return { machine, replaced };
}

test("who asks for too much code is refused by the limit's name; nobody else is, and no worker ends", async () => {
  const { machine, replaced } = await start();
  const chance = new Chance(31);
  const author = await machine.environment("author", "");
  const bound: number[] = [];
  for (let text = 0; text < TEXTS; text++) {
    const filter = await machine.filter(heavy(chance));
    const args = { name: `heavy-${text}`, environment: author, mode: "tap", priority: 0, filter } as const;
    const answer = await machine.appliance.call(machine.appliance.rootCapability, "bind", args);
    if (answer.ok) bound.push(answer.result.binding);
    else expect(answer).toMatchObject({ error: "E_TOO_MANY", detail: expect.stringContaining(`${MAX_OWN_CODE}`) });
  }
  expect(bound.length).toBeGreaterThan(2);
  expect(bound.length).toBeLessThan(TEXTS);
  // Each of these makes the whole program anew.
  for (let other = 0; other < 5; other++) {
    const { binding } = await machine.bind(`other-${other}`, `shift ${other}:8 && ${other}:16 == 7`);
    await machine.call("rebind", { bindings: [binding], filter: await machine.filter(`${other}:32 == 7`) });
    await machine.call("unbind", { bindings: [binding] });
  }
  for (const binding of bound) await machine.call("unbind", { bindings: [binding] });
  await machine.bind("after", "12:16 == 0x800");
  expect(replaced).toEqual([]);
});
