/** Which numbers ports have: captures those below FIRST_PORT, in the order in which a replay names them; those that are made the rest. */

/** A descriptor's port is an octet: captures have what is below. */
export const FIRST_PORT = 240;
/** Ports that are made, at once: each end of a wire keeps a MiB. */
export const MAX_PORTS = 16;
/** The last of them. */
export const LAST_PORT = FIRST_PORT + MAX_PORTS - 1;
/** Of these, how many one below the root may have, with all below it: a half, so that nobody takes all. */
export const MAX_OWN_PORTS = MAX_PORTS / 2;
