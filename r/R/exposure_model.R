# What a permuted exposure adds to a model whose other columns stay: least squares, or one step of
# a logistic fit.

# `own`: the exposure stands in the model times each of these columns; `rest`: the other columns
# times the root weights; `left`: the outcome without the exposure; `tested`: which of `own`; df:
# residual ones for t, NA for the coefficient after one step from no exposure. All of them by
# sample, 0 where a sample is not in the model.
exposure_model <- function(own, rest, root, left, tested, df) {
  list(own = own, rest = rest, root = root, left = left, tested = tested, df = df)
}

# An orthonormal basis of columns that may depend on each other.
spanned <- function(columns) {
  size <- sqrt(colSums(columns^2))
  size[size == 0] <- 1
  parts <- svd(sweep(columns, 2, size, "/"), nv = 0)
  parts$u[, parts$d > 1e-7, drop = FALSE]
}

# The statistic for each column of exposures.
exposure_statistics <- function(model, exposure) {
  m <- ncol(model$own)
  weighted <- model$own * model$root
  inner <- lapply(seq_len(m), function(k) crossprod(model$rest * weighted[, k], exposure))
  along <- lapply(seq_len(m), function(k) drop(crossprod(exposure, model$left * model$own[, k])))
  squares <- exposure^2
  gram <- array(0, c(m, m, ncol(exposure)))
  for (i in seq_len(m)) {
    for (j in seq_len(m)) {
      gram[i, j, ] <- crossprod(squares, weighted[, i] * weighted[, j]) -
        colSums(inner[[i]] * inner[[j]])
    }
  }
  inverse <- swept(gram)
  solved <- lapply(seq_len(m),
    function(i) Reduce(`+`, lapply(seq_len(m), function(j) inverse[i, j, ] * along[[j]])))
  found <- solved[[model$tested]]
  if (!is.na(model$df)) {
    left <- sum(model$left^2) - Reduce(`+`, Map(`*`, along, solved))
    found <- suppressWarnings(found / sqrt(left / model$df * inverse[model$tested, model$tested, ]))
  }
  inflated <- lapply(seq_len(m), function(k) gram[k, k, ] * inverse[k, k, ])
  # else columns tell each other
  able <- Reduce(`&`, lapply(inflated, function(v) !is.na(v) & v > 0 & v <= 1e8))
  ifelse(is.finite(found) & able, found, 0)
}

# Inverses of many small symmetric matrices at once, by sweeping each column.
swept <- function(a) {
  m <- dim(a)[1]
  for (k in seq_len(m)) {
    pivot <- a[k, k, ]
    for (j in seq_len(m)) a[k, j, ] <- if (j == k) 1 / pivot else a[k, j, ] / pivot
    for (i in setdiff(seq_len(m), k)) {
      factor <- a[i, k, ]
      for (j in setdiff(seq_len(m), k)) a[i, j, ] <- a[i, j, ] - factor * a[k, j, ]
      a[i, k, ] <- -factor / pivot
    }
  }
  a
}

# Whether columns with the exposure depend on each other or on the rest.
is_told_by_rest <- function(model, exposure) {
  added <- model$own * model$root * exposure
  less <- added - model$rest %*% crossprod(model$rest, added)
  size <- function(x) sqrt(colSums(x^2))
  any(size(less) <= 1e-7 * size(added)) || matrix_rank(less) < ncol(less)
}
