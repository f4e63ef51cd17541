# Newton's steps on the log-likelihood of a logistic model, each halved until the likelihood does
# not fall. Unlike glm's they cannot run away, and chances are kept by their logarithms, so that
# no chance rounds to 0 or 1.

newton <- function(X, y, offset = 0, start = numeric(ncol(X))) {
  side <- 2 * y - 1
  predictor <- function(b) drop(X %*% b) + offset
  height <- function(b) -sum(softplus(-side * predictor(b)))
  b <- start
  reached <- height(b)
  for (round in 1:200) {
    eta <- predictor(b)
    weights <- exp(-softplus(eta) - softplus(-eta))
    score <- drop(crossprod(X, side * plogis(-side * eta)))
    information <- crossprod(X * weights, X)
    converged <- all(score^2 <= 1e-20 * pmax(diag(information), .Machine$double.xmin))
    step <- ascent(information, score)
    halving <- 0
    while (!isTRUE(height(b + step) >= reached - 1e-13 * abs(reached)) && halving < 60) {
      step <- step / 2
      halving <- halving + 1
    }
    if (halving == 60) break
    b <- b + step
    reached <- height(b)
    if (converged || max(abs(step)) <= 1e-13 * max(1, abs(b))) break
  }
  eta <- predictor(b)
  score <- drop(crossprod(X, side * plogis(-side * eta)))
  information <- colSums(X^2 * exp(-softplus(eta) - softplus(-eta)))
  list(coef = b, deviance = -2 * reached,
    converged = all(score^2 <= 1e-12 * pmax(information, 1e-290)))
}

softplus <- function(x) pmax(x, 0) + log1p(exp(-abs(x)))

# Where saturated chances leave no curvature in some direction, a small ridge keeps the step finite.
ascent <- function(information, score) {
  step <- tryCatch(drop(solve(information, score, tol = 0)), error = function(e) NA)
  if (all(is.finite(step))) {
    return(step)
  }
  drop(solve(information + diag(1e-8 * max(diag(information), 1e-8), nrow(information)), score,
    tol = 0))
}
