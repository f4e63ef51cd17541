/* nu-support-vector regression of many samples on one design, fit by fit: the vectorised form of the NumPy solver.

   The way of a fit is the same: the central path in single precision, then in double, and from there to the vertex,
   which counts only when every optimality condition holds. A fit that is degenerate, or breaks down, is left to the
   NumPy solver: its violation is infinite. Compiled once for each instruction set, by hatch_build.py. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__AVX512F__)
#define VECTOR 64
#elif defined(__AVX2__)
#define VECTOR 32
#else
#define VECTOR 16
#endif
#define PANEL 1024 /* genes whose scaled design stays in the processor's cache */
#define MOST_STEPS 40
#define STEP_SHARE 0.99 /* of the way to the boundary */
#define FIRST_MU 0.15   /* at the start, by cost; y has unit variance */
#define ROUGH_MU 1e-4   /* down to here single precision is enough */
#define FEASIBLE 1e-6
#define SETTLED 1e-11

typedef struct {
  int genes, padded, types, wide; /* padded: genes to a multiple of 16; wide: types and intercept to one of 4 */
} Shape;
enum Place { INSIDE, ABOVE, BELOW, EDGE };
typedef struct {
  double *pays, *fitted, *sums, *rows, *system, *x, *sign;
  int *held;
  unsigned char *place;
} Vertex;

#define REAL float
#define NAME(x) x##_f
#include "path.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_d
#include "path.h"
#undef REAL
#undef NAME
#include "vertex.h"

/* What this library was made from, and whether this processor can run it. */
const char source[] = SOURCE;
int runs_here(void) {
#if defined(__AVX512F__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma");
#elif defined(__AVX2__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 1;
#endif
}

static const double GOALS[] = {1e-4, 1e-6, 1e-8, 1e-10, 1e-12, 1e-13};

