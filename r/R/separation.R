# Separation is decided before the fit, by a certificate rather than by watching the iterations
# diverge.
#
# With z_i = x_i for an event and -x_i for a non-event, the maximum of the likelihood is finite if
# and only if some strictly positive weights w make sum(w_i z_i) = 0 (Stiemke's theorem of the
# alternative; Albert and Anderson 1984, doi 10.1093/biomet/71.1.1). Any positive w may be scaled
# to w = 1 + u with u >= 0, so the question is a non-negative least-squares problem: minimise |Z'u
# + Z'1|. A zero residual proves overlap; a non-zero residual r is itself a direction of
# separation, because then Z r >= 0 in every row.

is_separated <- function(X, y) {
  Z <- unique(standardise_columns(X) * ifelse(y > 0, 1, -1))
  target <- colSums(Z)
  rest <- target + nnls(t(Z), -target)$fitted
  sqrt(sum(rest^2)) > 1e-8 * max(1, sqrt(sum(target^2)))
}

# Column space and separation are the same for centred and scaled columns when there is an
# intercept; the comparison with 1e-8 then means the same for every unit of measurement.
standardise_columns <- function(X) {
  constant <- apply(X, 2, function(x) all(x == x[1]))
  if (any(constant)) {
    X[, !constant] <- sweep(X[, !constant, drop = FALSE], 2, colMeans(X[, !constant, drop = FALSE]))
  }
  size <- sqrt(colMeans(X^2))
  sweep(X, 2, ifelse(size > 0, size, 1), "/")
}

# Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23: minimise |A u - b| over u
# >= 0.
nnls <- function(A, b, tolerance = 1e-10) {
  u <- numeric(ncol(A))
  passive <- logical(ncol(A))
  gradient <- drop(crossprod(A, b))
  limit <- tolerance * max(1, abs(gradient))
  rounds <- 0
  while (any(!passive & gradient > limit) && rounds < 30 * ncol(A)) {
    rounds <- rounds + 1
    passive[which.max(ifelse(passive, -Inf, gradient))] <- TRUE
    repeat {
      step <- qr.coef(qr(A[, passive, drop = FALSE], tol = 1e-12), b)
      step[is.na(step)] <- 0
      if (all(step > 0)) break
      full <- numeric(ncol(A))
      full[passive] <- step
      shrinking <- passive & full <= 0
      ratio <- u[shrinking] / (u[shrinking] - full[shrinking])
      u <- u + min(ratio[is.finite(ratio)], 1) * (full - u)
      drop_now <- passive & u <= 1e-14 * max(u, 1)
      if (!any(drop_now)) drop_now[which(shrinking)[which.min(full[shrinking])]] <- TRUE
      u[drop_now] <- 0
      passive[drop_now] <- FALSE
      if (!any(passive)) break
    }
    u[] <- 0
    if (any(passive)) u[passive] <- step
    gradient <- drop(crossprod(A, b - A %*% u))
  }
  list(coefficients = u, fitted = drop(A %*% u))
}
