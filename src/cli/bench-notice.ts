/**
 * How soon it is known that a library OS has died. A replay goes on beside it at a frame each ms: how many frames wait for it when the
 * kernel takes its ring back is for how long, in ms, it has not been looked after: from the call of its program in which it died.
 */
import { setTimeout as delay } from "node:timers/promises";
import { startAppliance } from "../appliance/appliance.js";
import type { ApplianceInterface } from "../appliance/interface.js";
import type { CallName, Calls } from "../kernel/calls.js";
import { benchCapture } from "./bench-capture.js";
import { atMost, type Row, type Table } from "./figure.js";

/** Frames of the capture are a µs apart: so many times slower, a ms. */
const SPEED = 0.001;
/** ms, then, after which the replay ends, and nothing could be measured. */
export const NOTICE_FRAMES = 20_000;
/** Frames that are dealt with first. */
const AFTER = 200;
/** MiB that are taken in each call of a program, so that the last one is short: near its limit the collector takes its time for each. */
const MEBIBYTES = 1;
const RUNS = 3;
/** What is promised, in ms. */
export const NOTICED_MS = 500;
const LOOK_MS = 5;

/** Program and options, by how it dies. */
const DEATHS = {
  throws: ["thrower", { after: AFTER }],
  "ends its thread": ["thrower", { after: AFTER, how: "exit" }],
  "exhausts its heap": ["hog", { after: AFTER, where: "heap", mebibytes: MEBIBYTES }],
} as const;
export type Death = keyof typeof DEATHS;

export const DEATH_NAMES = Object.keys(DEATHS) as Death[];

export async function noticeTable(): Promise<{ about: string[]; table: Table }> {
  const rows: Row[] = [];
  for (const death of DEATH_NAMES) {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await noticed(death, benchCapture({ packets: NOTICE_FRAMES })));
    rows.push({ name: `one that ${death}`, cells: [atMost(Math.max(...times), "ms", NOTICED_MS)] });
  }
  return {
    about: [
      `A library OS that dies is known to be dead: the longest of ${RUNS} times, told by the frames that waited.`,
    ],
    table: { title: "until it is noticed", columns: [""], rows },
  };
}

/** ms from the call in which a library OS dies so until the kernel has taken its ring back. `path`: NOTICE_FRAMES frames, a µs apart. */
export async function noticed(death: Death, path: string): Promise<number> {
  const appliance = await startAppliance();
  try {
    const [program, options] = DEATHS[death];
    await call(appliance, "trace", { levels: ["error"] });
    const { environment } = await call(appliance, "createEnvironment", { name: "dies", program, options });
    const filter = { conjunctions: [[]] };
    await call(appliance, "bind", { name: "every", environment, mode: "tap", priority: 0, filter });
    const sources = [{ kind: "file", name: "bench", path }] as const;
    await call(appliance, "openReplay", { sources, options: { speed: SPEED, loop: 1, lossless: false } });
    await call(appliance, "play", {});
    return await waitedFor(appliance);
  } finally {
    await appliance.close();
  }
}

/** Frames in its ring when it was taken back, as the trace has it. Throws where the replay is over before. */
async function waitedFor(appliance: ApplianceInterface): Promise<number> {
  let over = false;
  const stop = appliance.listen((event) => {
    over ||= event.kind === "replay" && (event.status.state === "ended" || event.status.state === "failed");
  });
  try {
    while (!over) {
      const failed = appliance.trace.since(0, NOTICE_FRAMES).find(({ name }) => name === "environmentFailed");
      if (failed !== undefined) return failed.fields[1] ?? Number.NaN;
      await delay(LOOK_MS);
    }
    throw new Error(`bench: in ${NOTICE_FRAMES} ms nobody has noticed that it is dead`);
  } finally {
    stop();
  }
}

async function call<K extends CallName>(
  appliance: ApplianceInterface,
  name: K,
  args: Calls[K]["args"],
): Promise<Calls[K]["result"]> {
  const answer = await appliance.call(appliance.rootCapability, name, args);
  if (!answer.ok) throw new Error(`bench: ${name}: ${answer.error}: ${answer.detail}`);
  return answer.result;
}
