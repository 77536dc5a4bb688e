/** Who answers the client of a wired machine, timed by the client. */
import type { Contestant } from "./bench-contest.js";
import type { WiredMachine } from "./bench-wire.js";

const NS = 1e6;

/** One that is closed when it has been timed. */
export interface Answerer extends Contestant {
  close(): Promise<void>;
}

/** `trip`: from when the message is on the wire to when its answer is. */
export function answerer(name: string, machine: WiredMachine, trip: () => void): Answerer {
  return {
    name,
    time: (trips) => {
      const began = performance.now();
      for (let left = trips; left > 0; left--) {
        machine.send();
        trip();
        machine.takeAnswer();
      }
      return (performance.now() - began) * NS;
    },
    close: () => machine.close(),
  };
}
