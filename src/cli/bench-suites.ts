/** Names of the benches, as the command line tells them. */
export const SUITES = {
  replay: "the server, replaying flat out to two environments while a client asks",
  demux: "classifying: each target beside C, libpcap and interpreters, from 1 filter to 10,000",
  filter: "filter, split and info on captures of 4,000,000 packets, beside tcpdump",
  kernel: "what protection costs a packet, and handing packets to library OSes and back",
  ash: "handlers: a message, a round trip, pipes, compiling, and what bad ones cost others",
  paper: "the tables of SOSP'95 that have a counterpart here, beside Node and Linux",
} as const;

export type SuiteName = keyof typeof SUITES;

export function isSuite(name: string): name is SuiteName {
  return Object.hasOwn(SUITES, name);
}