/* The k-th smallest of n numbers, which are put in another order. */
static double smallest(double *a, int n, int k) {
  int low = 0, high = n - 1;
  while (low < high) {
    double pivot = a[(low + high) / 2];
    int i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        double other = a[i];
        a[i++] = a[j];
        a[j--] = other;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return a[k];
}

/* All three products of a gene equal to FIRST_MU times its cost, at residual r and half-width eps: the excess for which
   the multipliers sum to the cost, by Newton's method from that of the nearer side alone. */
static void start(Iterate_d at, const double *cost, Shape s) {
  const double eps = at.z[s.wide];
#pragma omp simd
  for (int i = 0; i < s.genes; i++) {
    double r = at.residual[i], size = fabs(r), over = size - eps, mu = FIRST_MU * cost[i];
    double excess = FIRST_MU + over / 2 + sqrt(over * over / 4 + FIRST_MU * FIRST_MU);
    for (int turn = 0; turn < 4; turn++) {
      double a = 1 / (eps + excess - size), b = 1 / (eps + excess + size), c = 1 / excess;
      excess += (mu * (a + b + c) - cost[i]) / (mu * (a * a + b * b + c * c));
    }
    at.excess[i] = excess;
    at.upper[i] = eps + excess - r;
    at.lower[i] = eps + excess + r;
    at.pays_upper[i] = mu / at.upper[i];
    at.pays_lower[i] = mu / at.lower[i];
  }
}

static void give(Iterate_d from, Iterate_f to, Shape s) {
  for (int j = 0; j <= s.wide; j++) to.z[j] = from.z[j];
  for (int i = 0; i < s.genes; i++) {
    to.residual[i] = from.residual[i];
    to.excess[i] = from.excess[i];
    to.upper[i] = from.upper[i];
    to.lower[i] = from.lower[i];
    to.pays_upper[i] = from.pays_upper[i];
    to.pays_lower[i] = from.pays_lower[i];
  }
}

/* Take over an iterate of single precision: residuals anew, and of a gene's three slacks the smallest as it is, so that
   the others follow from it without loss. 0 where digits ran out. */
static int take_over(Iterate_d at, Iterate_f from, const double *design, const double *y, const double *cost,
                     double *fitted, Shape s) {
  for (int j = 0; j <= s.wide; j++) at.z[j] = from.z[j];
  by_gene_d(design, at.z, fitted, s);
  const double eps = at.z[s.wide];
  int sound = 1;
  for (int i = 0; i < s.genes; i++) {
    double r = y[i] - fitted[i], size = fabs(r), excess = from.excess[i], near = r >= 0 ? from.upper[i] : from.lower[i];
    if (excess < near) near = eps + excess - size;
    else excess = near - eps + size;
    double far = eps + excess + size, upper = from.pays_upper[i], lower = from.pays_lower[i];
    at.residual[i] = r;
    at.excess[i] = excess;
    at.upper[i] = r >= 0 ? near : far;
    at.lower[i] = r >= 0 ? far : near;
    at.pays_upper[i] = upper;
    at.pays_lower[i] = lower;
    sound &= near > 0 && far > 0 && excess > 0 && upper > 0 && lower > 0 && cost[i] - upper - lower > 0;
  }
  return sound;
}

/* Ridge least squares, with eps at the level of its residuals that nu asks for. */
static void begin(Iterate_d at, const double *design, const double *ridge, const double *y, const double *cost,
                  double nu, double *sorted, double *fitted, int stride, Shape s) {
  memset(sorted, 0, s.padded * sizeof(double));
  memcpy(sorted, y, s.genes * sizeof(double));
  by_column_d(design, sorted, at.z, s);
  substitute_d(ridge, at.z, s.types + 1, stride);
  by_gene_d(design, at.z, fitted, s);
  for (int i = 0; i < s.genes; i++) sorted[i] = fabs(at.residual[i] = y[i] - fitted[i]);
  int rank = (int)((1 - nu) * s.genes);
  at.z[s.wide] = smallest(sorted, s.genes, rank < 0 ? 0 : rank >= s.genes ? s.genes - 1 : rank);
  start(at, cost, s);
}

static void *room_for(size_t bytes) {
  bytes = (bytes + 63) / 64 * 64;
  void *room = aligned_alloc(64, bytes);
  return room ? memset(room, 0, bytes) : room;
}

/* X (genes, types), cost (genes), y (fits, genes), nu (fits). Out: z (fits, types + 2), largest violation of a condition
   (fits), infinite where the fit is left open, and steps (fits). Returns 0 where there is no memory. */
int solve_nu_svr(const double *X, const double *cost, const double *y, const double *nu, int fits, int genes, int types,
                 double *z, double *violation, long long *steps) {
  const Shape s = {genes, (genes + 15) / 16 * 16, types, (types + 4) / 4 * 4};
  const int p = types, most = p + 4, stride = (s.wide + 16) / 16 * 16, n = s.padded;
  const size_t path = (size_t)stride * (2 * stride + 1) + (size_t)s.wide * PANEL + (size_t)13 * n;
  const size_t design_size = (size_t)s.wide * n, square = (size_t)stride * stride;
  const size_t doubles = path + design_size + square + 8 * n + 3 * stride + (size_t)most * (p + most + 2);
  double *room = room_for(doubles * sizeof(double)), *d = room;
  float *room_f = room_for((path + design_size + 7 * n + stride) * sizeof(float)), *f = room_f;
  int *held = room_for(most * sizeof(int));
  unsigned char *place = room_for(n);
  const int enough = room && room_f && held && place;
#define TAKE(from, count) ((from) += (count), (from) - (count))
  if (enough) {
    double *work = TAKE(d, path), *design = TAKE(d, design_size), *ridge = TAKE(d, square), *sorted = TAKE(d, n);
    double *found = TAKE(d, stride), *fitted = TAKE(d, n);
    float *work_f = TAKE(f, path), *design_f = TAKE(f, design_size), *cost_f = TAKE(f, n);
    Iterate_d at = {TAKE(d, stride), TAKE(d, n), TAKE(d, n), TAKE(d, n), TAKE(d, n), TAKE(d, n), TAKE(d, n)};
    Iterate_f rough = {TAKE(f, stride), TAKE(f, n), TAKE(f, n), TAKE(f, n), TAKE(f, n), TAKE(f, n), TAKE(f, n)};
    Vertex u = {sorted, fitted, TAKE(d, stride), TAKE(d, most * p), TAKE(d, most * most), TAKE(d, most), TAKE(d, most),
                held, place};
    double total = 0;
    for (int i = 0; i < genes; i++) {
      for (int j = 0; j < p; j++) design[(size_t)j * n + i] = X[(size_t)i * p + j];
      design[(size_t)p * n + i] = sorted[i] = 1;
      total += cost_f[i] = cost[i];
    }
    for (size_t k = 0; k < design_size; k++) design_f[k] = design[k];
    gram_d(design, sorted, work + 2 * square + stride, work, stride, s);
    for (int j = 0; j <= p; j++)
      for (int k = 0; k <= j; k++) ridge[k * stride + j] = work[j * stride + k] + (j == k && j < p);
    const int regular = factor_d(ridge, p + 1, stride);
    for (int k = 0; k < fits; k++, y += genes, z += p + 2) {
      const double budget = nu[k] * total;
      double worst = INFINITY;
      steps[k] = 0;
      for (int single = 1; regular && single >= 0; single--) {
        double left = 1;
        int taken;
        begin(at, design, ridge, y, cost, nu[k], sorted, fitted, stride, s);
        if (single) {
          float left_f = 1;
          give(at, rough, s);
          taken = advance_f(design_f, cost_f, budget, total, rough, work_f, ROUGH_MU, 2, 0.2f, &left_f, s);
          left = left_f;
          if (taken < 0 || !take_over(at, rough, design, y, cost, fitted, s)) continue; /* anew, in double precision */
          steps[k] = taken;
        }
        for (size_t goal = 0; goal < sizeof GOALS / sizeof *GOALS && !(worst <= SETTLED); goal++) {
          taken = advance_d(design, cost, budget, total, at, work, GOALS[goal], FEASIBLE, 0, &left, s);
          if (taken < 0) break;
          steps[k] += taken;
          worst = vertex(design, y, cost, budget, at, u, found, s);
        }
        break;
      }
      violation[k] = worst <= SETTLED ? worst : INFINITY;
      memcpy(z, found, (p + 1) * sizeof(double));
      z[p + 1] = found[s.wide];
    }
  }
  free(room);
  free(room_f);
  free(held);
  free(place);
  return enough;
}
