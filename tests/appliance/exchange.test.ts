/** Many bindings at once: in the time of one build, all of them or none, with the name of what is at fault. */
import { describe, expect, onTestFinished, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import { assemble, type Profile } from "../../src/appliance/profile.js";
import { benchOver } from "../control/bench.js";
import { Machine } from "./machine.js";
import { packetsOf } from "./records.js";

const CAPTURE = "captures/demo.pcap";
const MANY = 10_000;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function profileOf(texts: readonly string[]): Profile {
  return {
    filters: texts.map((text, at) => ({ name: `f${at}`, language: "dpf", text })),
    environments: [],
    bindings: texts.map((_, at) => ({ name: `f${at}`, filter: `f${at}`, environment: "control", mode: "tap" })),
  };
}

const ports = (count: number) => range(count).map((at) => `12:16 == 0x800 && 23:8 == 17 && 36:16 == ${at}`);
/** More code than one environment may have. */
const TOO_MUCH = range(40).map((text) =>
  range(100)
    .map((at) => `shift ${text}:8 & ${1 + at} << 1 && shift ${at}:8 & 7 && ${at}:8 == 1`)
    .join(" || "),
);

async function start(): Promise<Machine> {
  const machine = await Machine.start();
  onTestFinished(() => machine.close());
  return machine;
}

describe("a profile", () => {
  test(`of ${MANY} filters is bound in one change, and every one of them counts`, async () => {
    const machine = await start();
    const bound = await assemble(machine.appliance, machine.appliance.rootCapability, profileOf(ports(MANY)));
    expect(new Set(bound).size).toBe(MANY);
    const places = new Set([...machine.appliance.bindings.values()].map(({ from }) => from.packet));
    expect([machine.appliance.bindings.size, places.size]).toEqual([MANY, 1]);
    await machine.open(CAPTURE);
    await machine.playToEnd();
    const expected = new Map<number, number>();
    for (const packet of packetsOf(CAPTURE)) {
      if (packet.length < 38 || packet[12] !== 8 || packet[13] !== 0 || packet[23] !== 17) continue;
      const port = (packet[36] ?? 0) * 256 + (packet[37] ?? 0);
      expected.set(port, (expected.get(port) ?? 0) + 1);
    }
    const counted = bound.map((binding) => machine.counters(binding).packets);
    expect(counted).toEqual(range(MANY).map((port) => expected.get(port) ?? 0));
    expect(counted.some((count) => count > 0)).toBe(true);
    expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  });

  test("that asks for too much says of which filter, and binds none", async () => {
    const machine = await start();
    const refused = assemble(machine.appliance, machine.appliance.rootCapability, profileOf(TOO_MUCH));
    await expect(refused).rejects.toThrow(/binding f\d+ of filter f\d+: the filters of one environment/);
    expect(machine.appliance.bindings.size).toBe(0);
    await machine.bind("after", "12:16 == 0x800");
  });
});

test("a profile that the compile worker refuses leaves what runs as it is, numbers and counters included", async () => {
  const { ask, appliance, close } = await benchOver(await startAppliance(), {});
  onTestFinished(close);
  const profile = profileOf(ports(20));
  expect((await ask("PUT", "/api/v1/profile", { json: profile })).status).toBe(200);
  const before = [...appliance.bindings.keys()];
  const refused = (await ask("PUT", "/api/v1/profile", { json: profileOf(TOO_MUCH) })).json();
  expect(refused).toMatchObject({ status: 507, code: "E_TOO_MANY" });
  const { errors, detail } = refused as { errors: { pointer: string }[]; detail: string };
  const at = Number(/^\/bindings\/(\d+)$/.exec(errors[0]?.pointer ?? "")?.[1]);
  expect(at).toBeGreaterThan(1);
  expect(detail).toContain(`filters/f${at}: `);
  expect([...appliance.bindings.keys()]).toEqual(before);
  const { bindings } = (await ask("GET", "/api/v1/profile")).json() as Profile;
  expect(bindings.map(({ name }) => name)).toEqual(profile.bindings.map(({ name }) => name));
});

test("an exchange takes names, and gives slots, of what it ends; what it cannot do it names", async () => {
  const machine = await start();
  const first = await machine.bind("one", "12:16 == 1");
  const second = await machine.bind("two", "12:16 == 2");
  const filter = await machine.filter("12:16 == 3");
  const asked = (name: string) => ({ name, environment: 0, mode: "tap", priority: 0, filter }) as const;
  const call = (names: readonly string[], release: readonly number[]) =>
    machine.appliance.call(machine.appliance.rootCapability, "exchange", { bindings: names.map(asked), release });
  expect(await call(["three", "two"], [first.binding])).toMatchObject({ error: "E_NAME_TAKEN", at: 1 });
  expect(await call(["one", "one"], [first.binding])).toMatchObject({ error: "E_NAME_TAKEN", at: 1 });
  expect(await call(["ok", "No"], [])).toMatchObject({ error: "E_NAME", at: 1 });
  expect(await call(["ok"], [99])).toMatchObject({ error: "E_NO_BINDING" });
  expect(machine.appliance.bindings.size).toBe(2);
  expect(await call(["one", "three"], [first.binding])).toMatchObject({ ok: true });
  const names = () => [...machine.appliance.bindings.values()].map(({ name }) => name).sort();
  expect(names()).toEqual(["one", "three", "two"]);
  expect(await call([], [second.binding])).toMatchObject({ ok: true });
  expect(names()).toEqual(["one", "three"]);
  const { binding } = await machine.bind("two", "12:16 == 4");
  expect([first.binding, second.binding]).toContain(binding);
});
