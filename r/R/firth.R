# Firth's penalised likelihood: finite where the outcome is separated.
# Firth 1993, doi 10.1093/biomet/80.1.27.
#
# The penalty is half the log determinant of the information of all columns, also where one of
# them is held, so that the profile and its ratio test are those of Heinze and Schemper 2002,
# doi 10.1002/sim.1047.

firth_model <- function(X, y, start = numeric(ncol(X))) {
  why <- no_design(X)
  if (nzchar(why)) {
    return(list(flag = why))
  }
  # about their means, so that where the search begins hangs on no origin
  X <- unit_size(cbind(X[, 1], sweep(X[, -1, drop = FALSE], 2, colMeans(X[, -1, drop = FALSE]))))
  top <- penalised_maximum(X, y, start)
  if (!top$converged) {
    return(list(flag = flag("not converged", "penalised likelihood")))
  }
  c(list(flag = "", X = X, y = y), top)
}

# The odds ratio of one column; p and statistic of the penalised likelihood ratio, limits of the
# penalised profile. A profile above the maximum means that there are several: the search begins
# anew from there.
firth_row <- function(model, column, conf_level, tops = 5) {
  if (nzchar(model$flag)) {
    return(list(flag = model$flag))
  }
  tryCatch(row_at_maximum(model, column, conf_level), higher = function(found) {
    if (tops < 2) {
      return(list(flag = flag("not converged", "penalised likelihood")))
    }
    size <- attr(model$X, "size")
    firth_row(firth_model(sweep(model$X, 2, size, "*"), model$y, found$coef), column, conf_level,
      tops - 1)
  })
}

row_at_maximum <- function(model, column, conf_level) {
  size <- attr(model$X, "size")[column]
  error <- sqrt(diag(solve(crossprod(model$X *
    sqrt(model$weights * (1 + model$leverage)))))[column])
  profile <- penalised_profile(model, column, 0.25 * error)
  statistic <- -profile$root(0)
  z <- qnorm((1 + conf_level) / 2)
  limits <- tryCatch(c(profile$limit(-1, z), profile$limit(1, z)), error = function(e) NULL) / size
  if (!length(limits)) {
    return(list(flag = flag("not converged", "penalised profile likelihood")))
  }
  row <- list(std_error = error / size, statistic = statistic, p_value = 2 * pnorm(-abs(statistic)),
    flag = "")
  log_odds <- model$coef[column] / size
  if (abs(log_odds) > log(.Machine$double.xmax)) {
    row$flag <- flag("not estimable", "the odds ratio per unit leaves the range of numbers")
    return(row)
  }
  c(list(estimate = exp(log_odds), conf_low = exp(limits[1]), conf_high = exp(limits[2])), row)
}

# What stands beside the maximum likelihood of one column where few have, or have not, the event;
# `smallest` is how many in the smallest stratum. `answer` has the last word on the flag, where it
# has one.
with_firth <- function(answer, X, y, column, conf_level, smallest) {
  row <- list(
    fewest = smallest, firth_estimate = NA_real_, firth_low = NA_real_, firth_high = NA_real_,
    firth_p = NA_real_
  )
  if (smallest > 0 && smallest < 10 && !nzchar(answer$flag)) {
    answer$flag <- flag("sparse", smallest, " with, or without, the event")
  }
  if (smallest > 0 && flag_code(answer$flag) %in% c("sparse", "separation")) {
    found <- if (is.null(X)) list() else firth_row(firth_model(X, y), column, conf_level)
    # the p is there, too, where an odds ratio leaves the range of numbers
    told <- c(firth_estimate = "estimate", firth_low = "conf_low", firth_high = "conf_high",
      firth_p = "p_value")
    told <- told[told %in% names(found)]
    row[names(told)] <- found[told]
  }
  replace_in(row, answer)
}

fewest_of <- function(y) min(sum(y == 1), sum(y == 0))

# The likelihood with one coefficient held, followed outwards from the maximum pace by pace. Far out
# there may be several maxima: each that is met is followed on, and the highest counts. New ones are
# looked for at every pace, from zero and with a large coefficient turned round.
penalised_profile <- function(model, column, pace) {
  top <- model$coef[column]
  paces <- pace * (1.1^(1:44) - 1) / 0.1 # they grow, as the likelihood is flat far out
  on <- function(begin, at, known = FALSE) {
    starts <- lapply(begin, function(place) {
      place$coef + tangent(model$X, place, column) * (at - place$coef[column])
    })
    if (!known) {
      turned <- lapply(which(abs(starts[[1]]) > 3), function(j) {
        replace(starts[[1]], j, -starts[[1]][j])
      })
      starts <- c(starts, list(0 * starts[[1]]), turned)
    }
    found <- list()
    for (start in starts) {
      place <- penalised_maximum(model$X, model$y, replace(start, column, at), held = column)
      heights <- vapply(found, `[[`, 0, "likelihood")
      if (place$converged && all(abs(place$likelihood - heights) > 1e-7)) {
        found <- c(found, list(place))
      }
    }
    if (!length(found)) stop("no maximum with the coefficient held")
    found <- found[order(-vapply(found, `[[`, 0, "likelihood"))]
    if (found[[1]]$likelihood > model$likelihood + 1e-9 * (1 + abs(model$likelihood))) {
      stop(structure(class = c("higher", "condition"),
        list(message = "several maxima", call = NULL, coef = found[[1]]$coef)))
    }
    utils::head(found, 3)
  }
  root_of <- function(places) {
    lost <- model$likelihood - places[[1]]$likelihood
    way <- places[[1]]$coef[column] - top
    # the difference of two likelihoods is rounding there: half the way times the slope
    if (lost < 1e-9) lost <- -way * places[[1]]$score[column] / 2
    sign(way) * sqrt(2 * max(lost, 0))
  }
  list(
    root = function(at) {
      if (at == top) {
        return(0)
      }
      now <- list(model)
      for (gone in paces[paces < abs(at - top)]) now <- on(now, top + sign(at - top) * gone)
      root_of(on(now, at))
    },
    limit = function(side, z) {
      now <- list(model)
      for (gone in paces) {
        there <- on(now, top + side * gone)
        if (side * root_of(there) >= z) {
          ends <- c(now[[1]]$coef[column], there[[1]]$coef[column])
          return(limit_within(ends, there, side * z, column, pace, on, root_of))
        }
        now <- there
      }
      stop("the profile does not reach the limit")
    }
  )
}

