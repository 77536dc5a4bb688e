/** Octets of the whole process, all threads together, that lie in memory. Some µs. */
export function residentOctets(): number {
  return process.memoryUsage.rss();
}
