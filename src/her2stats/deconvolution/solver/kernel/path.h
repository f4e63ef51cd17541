/* The interior point method of one fit, in one precision: the includer defines REAL and NAME(x), and undefines both.

   A gene i has residual r = y - x.w - b, excess, slacks upper = eps + excess - r and lower = eps + excess + r, and the
   multipliers pays_upper and pays_lower of these; what is left of its cost, room = cost - both, is the multiplier of
   excess >= 0. The method lets all three products of a gene go to mu -> 0 (Mehrotra 1992, doi 10.1137/0802028). With
   the excess eliminated gene by gene, a step is one system in (w, b, eps). Columns of the design are padded with zeros
   to fours, genes to `padded`. */

typedef REAL NAME(Lanes) __attribute__((vector_size(VECTOR), aligned(sizeof(REAL)), may_alias));

typedef struct {
  REAL *z; /* w, b, zeros, and at place `wide` eps */
  REAL *residual, *excess, *upper, *lower, *pays_upper, *pays_lower;
} NAME(Iterate);

/* out = z' design, a number a gene */
static void NAME(by_gene)(const REAL *design, const REAL *z, REAL *restrict out, Shape s) {
  memset(out, 0, s.padded * sizeof(REAL));
  for (int j = 0; j < s.wide; j += 4) {
    const REAL *a = design + (size_t)j * s.padded, *b = a + s.padded, *c = b + s.padded, *d = c + s.padded;
    REAL za = z[j], zb = z[j + 1], zc = z[j + 2], zd = z[j + 3];
#pragma omp simd
    for (int i = 0; i < s.padded; i++) out[i] += za * a[i] + zb * b[i] + zc * c[i] + zd * d[i];
  }
}

/* out = design v, a number a column */
static void NAME(by_column)(const REAL *design, const REAL *v, REAL *out, Shape s) {
  for (int j = 0; j < s.wide; j += 4) {
    const REAL *a = design + (size_t)j * s.padded, *b = a + s.padded, *c = b + s.padded, *d = c + s.padded;
    REAL ta = 0, tb = 0, tc = 0, td = 0;
#pragma omp simd reduction(+ : ta, tb, tc, td)
    for (int i = 0; i < s.padded; i++) {
      ta += v[i] * a[i];
      tb += v[i] * b[i];
      tc += v[i] * c[i];
      td += v[i] * d[i];
    }
    out[j] = ta;
    out[j + 1] = tb;
    out[j + 2] = tc;
    out[j + 3] = td;
  }
}

/* The lower triangle of design diag(d) design', four by four entries at a time; `panel` holds PANEL genes, scaled. */
static void NAME(gram)(const REAL *design, const REAL *d, REAL *panel, REAL *out, int stride, Shape s) {
  typedef NAME(Lanes) V;
  const int lanes = VECTOR / sizeof(REAL);
  memset(out, 0, (size_t)s.wide * stride * sizeof(REAL));
  for (int first = 0; first < s.padded; first += PANEL) {
    int genes = s.padded - first < PANEL ? s.padded - first : PANEL;
    for (int j = 0; j < s.wide; j++) {
      const REAL *x = design + (size_t)j * s.padded + first;
      REAL *scaled = panel + (size_t)j * PANEL;
#pragma omp simd
      for (int i = 0; i < genes; i++) scaled[i] = x[i] * d[first + i];
    }
    for (int j = 0; j < s.wide; j += 4)
      for (int k = 0; k <= j; k += 4) {
        const REAL *left = panel + (size_t)j * PANEL, *right = design + (size_t)k * s.padded + first;
        V sums[4][4] = {{{0}}};
        for (int i = 0; i < genes; i += lanes) {
          V x[4];
          for (int a = 0; a < 4; a++) x[a] = *(const V *)(left + a * PANEL + i);
          for (int b = 0; b < 4; b++) {
            V y = *(const V *)(right + (size_t)b * s.padded + i);
            for (int a = 0; a < 4; a++) sums[a][b] += x[a] * y;
          }
        }
        for (int a = 0; a < 4; a++)
          for (int b = 0; b < 4; b++) {
            const REAL *lane = (const REAL *)&sums[a][b];
            REAL total = 0;
#pragma omp simd reduction(+ : total)
            for (int l = 0; l < lanes; l++) total += lane[l];
            out[(j + a) * stride + k + b] += total;
          }
      }
  }
}

/* Cholesky: U with U'U = h in the upper triangle, the inverses of its diagonal on the diagonal; 0 where not positive. */
static int NAME(factor)(REAL *h, int m, int stride) {
  for (int j = 0; j < m; j++) {
    REAL *row = h + j * stride;
    if (!(row[j] > 0)) return 0;
    REAL inverse = 1 / (REAL)sqrt(row[j]);
    for (int k = j; k < m; k++) row[k] *= inverse;
    row[j] = inverse;
    for (int i = j + 1; i < m; i++) {
      REAL share = row[i], *below = h + i * stride;
#pragma omp simd
      for (int k = i; k < m; k++) below[k] -= share * row[k];
    }
  }
  return 1;
}

