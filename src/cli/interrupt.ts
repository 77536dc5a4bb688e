/** Signals that end a command which must clean up before it goes. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Does `work`, whose signal is aborted by SIGINT, SIGTERM, SIGHUP and SIGQUIT. Where one came and `work` has rejected, the
 * process ends by that very signal, so that whoever started it learns of it.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let came: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    came ??= signal;
    abort.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const restore = () => {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  };
  try {
    return await work(abort.signal);
  } catch (error) {
    restore();
    if (came !== undefined) process.kill(process.pid, came);
    throw error;
  } finally {
    restore();
  }
}
