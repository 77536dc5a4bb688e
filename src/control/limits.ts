/** Every maximum of the control plane, with its unit and the reason for it. */

export interface ControlLimits {
  /** Octets of a JSON body: the largest thing but a profile is a filter's text with escapes. */
  readonly bodyOctets: number;
  /** Levels of objects and lists in a JSON body. */
  readonly bodyDepth: number;
  /** Octets of an environment's options as JSON: they are kept in the profile, and go to its program at its start. */
  readonly optionsOctets: number;
  /** TCP connections at once; further ones are closed at once. */
  readonly connections: number;
  /** ms for a request's headers, and for a body that is not an upload. */
  readonly headerMs: number;
  readonly bodyMs: number;
  /** ms that an upload may pause, and that it may take in all. */
  readonly uploadIdleMs: number;
  readonly uploadMs: number;
  /** Questions for the compile worker at once of a child of the root and all that is derived from it: a page asks one or two. */
  readonly questions: number;
  /** Of all together: each may take as long as the compile deadline, and whoever waits keeps a connection. Shared out as questions.ts says. */
  readonly questionsInAll: number;
  /** ms that reading through a capture may take. */
  readonly scanMs: number;
  /** Captures being read through at once: the machine's other work goes on. */
  readonly scans: number;
  /** Filters that one packet is explained by, where none is named. */
  readonly explained: number;
  /** Captures being written out by filter at once: each has a worker, and lives as long as its client reads. */
  readonly exports: number;
  /** ms that the client of one may pause, and that it may take in all. */
  readonly exportIdleMs: number;
  readonly exportMs: number;
  /** Requests of one address in a window. */
  readonly requests: number;
  readonly requestsWindowMs: number;
  /** Signed-in browsers; the oldest is signed out for a new one. */
  readonly sessions: number;
  readonly sessionMs: number;
  /** Capabilities that were shown and are kept in mind, so that the kernel is not asked again; the oldest goes for a new one. */
  readonly admitted: number;
  /** WebSockets at once. */
  readonly sockets: number;
  /** Octets of a message from a WebSocket. */
  readonly socketMessageOctets: number;
  /** Octets waiting for a slow WebSocket, beyond which it misses ticks. */
  readonly socketBufferOctets: number;
  /** ms between ticks, and between signs of life asked of a WebSocket. */
  readonly tickMs: number;
  readonly pingMs: number;
  /** Places listed in one problem. */
  readonly problemPlaces: number;
  /** ms that a stopping server waits for requests under way. */
  readonly drainMs: number;
}

const KIB = 1024;
const MINUTE = 60_000;

export const CONTROL_LIMITS: ControlLimits = {
  bodyOctets: 512 * KIB,
  bodyDepth: 32,
  optionsOctets: 4 * KIB,
  connections: 256,
  headerMs: 10_000,
  bodyMs: 30_000,
  uploadIdleMs: 30_000,
  uploadMs: 60 * MINUTE,
  questions: 8,
  questionsInAll: 64,
  scanMs: 10 * MINUTE,
  scans: 2,
  explained: 200,
  exports: 4,
  exportIdleMs: 30_000,
  exportMs: 60 * MINUTE,
  requests: 10_000,
  requestsWindowMs: 10_000,
  sessions: 64,
  sessionMs: 24 * 60 * MINUTE,
  admitted: 1024,
  sockets: 32,
  socketMessageOctets: 4 * KIB,
  socketBufferOctets: 1024 * KIB,
  tickMs: 100,
  pingMs: 30_000,
  problemPlaces: 100,
  drainMs: 5_000,
};
