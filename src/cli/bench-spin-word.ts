/** The word that the two of bench-spin.ts share: whether to spin. Who does not sleeps on it. */
export const Spin = { no: 0, yes: 1 } as const;
