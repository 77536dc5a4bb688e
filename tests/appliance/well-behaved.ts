/** Library OSes that behave well, and what they answer: beside whatever misbehaves it is, octet for octet, what they answer alone. */
import type { Machine } from "./machine.js";

/** All that they can be asked. */
export const QUESTIONS = [
  ["monitor", "summary"],
  ["monitor", "flows"],
  ["exos", "status"],
  ["exos", "streams"],
  ["exos", "arp"],
  ["exos", "icmp"],
  ["exos", "udp"],
  ["exos", "vlans"],
] as const;
const LOOPS = 2;

export type WellBehaved = Readonly<Record<"monitor" | "exos", number>>;

/** Their environments, each of which sees every packet. */
export async function wellBehaved(machine: Machine): Promise<WellBehaved> {
  const monitor = await machine.environment("monitor", "monitor");
  const exos = await machine.environment("exos", "exos");
  await machine.bind("monitor", "true", monitor, "tap");
  await machine.bind("exos", "true", exos, "tap");
  return { monitor, exos };
}

/** Plays a capture twice, does `meanwhile` over and over until it is over, then asks everything. */
export async function answers(
  machine: Machine,
  environments: WellBehaved,
  capture: string,
  meanwhile?: () => Promise<void>,
): Promise<unknown[]> {
  await machine.open(`captures/${capture}`, { loop: LOOPS });
  let over = false;
  const doing = (async () => {
    while (!over && meanwhile !== undefined) await meanwhile();
  })();
  await machine.playToEnd();
  over = true;
  await doing;
  return asked(machine, environments);
}

/** What they say now. */
export async function asked(machine: Machine, environments: WellBehaved): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const [environment, what] of QUESTIONS) {
    answers.push(await machine.appliance.query(environments[environment], what, { limit: 4096 }));
  }
  return answers;
}

/** On each of the captures, by library OSes that nobody else is beside. */
export async function answersAlone(machine: Machine, captures: readonly string[]): Promise<unknown[][]> {
  const alone = await wellBehaved(machine);
  const all: unknown[][] = [];
  for (const capture of captures) all.push(await answers(machine, alone, capture));
  return all;
}
