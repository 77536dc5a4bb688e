/**
 * Handlers that misbehave cost nobody else anything: a library OS beside them answers, octet for octet, what it answers alone; nothing
 * is lost, the books balance, and the control plane answers meanwhile.
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAX_KILLED_IN_ROW } from "../../src/kernel/limits.js";
import { Machine } from "./machine.js";
import { answers, answersAlone, wellBehaved } from "./well-behaved.js";

const CAPTURES = ["demo.pcap", "web.pcap", "lossy-tcp.pcap", "fragments.pcap"];
const ENTRIES = 64;
const SENDS = 7;

const handlerOf = (
  names: string,
  body: string,
  state = "",
) => `import { ${names}, type Message, type Outcome, pass, record, u32 } from "exonet/ash";
const seen = record({ turns: u32, spared: u32 });
${state}export default function bad(message: Message): Outcome {
  seen.turns += 1;
${body}}
`;
/** Of as many messages as kill in a row it lets one be, so that it is never unbound. */
const SPARES = `  if ((seen.turns & ${MAX_KILLED_IN_ROW - 1}) === 0) {
    seen.spared += 1;
    return pass;
  }
`;
const BAD = {
  loops: handlerOf(
    "u8",
    `${SPARES}  for (let turn = 1; turn !== 0; turn = turn | 1) seen.spared |= u8(0);\n  return pass;\n`,
  ),
  faults: handlerOf("u8", `${SPARES}  seen.spared += u8(message.u8(message.length));\n  return pass;\n`),
  floods: handlerOf(
    "frame",
    `  const answer = frame(60);\n  answer.setU32(0, message.number);\n  for (let left = ${SENDS}; left !== 0; left -= 1) if (!answer.send()) seen.spared += 1;\n  return pass;\n`,
  ),
  fills: handlerOf(
    "shape, table",
    `  for (let left = 8; left !== 0; left -= 1) {\n    const entry = entries.enter(seen.turns * 8 + left);\n    entry.count += message.length;\n  }\n  return pass;\n`,
    `const entries = table(u32, shape({ count: u32 }), ${ENTRIES});\n`,
  ),
} as const;
type Bad = keyof typeof BAD;
const NAMES: readonly Bad[] = ["loops", "faults", "floods", "fills"];

/** A binding whose packets the handler gets first, and which then go to nobody but its owner, who counts them. */
async function bad(machine: Machine, name: Bad, port: number): Promise<number> {
  const owner = await machine.environment(name, "");
  const { binding } = await machine.bind(name, "true", owner, "tap");
  const transmit = await machine.derived(`${name}-sends`, ["transmit"]);
  // All of the time, so that what happens does not depend on the machine's speed.
  const terms = { budget: { share: 1, sends: 100 }, transmit, port };
  await machine.call("bindHandler", { binding, ...terms, handler: { name, text: BAD[name] } });
  return binding;
}

let machine: Machine;
beforeEach(async () => {
  machine = await Machine.start();
});
afterEach(() => machine.close());

test("beside handlers that loop, fault, flood and fill their tables library OSes answer what they answer alone", async () => {
  const expected = await answersAlone(machine, CAPTURES);
  await machine.close();

  machine = await Machine.start();
  const options = { delayNs: 0, rate: 0, loss: 1, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };
  // What is sent there is lost: nothing of it comes back to anybody.
  const wire = { kind: "wire", name: "away", linkType: 1, hairpin: false, options } as const;
  const { ports } = await machine.call("createPort", wire);
  const beside = await wellBehaved(machine);
  const bindings = new Map<Bad, number>();
  for (const name of NAMES) bindings.set(name, await bad(machine, name, ports[0]!));
  // The control plane answers meanwhile.
  let asked = 0;
  const ask = async () => {
    await machine.call("handlers", {});
    asked++;
  };
  let packets = 0;
  for (const [at, capture] of CAPTURES.entries()) {
    expect(await answers(machine, beside, capture, ask), capture).toEqual(expected[at]);
    packets = machine.books().received;
    expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  }
  expect(packets).toBeGreaterThan(1000);
  expect(asked).toBeGreaterThan(CAPTURES.length);

  for (const name of NAMES) {
    const binding = bindings.get(name)!;
    const [view] = (await machine.call("handlers", { bindings: [binding] })).handlers;
    const { counts } = view!;
    const killed = Object.values(counts.killed).reduce((sum, count) => sum + count, 0);
    // All of its packets went the normal way, whatever became of the handler on them.
    expect(machine.counters(binding)).toMatchObject({ packets, delivered: packets, consumed: 0 });
    expect([name, view!.bound, counts.run, counts.passed + killed]).toEqual([name, true, packets, packets]);
    const spared = Math.floor(packets / MAX_KILLED_IN_ROW);
    if (name === "loops") expect(counts).toMatchObject({ passed: spared, killed: { fuel: packets - spared } });
    if (name === "faults") expect(counts).toMatchObject({ passed: spared, killed: { message: packets - spared } });
    if (name === "floods") {
      expect(counts.sent + counts.sendErrors).toBe(SENDS * packets);
      expect(counts.throttled.sends).toBe(counts.sendErrors);
      expect(Math.min(counts.sent, counts.throttled.sends)).toBeGreaterThan(100);
    }
    if (name === "fills") expect(counts.passed).toBe(packets);
  }
  expect(machine.environmentView(beside.exos)).toMatchObject({ state: "ready", delivered: packets });
});

test("one that kills itself on each packet is unbound, and its packets go on to its owner", async () => {
  const monitor = await machine.environment("monitor", "monitor");
  const { binding } = await machine.bind("monitor", "true", monitor, "claim");
  const text = BAD.faults.replace(SPARES, "");
  expect(text).not.toBe(BAD.faults);
  await machine.call("bindHandler", { binding, handler: { name: "faults", text } });
  await machine.open("captures/demo.pcap");
  const [epoch] = await machine.playToEnd();
  const [view] = (await machine.call("handlers", {})).handlers;
  expect(view).toMatchObject({ bound: false, counts: { run: MAX_KILLED_IN_ROW, passed: 0 } });
  expect(machine.environmentView(monitor).delivered).toBe(epoch!.packets);
  expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0, consumed: 0 });
});