static void NAME(substitute)(const REAL *u, REAL *x, int m, int stride) {
  for (int i = 0; i < m; i++) {
    REAL t = x[i] *= u[i * stride + i];
    const REAL *row = u + i * stride;
#pragma omp simd
    for (int k = i + 1; k < m; k++) x[k] -= row[k] * t;
  }
  for (int i = m - 1; i >= 0; i--) {
    REAL t = x[i];
    const REAL *row = u + i * stride;
#pragma omp simd reduction(- : t)
    for (int k = i + 1; k < m; k++) t -= row[k] * x[k];
    x[i] = t * row[i];
  }
}

#define LARGER(a, b) ((a) > (b) ? (a) : (b))

/* Steps until mu is below the goal and of the first infeasibility at most `feasible` is left (`*left`, which is updated),
   or a step is shorter than `least_step`. Returns the number of steps, or -1 where the method breaks down. */
static int NAME(advance)(const REAL *design, const REAL *cost, REAL budget, REAL genes_cost, NAME(Iterate) at,
                         REAL *work, REAL goal, REAL feasible, REAL least_step, REAL *left, Shape s) {
  const int n = s.genes, m = s.wide + 1, stride = (m + 15) / 16 * 16, eps = s.wide;
  REAL *restrict z = at.z, *restrict excess = at.excess, *restrict upper = at.upper, *restrict lower = at.lower,
       *restrict pays_upper = at.pays_upper, *restrict pays_lower = at.pays_lower, *restrict residual = at.residual;
  REAL *h = work, *gram = h + stride * stride, *dz = gram + stride * stride, *panel = dz + stride;
  REAL *restrict genes = panel + (size_t)s.wide * PANEL;
#define GENES(k) genes + (size_t)(k) * s.padded
  /* products with one over each slack; their multipliers over them; one over the sum of these; weight of the gene */
  REAL *restrict per_upper = GENES(0), *restrict per_lower = GENES(1), *restrict per_excess = GENES(2);
  REAL *restrict d_upper = GENES(3), *restrict d_lower = GENES(4), *restrict d_excess = GENES(5);
  REAL *restrict share = GENES(6), *restrict weight = GENES(7), *restrict tilt = GENES(8), *restrict v = GENES(9);
  REAL *restrict t_upper = GENES(10), *restrict t_lower = GENES(11), *restrict t_excess = GENES(12);
#undef GENES
  memset(genes, 0, (size_t)13 * s.padded * sizeof(REAL));
  for (int steps = 0; steps < MOST_STEPS; steps++) {
    REAL gap = 0;
#pragma omp simd reduction(+ : gap)
    for (int i = 0; i < n; i++)
      gap += pays_upper[i] * upper[i] + pays_lower[i] * lower[i] + (cost[i] - pays_upper[i] - pays_lower[i]) * excess[i];
    if (!(gap < (REAL)1e30)) return -1;
    const REAL mu = gap / (3 * genes_cost);
    if (mu < goal && *left < feasible) return steps;

    REAL both = 0, pull = 0;
#pragma omp simd reduction(+ : both, pull)
    for (int i = 0; i < n; i++) {
      REAL room = cost[i] - pays_upper[i] - pays_lower[i], slacks = upper[i] * lower[i], one = 1 / (slacks * excess[i]);
      per_excess[i] = one * slacks;
      per_upper[i] = one * excess[i] * lower[i];
      per_lower[i] = one * excess[i] * upper[i];
      REAL du = pays_upper[i] * per_upper[i], dl = pays_lower[i] * per_lower[i], dx = room * per_excess[i];
      REAL sum = du + dl, k = 1 / (sum + dx), q = (du - dl) * k;
      d_upper[i] = du;
      d_lower[i] = dl;
      d_excess[i] = dx;
      share[i] = k;
      weight[i] = (4 * du * dl + sum * dx) * k;
      tilt[i] = q * dx;
      t_upper[i] = q * cost[i];
      both += sum * k * dx;
      pull += sum * k * cost[i];
    }
    NAME(gram)(design, weight, panel, gram, stride, s);
    NAME(by_column)(design, tilt, dz, s);
    const REAL tiny = (REAL)1e-12 * (1 + both); /* regular where no gene holds the intercept or eps */
    for (int j = 0; j < s.wide; j++) {
      for (int k = 0; k <= j; k++) h[k * stride + j] = gram[j * stride + k];
      h[j * stride + eps] = dz[j];
      h[j * stride + j] += j < s.types ? 1 : j == s.types ? tiny : 1;
    }
    h[eps * stride + eps] = both + tiny;
    if (!NAME(factor)(h, m, stride)) return -1;

    /* Predictor: straight for mu = 0. How far it gets says how much centring the corrector needs. */
    NAME(by_column)(design, t_upper, dz, s);
    for (int j = 0; j < s.types; j++) dz[j] -= z[j];
    dz[eps] = pull - budget;
    NAME(substitute)(h, dz, m, stride);
    NAME(by_gene)(design, dz, v, s);
    REAL de = dz[eps], longest = 1, crossing = 0;
#pragma omp simd reduction(max : longest) reduction(+ : crossing)
    for (int i = 0; i < n; i++) {
      REAL du = d_upper[i], dl = d_lower[i], dx = d_excess[i];
      REAL g = (dx * de - cost[i] - (du - dl) * v[i]) * share[i]; /* change of eps + excess */
      REAL s_upper = g + v[i], s_lower = g - v[i], s_excess = g - de;
      REAL m_upper = -pays_upper[i] - du * s_upper, m_lower = -pays_lower[i] - dl * s_lower;
      /* relative change of a slack; that of its multiplier is -1 minus it */
      REAL a = s_upper * per_upper[i], b = s_lower * per_lower[i], c = s_excess * per_excess[i];
      a = LARGER(-a, 1 + a);
      b = LARGER(-b, 1 + b);
      c = LARGER(-c, 1 + c);
      a = LARGER(a, b);
      a = LARGER(a, c);
      longest = LARGER(longest, a);
      t_upper[i] = m_upper * s_upper;
      t_lower[i] = m_lower * s_lower;
      t_excess[i] = -(m_upper + m_lower) * s_excess;
      crossing += t_upper[i] + t_lower[i] + t_excess[i];
    }
    const REAL way = 1 / longest, reached = ((1 - way) * gap + way * way * crossing) / gap;
    const REAL aim = mu * reached * reached * reached;

    /* Corrector: aim at that mu, with the predictor's second-order error taken away. */
    pull = 0;
#pragma omp simd reduction(+ : pull)
    for (int i = 0; i < n; i++) {
      REAL product = aim * cost[i], sum = d_upper[i] + d_lower[i];
      REAL tu = (product - t_upper[i]) * per_upper[i], tl = (product - t_lower[i]) * per_lower[i];
      REAL total = tu + tl + (product - t_excess[i]) * per_excess[i] - cost[i], part = share[i] * total;
      t_upper[i] = tu - pays_upper[i];
      t_lower[i] = tl - pays_lower[i];
      t_excess[i] = total;
      tilt[i] = (tu - tl) - (d_upper[i] - d_lower[i]) * part;
      pull += tu + tl - sum * part;
    }
    NAME(by_column)(design, tilt, dz, s);
    for (int j = 0; j < s.types; j++) dz[j] -= z[j];
    dz[eps] = pull - budget;
    NAME(substitute)(h, dz, m, stride);
    NAME(by_gene)(design, dz, v, s);
    de = dz[eps];
    longest = STEP_SHARE;
#pragma omp simd reduction(max : longest)
    for (int i = 0; i < n; i++) {
      REAL g = (t_excess[i] + d_excess[i] * de - (d_upper[i] - d_lower[i]) * v[i]) * share[i];
      REAL s_upper = g + v[i], s_lower = g - v[i];
      REAL m_upper = t_upper[i] - d_upper[i] * s_upper, m_lower = t_lower[i] - d_lower[i] * s_lower;
      REAL room = cost[i] - pays_upper[i] - pays_lower[i], pays = pays_upper[i] * pays_lower[i];
      REAL one = -1 / (pays * room);
      REAL a = m_upper * one * pays_lower[i] * room, b = m_lower * one * pays_upper[i] * room;
      REAL c = -(m_upper + m_lower) * one * pays;
      a = LARGER(a, -s_upper * per_upper[i]);
      b = LARGER(b, -s_lower * per_lower[i]);
      c = LARGER(c, (de - g) * per_excess[i]);
      a = LARGER(a, b);
      a = LARGER(a, c);
      longest = LARGER(longest, a);
      t_upper[i] = m_upper;
      t_lower[i] = m_lower;
      t_excess[i] = g;
    }
    const REAL step = (REAL)STEP_SHARE / longest;
    if (!(step > least_step)) return steps;
#pragma omp simd
    for (int i = 0; i < n; i++) {
      pays_upper[i] += step * t_upper[i];
      pays_lower[i] += step * t_lower[i];
      excess[i] += step * (t_excess[i] - de);
      upper[i] += step * (t_excess[i] + v[i]);
      lower[i] += step * (t_excess[i] - v[i]);
      residual[i] -= step * v[i];
    }
    for (int j = 0; j < m; j++) z[j] += step * dz[j];
    *left *= 1 - step;
  }
  return MOST_STEPS;
}
#undef LARGER
