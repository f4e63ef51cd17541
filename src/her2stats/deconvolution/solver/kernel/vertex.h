/* From near the optimum to the optimum itself: which genes hold the tube, one linear system, every condition checked. */

/* Gaussian elimination with row exchange of a system of m rows; 0 where it is singular or nearly so. */
static int eliminate(double *a, double *x, int m) {
  for (int k = 0; k < m; k++) {
    int best = k;
    for (int i = k + 1; i < m; i++)
      if (fabs(a[i * m + k]) > fabs(a[best * m + k])) best = i;
    if (!(fabs(a[best * m + k]) > 1e-13)) return 0;
    if (best != k) {
      for (int j = k; j < m; j++) {
        double other = a[k * m + j];
        a[k * m + j] = a[best * m + j];
        a[best * m + j] = other;
      }
      double other = x[k];
      x[k] = x[best];
      x[best] = other;
    }
    for (int i = k + 1; i < m; i++) {
      double share = a[i * m + k] / a[k * m + k];
#pragma omp simd
      for (int j = k + 1; j < m; j++) a[i * m + j] -= share * a[k * m + j];
      x[i] -= share * x[k];
    }
  }
  for (int i = m - 1; i >= 0; i--) {
    for (int j = i + 1; j < m; j++) x[i] -= a[i * m + j] * x[j];
    x[i] /= a[i * m + i];
  }
  return 1;
}

/* Guess from the iterate which genes are on an edge of the tube (with which multiplier is asked), outside it (they pay
   their cost) or inside (they pay nothing); solve; return the largest violation of any condition, INFINITY where the
   guess makes no vertex that is determined. The solution, w, b and eps, stands in `z`. */
static double vertex(const double *design, const double *y, const double *cost, double budget, Iterate_d at, Vertex u,
                     double *z, Shape s) {
  const int n = s.genes, p = s.types, most = p + 2;
  int held = 0, signs = 0;
  double outside = 0;
  memset(u.pays, 0, s.padded * sizeof(double));
  for (int i = 0; i < n; i++) {
    int above = at.pays_upper[i] >= at.pays_lower[i];
    double slack = above ? at.upper[i] : at.lower[i], pays = above ? at.pays_upper[i] : at.pays_lower[i];
    u.place[i] = INSIDE;
    if (pays > slack && cost[i] - at.pays_upper[i] - at.pays_lower[i] > at.excess[i]) {
      if (held == most) return INFINITY;
      signs |= above ? 1 : 2;
      u.sign[held] = above ? 1 : -1;
      u.held[held++] = i;
      u.place[i] = EDGE;
    } else if (at.excess[i] > slack) {
      u.place[i] = above ? ABOVE : BELOW;
      u.pays[i] = above ? cost[i] : -cost[i];
      outside += cost[i];
    }
  }
  if (signs != 3) return INFINITY; /* the tube can be moved or widened without cost */
  by_column_d(design, u.pays, u.sums, s);
  const int m = held + 2;
  for (int e = 0; e < held; e++)
    for (int j = 0; j < p; j++) u.rows[e * p + j] = u.sign[e] * design[(size_t)j * s.padded + u.held[e]];
  for (int e = 0; e < held; e++) {
    const double *mine = u.rows + e * p;
    for (int f = 0; f <= e; f++) {
      double product = 0;
#pragma omp simd reduction(+ : product)
      for (int j = 0; j < p; j++) product += mine[j] * u.rows[f * p + j];
      u.system[e * m + f] = u.system[f * m + e] = product;
    }
    u.system[e * m + held] = u.system[held * m + e] = u.sign[e];
    u.system[e * m + held + 1] = u.system[(held + 1) * m + e] = 1;
    u.x[e] = u.sign[e] * y[u.held[e]];
    for (int j = 0; j < p; j++) u.x[e] -= mine[j] * u.sums[j];
  }
  for (int e = held; e < m; e++) u.system[e * m + held] = u.system[e * m + held + 1] = 0;
  u.x[held] = -u.sums[p];
  u.x[held + 1] = budget - outside;
  if (!eliminate(u.system, u.x, m)) return INFINITY;

  memset(z, 0, (s.wide + 1) * sizeof(double));
  for (int j = 0; j < p; j++) z[j] = u.sums[j];
  for (int e = 0; e < held; e++)
    for (int j = 0; j < p; j++) z[j] += u.x[e] * u.rows[e * p + j];
  z[p] = u.x[held];
  const double eps = z[s.wide] = u.x[held + 1];
  double worst = -eps, pulls = u.sums[p], paid = outside - budget;
  by_gene_d(design, z, u.fitted, s);
  for (int i = 0; i < n; i++) {
    double r = y[i] - u.fitted[i], off = 0;
    if (u.place[i] == INSIDE) off = fabs(r) - eps;
    if (u.place[i] == ABOVE) off = eps - r;
    if (u.place[i] == BELOW) off = eps + r;
    worst = fmax(worst, off);
  }
  for (int e = 0; e < held; e++) {
    int i = u.held[e];
    double off = fabs(u.sign[e] * (y[i] - u.fitted[i]) - eps), low = -u.x[e], high = u.x[e] - cost[i];
    worst = fmax(worst, fmax(off, fmax(low, high)));
    pulls += u.sign[e] * u.x[e];
    paid += u.x[e];
  }
  worst = fmax(worst, fmax(fabs(pulls), fabs(paid)));
  return isfinite(worst) && isfinite(pulls + paid + eps) ? fmax(worst, 0) : INFINITY;
}
