/** Asks an environment's program once a second while a view is in sight. */
import { useEffect, useState } from "preact/hooks";
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