# Between a value where the root is not reached and places where it is, of which every maximum is
# known: Newton's steps, each from the last place asked.
limit_within <- function(ends, places, target, column, pace, on, root_of) {
  last <- places
  for (iteration in 1:200) {
    at <- last[[1]]$coef[column]
    found <- root_of(last)
    ahead <- at + (found - target) * found / last[[1]]$score[column]
    if (is.finite(ahead) && abs(ahead - at) < 1e-11 * pace) {
      return(ahead)
    }
    if (!is.finite(ahead) || ahead <= min(ends) || ahead >= max(ends)) ahead <- mean(ends)
    if (abs(diff(ends)) < 1e-11 * pace) {
      return(ends[2])
    }
    last <- on(places, ahead, known = TRUE)
    ends[if (abs(root_of(last)) >= abs(target)) 2 else 1] <- ahead
  }
  stop("the limit was not found")
}

penalised <- function(X, y, coef) {
  linear <- drop(X %*% coef)
  p <- plogis(linear)
  weights <- p * plogis(-linear)
  decomposed <- qr(X * sqrt(weights), tol = 0)
  basis <- qr.Q(decomposed)
  leverage <- rowSums(basis^2)
  list(
    coef = coef, tilt = plogis(-linear) - p, weights = weights, leverage = leverage, basis = basis,
    likelihood = sum(plogis(ifelse(y == 1, linear, -linear), log.p = TRUE)) +
      sum(log(abs(diag(qr.R(decomposed))))),
    score = drop(crossprod(X, y - p + leverage * (0.5 - p)))
  )
}

# Minus the second derivatives of the penalised likelihood along columns of as many rows.
curvature <- function(place, columns) {
  tilted <- columns * place$tilt
  pairs <- place$basis[, rep(seq_len(ncol(place$basis)), each = ncol(place$basis))] *
    place$basis[, rep(seq_len(ncol(place$basis)), ncol(place$basis))]
  seen <- crossprod(pairs, tilted) # the squares of the hat matrix, without making it
  crossprod(columns, columns * place$weights * (1 + place$leverage)) -
    (crossprod(tilted, tilted * place$leverage) - crossprod(seen)) / 2
}

# Newton's steps over the coefficients that are not held, each shortened until the likelihood
# rises; in the columns' orthonormal combinations, as weights may differ by twenty orders of
# magnitude.
penalised_maximum <- function(X, y, coef = numeric(ncol(X)), held = integer()) {
  free <- setdiff(seq_along(coef), held)
  now <- penalised(X, y, coef)
  polished <- 0
  for (iteration in 1:200) {
    turn <- orthonormal(X, now, free)
    if (is.null(turn)) break
    bent <- eigen(curvature(now, X[, free, drop = FALSE] %*% turn), symmetric = TRUE)
    slope <- drop(crossprod(bent$vectors, crossprod(turn, now$score[free])))
    steps <- slope / pmax(abs(bent$values), 1e-3)
    promised <- sum(slope * steps)
    if (is.na(promised)) break
    if (promised < 1e-11 && min(bent$values) > 0) polished <- polished + 1
    if (polished > 3 || (polished && promised < 1e-22)) {
      return(c(list(converged = TRUE), now))
    }
    step <- drop(turn %*% (bent$vectors %*% steps))
    step <- step * min(1, 5 / max(abs(step)))
    # at the very top rounding may hide that the likelihood rises: there the step stands
    there <- NULL
    for (halving in 0:(if (polished) 0 else 59)) {
      found <- penalised(X, y, replace(coef, free, coef[free] + step / 2^halving))
      if (is.finite(found$likelihood) && (polished || found$likelihood > now$likelihood)) {
        there <- found
        break
      }
    }
    if (is.null(there)) break
    now <- there
    coef <- now$coef
  }
  list(coef = coef, converged = FALSE)
}

# What makes the free columns orthonormal under the weights of a place.
orthonormal <- function(X, place, free) {
  triangle <- qr.R(qr(X[, free, drop = FALSE] * sqrt(place$weights), tol = 0))
  tryCatch(backsolve(triangle, diag(length(free))), error = function(e) NULL)
}

# How the other coefficients follow the one held.
tangent <- function(X, place, held) {
  free <- setdiff(seq_len(ncol(X)), held)
  follow <- numeric(ncol(X))
  turn <- orthonormal(X, place, free)
  if (!is.null(turn)) {
    bent <- curvature(place, cbind(X[, free, drop = FALSE] %*% turn, X[, held]))
    others <- seq_along(free)
    found <- tryCatch(solve(bent[others, others], bent[others, length(free) + 1]),
      error = function(e) 0 * others)
    follow[free] <- -drop(turn %*% found)
  }
  follow
}
