/** Limits of a handler's text, beyond those of its characters, octets and nesting (diagnostic.ts, vcode/handler.ts). */

export const MAX_FUNCTIONS = 64;
export const MAX_FUNCTION_PARAMETERS = 16;
/** Of one function, parameters included. */
export const MAX_LOCALS = 256;
/** Records, arrays and tables. */
export const MAX_ITEMS = 64;
/** Of one shape. */
export const MAX_FIELDS = 64;
/** An xor pipe that does not begin with 0 counts for two. */
export const MAX_PIPES = 32;
export const MAX_PIPELINES = 16;
/** Lengths of arrays and capacities of tables; the octets of state have a limit of their own. */
export const MAX_COUNT = 1 << 24;
/** Octets of a message that an offset can tell. */
export const MAX_MESSAGE_OCTETS = 65_536;
/** Steps from the text's root to its deepest expression. */
export const MAX_DEPTH = 400;
