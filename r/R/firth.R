# Firth's penalised likelihood: finite where the outcome is separated. Firth 1993, doi 10.1093/biomet/80.1.27.
#
# The penalty is half the log determinant of the information of all columns, also where one of them is held, so that
# the profile and its ratio test are those of Heinze and Schemper 2002, doi 10.1002/sim.1047.

firth_model <- function(X, y, start = numeric(ncol(X))) {
  why <- no_design(X)
  if (nzchar(why)) {
    return(list(flag = why))
  }
  X <- unit_size(X)
  top <- penalised_maximum(X, y, start)
  if (!top$converged) {
    return(list(flag = flag("not converged", "penalised likelihood")))
  }
  c(list(flag = "", X = X, y = y), top)
}

# The odds ratio of one column; p and statistic of the penalised likelihood ratio, limits of the penalised profile.
# A profile above the maximum means that there are several: the search begins anew from there.
firth_row <- function(model, column, conf_level, tops = 5) {
  if (nzchar(model$flag)) {
    return(list(flag = model$flag))
  }
  tryCatch(row_at_maximum(model, column, conf_level), higher = function(found) {
    if (tops < 2) {
      return(list(flag = flag("not converged", "penalised likelihood")))
    }
    size <- attr(model$X, "size")
    firth_row(firth_model(sweep(model$X, 2, size, "*"), model$y, found$coef), column, conf_level, tops - 1)
  })
}

row_at_maximum <- function(model, column, conf_level) {
  size <- attr(model$X, "size")[column]
  at <- penalised(model$X, model$y, model$coef)
  error <- sqrt(diag(solve(crossprod(model$X * sqrt(at$weights * (1 + at$leverage)))))[column])
  root <- signed_root(model, column, error)
  statistic <- -root(0)
  z <- qnorm((1 + conf_level) / 2)
  limit <- function(direction) {
    ends <- model$coef[column] + c(0, direction * 1.1 * z * error)
    for (further in 1:60) {
      if (direction * root(ends[2]) >= z) break
      ends <- c(ends[2], ends[2] + direction * error)
    }
    uniroot(function(g) root(g) - direction * z, sort(ends), tol = 1e-11 * error, maxiter = 500)$root
  }
  row <- list(std_error = error / size, statistic = statistic, p_value = 2 * pnorm(-abs(statistic)), flag = "")
  log_odds <- model$coef[column] / size
  if (abs(log_odds) > log(.Machine$double.xmax)) {
    row$flag <- flag("not estimable", "the odds ratio per unit leaves the range of numbers")
    return(row)
  }
  limits <- tryCatch(c(limit(-1), limit(1)), error = function(e) NULL) / size
  if (!length(limits)) {
    return(list(flag = flag("not converged", "penalised profile likelihood")))
  }
  c(list(estimate = exp(log_odds), conf_low = exp(limits[1]), conf_high = exp(limits[2])), row)
}

# What stands beside the maximum likelihood of one column where few have, or have not, the event; `smallest` is how many
# in the smallest stratum. `answer` has the last word on the flag, where it has one.
with_firth <- function(answer, X, y, column, conf_level, smallest) {
  row <- list(
    fewest = smallest, firth_estimate = NA_real_, firth_low = NA_real_, firth_high = NA_real_, firth_p = NA_real_
  )
  if (smallest > 0 && smallest < 10 && !nzchar(answer$flag)) {
    answer$flag <- flag("sparse", smallest, " with, or without, the event")
  }
  if (smallest > 0 && flag_code(answer$flag) %in% c("sparse", "separation")) {
    found <- if (is.null(X)) list() else firth_row(firth_model(X, y), column, conf_level)
    # the p is there, too, where an odds ratio leaves the range of numbers
    told <- c(firth_estimate = "estimate", firth_low = "conf_low", firth_high = "conf_high", firth_p = "p_value")
    told <- told[told %in% names(found)]
    row[names(told)] <- found[told]
  }
  replace_in(row, answer)
}

