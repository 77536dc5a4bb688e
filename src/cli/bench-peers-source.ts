/** C sources of the engines that are compared with: written by us, compiled when a bench runs (bench-peers.ts). */
import { flow } from "./bench-filters.js";

const HEAD = `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void fail(const char *what) {
  fprintf(stderr, "%s\\n", what);
  exit(1);
}
`;

/**
 * Reads what Traffic.write wrote (argv[1]) into memory, then obeys lines: "time N" answers the ns that the first N
 * frames took, each segment touched before the clock runs; "verdicts N" writes winners to argv[2] and answers "ok".
 */
const HARNESS = `
static int32_t segments, octets, *rows, *address, *captured, *winner;
static uint8_t *memory;
static volatile int32_t touched;

static void *room(size_t size) {
  void *at = malloc(size);
  if (!at) fail("memory");
  return at;
}

static int32_t *words(FILE *file, size_t count) {
  int32_t *at = room(count * 4);
  if (fread(at, 4, count, file) != count) fail("the traffic ends early");
  return at;
}

static void read_traffic(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("the traffic cannot be read");
  int32_t *head = words(file, 2), all = 0;
  segments = head[0];
  octets = head[1];
  rows = words(file, segments);
  for (int32_t segment = 0; segment < segments; segment++) all += rows[segment];
  address = words(file, all);
  captured = words(file, all);
  memory = room(octets);
  if (fread(memory, 1, octets, file) != (size_t)octets) fail("the traffic ends early");
  winner = room((size_t)all * 4);
  fclose(file);
}

static void touch(int32_t from, int32_t to) {
  int32_t sum = 0;
  for (int32_t at = address[from]; at < address[to - 1] + captured[to - 1]; at += 64) sum ^= memory[at];
  for (int32_t row = from; row < to; row++) sum ^= address[row] ^ captured[row];
  touched ^= sum;
}

__attribute__((noinline)) static void run(int32_t *into, int32_t from, int32_t to) {
  for (int32_t row = from; row < to; row++) into[row - from] = judge(memory + address[row], captured[row]);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e9 + at.tv_nsec;
}

static double pass(int32_t frames) {
  double spent = 0;
  for (int32_t segment = 0, from = 0; frames > 0 && segment < segments - 1; from += rows[segment++]) {
    int32_t count = rows[segment] < frames ? rows[segment] : frames;
    touch(from, from + count);
    double began = now();
    run(winner, from, from + count);
    spent += now() - began;
    frames -= count;
  }
  return spent;
}

static void verdicts(const char *path, int32_t frames) {
  int32_t all = 0, odd = rows[segments - 1];
  for (int32_t segment = 0; segment < segments - 1; segment++) all += rows[segment];
  FILE *file = fopen(path, "wb");
  if (!file) fail("the verdicts cannot be written");
  run(winner, 0, frames);
  fwrite(winner, 4, frames, file);
  run(winner, all, all + odd);
  fwrite(winner, 4, odd, file);
  fclose(file);
}

int main(int argc, char **argv) {
  char line[64];
  int frames;
  if (argc < 3) fail("two arguments are wanted");
  prepare(argc, argv);
  read_traffic(argv[1]);
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "time %d", &frames) == 1) printf("%.0f\\n", pass(frames));
    else if (sscanf(line, "verdicts %d", &frames) == 1) {
      verdicts(argv[2], frames);
      puts("ok");
    } else fail("an unknown line");
    fflush(stdout);
  }
  return 0;
}
`;

/**
 * The filters of flows 1 to `filters` as a C programmer would write them for that very set: what all have in common
 * once, in front, then the destination and its port. The port is compared behind the switch: so the compiler makes a
 * table of it, where a compare in each case makes a jump that cannot be predicted (3.2 ns a packet, not 11).
 */
export function handWritten(filters: number): string {
  const cases = Array.from({ length: filters }, (_, index) => {
    const { address, port } = flow(index + 1);
    return `  case ${address}u: port = ${port}; id = ${index + 1}; break;`;
  });
  return `${HEAD}
static uint32_t load16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }
static uint32_t load32(const uint8_t *at) { return load16(at) << 16 | load16(at + 2); }

static void prepare(int argc, char **argv) { (void)argc; (void)argv; }

static inline int32_t judge(const uint8_t *frame, int32_t captured) {
  if (captured < 34) return 0;
  if (load16(frame + 12) != 0x0800 || frame[23] != 6 || (load16(frame + 20) & 0x1fff) != 0) return 0;
  int32_t end_of_ip = 14 + ((frame[14] & 0x0f) << 2);
  if (captured < end_of_ip + 4) return 0;
  const uint8_t *ports = frame + end_of_ip;
  uint32_t port;
  int32_t id;
  switch (load32(frame + 30)) {
${cases.join("\n")}
  default: return 0;
  }
  return load16(ports + 2) == port ? id : 0;
}
${HARNESS}`;
}

/** One optimised program a filter, tried in turn; the expressions are the lines of argv[3]. Frames had 64 octets. */
export const LIBPCAP = `#include <pcap/pcap.h>
#include <string.h>
${HEAD}
static struct bpf_program *programs;
static int32_t filters;

static void prepare(int argc, char **argv) {
  char line[256];
  FILE *expressions = argc < 4 ? NULL : fopen(argv[3], "r");
  if (!expressions) fail("the expressions cannot be read");
  pcap_t *dead = pcap_open_dead(DLT_EN10MB, 262144);
  if (!dead) fail("libpcap has no memory");
  while (fgets(line, sizeof line, expressions)) {
    line[strcspn(line, "\\n")] = 0;
    programs = realloc(programs, (filters + 1) * sizeof *programs);
    if (!programs) fail("memory");
    if (pcap_compile(dead, &programs[filters], line, 1, PCAP_NETMASK_UNKNOWN)) fail(pcap_geterr(dead));
    filters++;
  }
  fclose(expressions);
  pcap_close(dead);
}

static inline int32_t judge(const uint8_t *frame, int32_t captured) {
  for (int32_t filter = 0; filter < filters; filter++)
    if (bpf_filter(programs[filter].bf_insns, frame, 64, captured)) return filter + 1;
  return 0;
}
${HARNESS}`;

/** What compiles where libpcap's headers and the library are there. */
export const LIBPCAP_PROBE = `#include <pcap/pcap.h>
int main(void) { return pcap_lib_version() == 0; }
`;
