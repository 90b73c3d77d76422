// The frame around the translated step kernel (bench/lib/to-c.js): loads an image of our kernel memory, runs the same
// slices over it, and either writes the memory back or times the runs.
//
//   twin IMAGE runs N      N runs over the chunk, then the memory to stdout
//   twin IMAGE time SEC    repeats from the same state for SEC seconds; prints the fastest run in ns
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define unchecked(x) (x)
#define f64(x) ((double)(x))
#define i32(x) ((int32_t)(x))
#define math_abs fabs
#define math_floor __builtin_floor
#define math_ceil __builtin_ceil
#define math_trunc __builtin_trunc
#define math_sqrt __builtin_sqrt

// As JavaScript has them: NaN wins, −0 is below 0.
static inline double math_max(double a, double b) {
  if (a != a || b != b) return NAN;
  return a == b ? (signbit(a) ? b : a) : a > b ? a : b;
}
static inline double math_min(double a, double b) {
  if (a != a || b != b) return NAN;
  return a == b ? (signbit(a) ? a : b) : a < b ? a : b;
}

// assembly/engine/pod-lanes.ts, which is written in lanes of two: here as loops that gcc may vectorise as wide as it likes.
static void kernel_valuePods(double *restrict equity, const double *restrict cash, const double *restrict lots,
                             const double *restrict marks, const double *restrict holders, int32_t pods, int32_t symbols) {
  for (int32_t p = 0; p < pods; p++) equity[p] = cash[p] / 1e6;
  for (int32_t s = 0; s < symbols; s++) {
    if (holders[s] == 0.0) continue;
    double mark = marks[s];
    for (int32_t p = 0; p < pods; p++) equity[p] += lots[s * pods + p] * mark;
  }
}

static bool kernel_surelyHolds(const double *restrict scaled, const double *restrict lots, const double *restrict capital,
                               const double *restrict band, int32_t at, int32_t pods, double mark, double step) {
  double unit = (step + 1.0) * mark;
  int64_t loud = 0;
  for (int32_t p = 0; p < pods; p++) {
    double x = scaled[at + p] * capital[p];
    double v = lots[at + p] * mark;
    loud |= fabs(x - v) + (unit + fabs(x) * 1e-12) - band[p] >= 0.0;
    loud |= unit * fabs(v) - x * v > 0.0;
  }
  return loud == 0;
}

#include "kernel.h"

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static volatile int64_t sink;

static void run_chunk(int32_t slices) {
  int32_t next = 0;
  while (next < slices && kernel_account[kernel_LIQUIDATED] == 0.0) {
    next = kernel_run(next, slices);
    sink += kernel_eventsUsed();
    kernel_clearEvents();
  }
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  FILE *file = fopen(argv[1], "rb");
  int32_t header[4];  // slices, offset and bytes of the state, number of bind arguments that follow
  if (!file || fread(header, sizeof header, 1, file) != 1) return 2;
  int32_t *arguments = malloc(4 * (size_t)header[3]);
  int64_t size;
  if (fread(arguments, 4, (size_t)header[3], file) != (size_t)header[3] || fread(&size, 8, 1, file) != 1) return 2;
  char *memory = aligned_alloc(64, ((size_t)size + 63) / 64 * 64);
  if (fread(memory, 1, (size_t)size, file) != (size_t)size) return 2;
  bind_all(memory, arguments);
  int32_t slices = header[0];
  char *state = memory + header[1], *start = malloc((size_t)header[2]);
  memcpy(start, state, (size_t)header[2]);
  if (strcmp(argv[2], "runs") == 0) {
    for (int n = atoi(argv[3]); n > 0; n--) run_chunk(slices);
    return fwrite(memory, 1, (size_t)size, stdout) == (size_t)size ? 0 : 2;
  }
  uint64_t best = UINT64_MAX, end = now() + (uint64_t)(atof(argv[3]) * 1e9);
  while (now() < end) {
    memcpy(state, start, (size_t)header[2]);
    uint64_t begin = now();
    run_chunk(slices);
    uint64_t taken = now() - begin;
    if (taken < best) best = taken;
  }
  printf("%llu\n", (unsigned long long)best);
  return 0;
}
