/**
 * `error`, after `back` has taken back what was done before it. It stays the error that is told; where
 * taking back fails, too, that becomes its cause, which the log has.
 */
export async function undone(error: unknown, back: () => Promise<unknown>): Promise<unknown> {
  try {
    await back();
  } catch (second) {
    if (error instanceof Error) error.cause ??= second;
  }
  return error;
}
