import type { ProgramFactory } from "./program.js";
import { createCitizen } from "./programs/citizen.js";
import { createEcho } from "./programs/echo.js";
import { createExos } from "./programs/exos.js";
import { createForger } from "./programs/forger.js";
import { createGreedy } from "./programs/greedy.js";
import { createHog } from "./programs/hog.js";
import { createLooper } from "./programs/looper.js";
import { createMonitor } from "./programs/monitor.js";
import { createReader } from "./programs/reader.js";
import { createRecorder } from "./programs/recorder.js";
import { createThrower } from "./programs/thrower.js";

/** The library OSes of the installation, by name: chosen, never uploaded. */
export const PROGRAMS: ReadonlyMap<string, ProgramFactory> = new Map([
  ["citizen", createCitizen],
  ["echo", createEcho],
  ["exos", createExos],
  ["forger", createForger],
  ["greedy", createGreedy],
  ["hog", createHog],
  ["looper", createLooper],
  ["monitor", createMonitor],
  ["reader", createReader],
  ["recorder", createRecorder],
  ["thrower", createThrower],
]);
