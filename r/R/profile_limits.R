# Profile-likelihood limits, found as roots and not read off a spline.
#
# MASS's confint.glm interpolates a profile of about ten points, which leaves an error of 1e-4 and
# more in a limit. Here the model is fitted again with the combination L b held at g (by an
# offset) and the root of signed-root-deviance(g) = qnorm is solved for g. Venzon and Moolgavkar
# 1988, doi 10.2307/2347496.

profile_limits <- function(model, combination, estimate, std_error, conf_level) {
  z <- qnorm((1 + conf_level) / 2)
  held <- which.max(abs(combination))
  # L b = g  <=>  b_held = (g - sum of the others) / L_held
  carrier <- model$X[, held] / combination[held]
  rest <- unit_size(model$X[, -held, drop = FALSE] - outer(carrier, combination[-held]))
  side <- function(direction) {
    # Each fit starts from the one before, which was at a neighbouring g; the first from the
    # maximum itself.
    at <- list(g = estimate, coef = model$coef[-held] * attr(rest, "size"))
    excess <- function(g) {
      fit <- walk(rest, model$y, carrier, at, g)
      at <<- list(g = g, coef = fit$coef)
      sqrt(max(fit$deviance - model$deviance, 0)) - z
    }
    inner <- estimate
    low <- -z
    step <- z * std_error
    for (doubling in 1:40) {
      outer_end <- inner + direction * step
      high <- excess(outer_end)
      if (high > 0) break
      inner <- outer_end
      low <- high
      step <- 2 * step
    }
    if (!(high > 0)) {
      return(NA_real_)
    }
    ends <- if (direction > 0) c(inner, outer_end) else c(outer_end, inner)
    values <- if (direction > 0) c(low, high) else c(high, low)
    uniroot(excess, ends, f.lower = values[1], f.upper = values[2], tol = 1e-9 * std_error,
      maxiter = 200)$root
  }
  tryCatch(c(side(-1), side(1)), error = function(e) c(NA_real_, NA_real_))
}

# The maximum with the parameter held at g, reached from the known one at `at` in as many strides
# as it takes.
walk <- function(rest, y, carrier, at, g) {
  for (strides in c(1, 8, 64)) {
    coef <- at$coef
    for (place in at$g + (g - at$g) * seq_len(strides) / strides) {
      fit <- newton(rest, y, carrier * place, coef)
      if (!fit$converged) break
      coef <- fit$coef
    }
    if (fit$converged) {
      return(fit)
    }
  }
  stop("no maximum with the parameter held")
}