fewest_of <- function(y) min(sum(y == 1), sum(y == 0))

# Signed root of the ratio of the likelihood with one coefficient held at g. With one held there may be several maxima:
# the highest is taken of those reached from the top step by step, from the last one, and from zero.
signed_root <- function(model, column, error) {
  top <- model$coef[column]
  last <- model$coef
  hold <- function(coef, place) penalised_maximum(model$X, model$y, replace(coef, column, place), held = column)
  function(g) {
    followed <- model
    for (place in seq(top, g, length.out = 1 + min(25, max(1, ceiling(abs(g - top) / error))))[-1]) {
      followed <- hold(followed$coef, place)
    }
    found <- Filter(function(one) one$converged, list(followed, hold(last, g), hold(0 * last, g)))
    if (!length(found)) stop("no maximum with the coefficient held")
    highest <- found[[which.max(vapply(found, `[[`, 0, "likelihood"))]]
    if (highest$likelihood > model$likelihood + 1e-9 * (1 + abs(model$likelihood))) {
      stop(structure(class = c("higher", "condition"), list(message = "several maxima", call = NULL, coef = highest$coef)))
    }
    last <<- highest$coef
    sign(g - top) * sqrt(max(2 * (model$likelihood - highest$likelihood), 0))
  }
}

penalised <- function(X, y, coef) {
  linear <- drop(X %*% coef)
  p <- plogis(linear)
  weights <- p * plogis(-linear)
  decomposed <- qr(X * sqrt(weights), tol = 0)
  leverage <- rowSums(qr.Q(decomposed)^2)
  list(
    likelihood = sum(plogis(ifelse(y == 1, linear, -linear), log.p = TRUE)) +
      sum(log(abs(diag(qr.R(decomposed))))),
    score = drop(crossprod(X, y - p + leverage * (0.5 - p))), weights = weights, leverage = leverage
  )
}

# Fisher's scoring over the coefficients that are not held, halving a step that does not rise.
penalised_maximum <- function(X, y, coef = numeric(ncol(X)), held = integer()) {
  free <- setdiff(seq_along(coef), held)
  now <- penalised(X, y, coef)
  for (iteration in 1:500) {
    information <- crossprod(X[, free, drop = FALSE] * sqrt(now$weights))
    step <- tryCatch(solve(information, now$score[free]), error = function(e) NULL)
    if (is.null(step)) break
    step <- step * min(1, 5 / max(abs(step)))
    for (halving in 1:40) {
      trial <- replace(coef, free, coef[free] + step)
      found <- penalised(X, y, trial)
      if (is.finite(found$likelihood) && found$likelihood >= now$likelihood) break
      step <- step / 2
    }
    gained <- found$likelihood - now$likelihood
    coef <- trial
    now <- found
    # at the very top rounding may not let the likelihood rise: the score then has to be zero
    enough <- if (length(held)) 1e-12 else 1e-20 # for the likelihood alone, for the coefficients
    still <- gained <= 1e-13 * abs(now$likelihood) && all(now$score[free]^2 < enough * diag(information))
    if (max(abs(step)) < 1e-11 || still) {
      return(c(list(coef = coef, converged = TRUE), now))
    }
  }
  climb(X, y, coef, free)
}

# Where scoring runs to and fro between far-off places: quasi-Newton steps from zero, taken where the score is zero.
climb <- function(X, y, coef, free) {
  at <- function(b) penalised(X, y, replace(coef, free, b))
  found <- tryCatch(
    stats::optim(numeric(length(free)), function(b) -at(b)$likelihood, function(b) -at(b)$score[free],
      method = "BFGS", control = list(reltol = 1e-16, maxit = 1000)
    )$par,
    error = function(e) NULL
  )
  if (is.null(found)) {
    return(list(coef = coef, converged = FALSE))
  }
  top <- at(found)
  information <- colSums(X[, free, drop = FALSE]^2 * top$weights)
  c(list(coef = replace(coef, free, found), converged = all(top$score[free]^2 < 1e-10 * information)), top)
}
