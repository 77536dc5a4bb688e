/**
 * C source of what today's Linux does for the rows of SOSP'95: written by us, compiled when the bench runs (bench-linux.ts).
 * Prints a line for each row, its name and ns, the median of ROUNDS rounds. Two processes share one processor, as the papers' did.
 */
export const LINUX = `#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 9, PAGES = 100 };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e9 + at.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* What one turn of a row takes, of so many. */
static void row(const char *name, void (*turns)(int), int count, double parts) {
  double took[ROUNDS];
  turns(count / 10 + 1);
  for (int round = 0; round < ROUNDS; round++) {
    double from = now();
    turns(count);
    took[round] = (now() - from) / count / parts;
  }
  qsort(took, ROUNDS, sizeof *took, by_value);
  printf("%s %.3f\\n", name, took[ROUNDS / 2]);
  fflush(stdout);
}

__attribute__((noinline)) static void nothing(void) {
  __asm__ volatile("");
}

static void null_call(int count) {
  while (count--) nothing();
}

static void null_syscall(int count) {
  while (count--) syscall(SYS_getppid);
}

/* Faults: the handler mends what the instruction needs, or jumps over it. */

static uint8_t *pages;
static long page_size;
static sigjmp_buf back;
static volatile int zero, one = 1;

static void *page(int number) {
  return pages + number * page_size;
}

static void protect(int from, int count, int how) {
  if (mprotect(page(from), count * page_size, how)) fail("mprotect");
}

static void jump_back(int signal) {
  siglongjmp(back, 1);
}

static void handle(int signal, void (*plain)(int), void (*full)(int, siginfo_t *, void *)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_NODEFER | (full ? SA_SIGINFO : 0);
  if (full) action.sa_sigaction = full;
  else action.sa_handler = plain;
  if (sigaction(signal, &action, 0)) fail("sigaction");
}

static void arithmetic(int count) {
  handle(SIGFPE, jump_back, 0);
  for (volatile int left = count; left > 0; left--) {
    if (!sigsetjmp(back, 0)) zero = one / zero;
  }
}

static void protection(int count) {
  handle(SIGSEGV, jump_back, 0);
  protect(0, 1, PROT_READ);
  for (volatile int left = count; left > 0; left--) {
    if (!sigsetjmp(back, 0)) *(volatile uint8_t *)page(0) = 1;
  }
  protect(0, 1, PROT_READ | PROT_WRITE);
}

static int other;

static void unprotect_this(int signal, siginfo_t *info, void *context) {
  int number = ((uint8_t *)info->si_addr - pages) / page_size;
  protect(number, 1, PROT_READ | PROT_WRITE);
}

static void swap_protection(int signal, siginfo_t *info, void *context) {
  int number = ((uint8_t *)info->si_addr - pages) / page_size;
  protect(other, 1, PROT_READ);
  protect(number, 1, PROT_READ | PROT_WRITE);
  other = number;
}

static uint32_t chance = 1;

static int random_page(void) {
  chance = chance * 1664525u + 1013904223u;
  return (chance >> 16) % PAGES;
}

static void appel1(int count) {
  handle(SIGSEGV, 0, swap_protection);
  protect(0, PAGES, PROT_READ);
  other = 0;
  protect(0, 1, PROT_READ | PROT_WRITE);
  while (count--) {
    int number = random_page();
    if (number == other) number = (number + 1) % PAGES;
    *(volatile uint8_t *)page(number) = 1;
  }
  protect(0, PAGES, PROT_READ | PROT_WRITE);
}

static void appel2(int count) {
  static int order[PAGES];
  handle(SIGSEGV, 0, unprotect_this);
  for (int at = 0; at < PAGES; at++) order[at] = at;
  for (int at = PAGES - 1; at > 0; at--) {
    int with = random_page() % (at + 1), kept = order[at];
    order[at] = order[with];
    order[with] = kept;
  }
  while (count--) {
    protect(0, PAGES, PROT_READ);
    for (int at = 0; at < PAGES; at++) *(volatile uint8_t *)page(order[at]) = 1;
  }
}

static void prot1(int count) {
  while (count--) {
    protect(0, 1, PROT_READ);
    protect(0, 1, PROT_READ | PROT_WRITE);
  }
}

static double of_hundred[2];

/* Apart, though they alternate. */
static void hundred(void) {
  double took[2][ROUNDS];
  for (int round = 0; round < ROUNDS; round++) {
    took[0][round] = took[1][round] = 0;
    for (int turn = 0; turn < 200; turn++) {
      memset(pages, turn, PAGES * page_size);
      double from = now();
      protect(0, PAGES, PROT_READ);
      double between = now();
      protect(0, PAGES, PROT_READ | PROT_WRITE);
      took[0][round] += (between - from) / 200;
      took[1][round] += (now() - between) / 200;
    }
  }
  for (int which = 0; which < 2; which++) {
    qsort(took[which], ROUNDS, sizeof *took[which], by_value);
    printf("%s %.3f\\n", which ? "unprot100" : "prot100", took[which][ROUNDS / 2]);
  }
}

static int pagemap;

static void dirty(int count) {
  uint64_t entry;
  while (count--) {
    if (pread(pagemap, &entry, 8, (uintptr_t)pages / page_size * 8) != 8) fail("pagemap");
  }
}

/* Two processes and a counter that goes to and fro. */

static int to_child[2], to_parent[2], sockets[2];
static volatile int32_t *shared;

static void one_processor(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(sched_getcpu(), &set);
  if (sched_setaffinity(0, sizeof set, &set)) fail("sched_setaffinity");
}

static void pipe_turns(int count) {
  int32_t word = 0;
  while (count--) {
    if (write(to_child[1], &word, 4) != 4 || read(to_parent[0], &word, 4) != 4) fail("pipe");
  }
}

static void socket_turns(int count) {
  int32_t word = 0;
  while (count--) {
    if (write(sockets[0], &word, 4) != 4 || read(sockets[0], &word, 4) != 4) fail("socket");
  }
}

static void wait_while(int32_t value) {
  while (*shared == value) syscall(SYS_futex, shared, FUTEX_WAIT, value, 0, 0, 0);
}

static void say(int32_t value) {
  *shared = value;
  syscall(SYS_futex, shared, FUTEX_WAKE, 1, 0, 0, 0);
}

static void shared_turns(int count) {
  while (count--) {
    say(1);
    wait_while(1);
  }
}

static void echo(int from, int to) {
  int32_t word;
  while (read(from, &word, 4) == 4) {
    word++;
    if (write(to, &word, 4) != 4) return;
  }
}

static void beside(void (*child)(void), const char *name, void (*turns)(int), int count, double parts) {
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    child();
    _exit(0);
  }
  row(name, turns, count, parts);
  kill(pid, SIGKILL);
  waitpid(pid, 0, 0);
}

static void pipe_child(void) {
  echo(to_child[0], to_parent[1]);
}

static void socket_child(void) {
  echo(sockets[1], sockets[1]);
}

static void shared_child(void) {
  for (;;) {
    wait_while(0);
    say(0);
  }
}

int main(void) {
  page_size = sysconf(_SC_PAGESIZE);
  one_processor();
  pages = mmap(0, PAGES * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  shared = mmap(0, page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pagemap = open("/proc/self/pagemap", O_RDONLY);
  if (pages == MAP_FAILED || shared == MAP_FAILED) fail("mmap");
  if (pipe(to_child) || pipe(to_parent) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)) fail("pipe");
  memset(pages, 1, PAGES * page_size);
  row("call", null_call, 2000000, 1);
  row("syscall", null_syscall, 200000, 1);
  row("overflow", arithmetic, 20000, 1);
  row("protection", protection, 20000, 1);
  beside(pipe_child, "pipe", pipe_turns, 10000, 2);
  beside(shared_child, "shm", shared_turns, 10000, 2);
  beside(socket_child, "lrpc", socket_turns, 10000, 1);
  if (pagemap >= 0) row("dirty", dirty, 50000, 1);
  row("prot1", prot1, 20000, 2);
  hundred();
  row("appel1", appel1, 10000, 1);
  row("appel2", appel2, 100, PAGES);
  return 0;
}
`;
