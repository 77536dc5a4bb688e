/** Asks an environment's program once a second while a view is in sight. */
import { useEffect, useState } from "preact/hooks";
import { words } from "../http.js";
import { query } from "../programs.js";
import { connection } from "../store.js";

const EVERY_MS = 1_000;

/** The last answer; null while there is none. `environment` undefined asks nobody. */
export function usePolled<T>(environment: number | undefined, what: string): T | null {
  const [answer, setAnswer] = useState<T | null>(null);
  useEffect(() => {
    setAnswer(null);
    if (environment === undefined) return;
    const stop = new AbortController();
    let timer = 0;
    const ask = async () => {
      if (connection.value.state === "live" && document.visibilityState === "visible") {
        const next = await query<T>(environment, what, stop.signal);
        if (stop.signal.aborted) return;
        if (next !== null) setAnswer(next);
      }
      timer = window.setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [environment, what]);
  return answer;
}

export interface Watched<T> {
  /** The last answer; null while there is none. */
  readonly answer: T | null;
  /** Why there is no newer one, in words. */
  readonly problem: string | null;
}

/** Asks again and again while a view is in sight: `pause` says after how many ms, by the last answer. `key`: of whom it is asked. */
export function useWatched<T>(
  ask: (stop: AbortSignal) => Promise<T>,
  pause: (last: T | null) => number,
  key: string | number,
): Watched<T> {
  const [watched, setWatched] = useState<Watched<T>>({ answer: null, problem: null });
  useEffect(() => {
    setWatched({ answer: null, problem: null });
    const stop = new AbortController();
    let timer = 0;
    let last: T | null = null;
    const look = async () => {
      if (connection.value.state === "live" && document.visibilityState === "visible") {
        try {
          last = await ask(stop.signal);
          if (!stop.signal.aborted) setWatched({ answer: last, problem: null });
        } catch (error) {
          const problem = words(error);
          if (!stop.signal.aborted) setWatched((before) => ({ ...before, problem }));
        }
      }
      if (!stop.signal.aborted) timer = window.setTimeout(() => void look(), pause(last));
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [key]);
  return watched;
}
