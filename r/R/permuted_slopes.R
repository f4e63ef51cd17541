# P of a slope over permutations within the cells of the factors, of what the model without the
# score leaves of the outcome (Freedman and Lane 1983, doi 10.2307/1391660); without covariates
# that is to permute the score.

# The outcome as it is, then after each permutation, a column each.
permuted_outcomes <- function(model, m, score, factors, permutations, seed) {
  frame <- model$frame
  covariates <- setdiff(names(frame), c(factors, score))
  keys <- lapply(frame[c(factors, score, covariates)], as.numeric)
  order <- do.call(order, c(unname(keys), list(model$y)))
  sizes <- rle(do.call(paste, keys[factors])[order])$lengths
  kept <- Filter(function(term) !score %in% term, model$terms)
  safe <- vapply(kept, function(term) paste(m$names[term], collapse = ":"), "")
  reduced <- lm(reformulate(c("1", safe), "y"), data = m$data, tol = 1e-7)
  drawn <- matrix(model$y, length(model$y), permutations + 1)
  drawn[order, -1] <- fitted(reduced)[order] +
    residuals(reduced)[order][places_within(sizes, permutations, seed)]
  drawn
}

# Outcomes of the same samples have the same permutations: the last ones are kept.
kept_places <- new.env()
places_within <- function(sizes, permutations, seed) {
  key <- paste(c(sizes, permutations, seed), collapse = " ")
  if (!identical(kept_places$key, key)) {
    places <- matrix(0L, sum(sizes), permutations)
    permute_within(sizes, permutations, seed, function(block, found) places[, block] <<- found)
    kept_places$key <- key
    kept_places$places <- places
  }
  kept_places$places
}

permuted_p <- function(drawn, combinations, fit, covariance) {
  used <- !is.na(coef(fit))
  x <- model.matrix(fit)[, used, drop = FALSE]
  basis <- qr.Q(qr(x))
  parts <- x %*% solve(crossprod(x), t(combinations[, used, drop = FALSE]))
  squares <- (drawn - basis %*% crossprod(basis, drawn))^2
  errors <- if (covariance == "ols") {
    sqrt(outer(colSums(parts^2), colSums(squares)) / fit$df.residual)
  } else {
    free <- 1 - rowSums(basis^2)
    kept <- free >= 1e-10
    sqrt(crossprod(parts[kept, , drop = FALSE]^2 / free[kept]^(if (covariance == "hc2") 1 else 2),
      squares[kept, ]))
  }
  t <- abs(crossprod(parts, drawn) / errors)
  rowMeans(t >= t[, 1] * (1 - 1e-9))
}
