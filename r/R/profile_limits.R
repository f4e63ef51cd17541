# Profile-likelihood limits, found as roots and not read off a spline.
#
# MASS's confint.glm interpolates a profile of about ten points, which leaves an error of 1e-4 and more in a limit.
# Here the model is fitted again with the combination L b held at g (by an offset) and the root of
# signed-root-deviance(g) = qnorm is solved for g. Venzon and Moolgavkar 1988, doi 10.2307/2347496.

profile_limits <- function(model, combination, estimate, std_error, conf_level) {
  z <- qnorm((1 + conf_level) / 2)
  held <- which.max(abs(combination))
  # L b = g  <=>  b_held = (g - sum of the others) / L_held
  carrier <- model$X[, held] / combination[held]
  rest <- model$X[, -held, drop = FALSE] - outer(carrier, combination[-held])
  excess <- function(g) {
    fit <- quiet_glm(rest, model$y, offset = carrier * g)
    if (!at_maximum(fit, rest, model$y)) stop("no maximum with the parameter held")
    sqrt(max(fit$deviance - model$deviance, 0)) - z
  }
  side <- function(direction) {
    inner <- estimate
    step <- z * std_error
    for (doubling in 1:60) {
      outer_end <- inner + direction * step
      high <- excess(outer_end)
      if (high > 0) break
      inner <- outer_end
      step <- 2 * step
    }
    if (!(high > 0)) {
      return(NA_real_)
    }
    low <- if (inner == estimate) -z else excess(inner)
    ends <- if (direction > 0) c(inner, outer_end) else c(outer_end, inner)
    values <- if (direction > 0) c(low, high) else c(high, low)
    uniroot(excess, ends, f.lower = values[1], f.upper = values[2], tol = 1e-9 * std_error, maxiter = 200)$root
  }
  tryCatch(c(side(-1), side(1)), error = function(e) c(NA_real_, NA_real_))
}
