/** The vector of slices: who owns each position, and where the hand stands. */
import { signal } from "@preact/signals";
import type { Slices } from "../control/protocol.js";
import { RequestError, request } from "./http.js";
import { connection } from "./store.js";

const EVERY_MS = 250;
const NOT_FOUND = 404;

/** Null while nothing is known, and where the appliance has none. */
export const sliceVector = signal<Slices | null>(null);

/** Gives a downloaded environment a slice, or takes it from it; the vector is then as the kernel says. */
export async function setSlice(environment: number, position: number, owned: boolean): Promise<void> {
  const path = `environments/${environment}/slices/${position}`;
  sliceVector.value = await request<Slices>(owned ? "PUT" : "DELETE", path);
}

/** Asks while somebody looks; what it answers ends that. */
export function watchSlices(): () => void {
  const stop = new AbortController();
  let timer = 0;
  const ask = async () => {
    const looks = connection.value.state === "live" && document.visibilityState === "visible";
    try {
      if (looks) sliceVector.value = await request<Slices>("GET", "slices", undefined, stop.signal);
    } catch (error) {
      if (stop.signal.aborted) return;
      if (error instanceof RequestError && error.status === NOT_FOUND) {
        sliceVector.value = null;
        return;
      }
    }
    timer = window.setTimeout(() => void ask(), EVERY_MS);
  };
  void ask();
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
