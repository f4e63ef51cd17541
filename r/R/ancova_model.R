# lm(outcome ~ (factors + score)^2 + covariates + extra terms): its frame, its terms, and why it cannot be fitted.

# Terms are vectors of column names: c("hr"), c("hr", "score"), ...
ancova_terms <- function(factors, score, covariates, extra_terms, columns) {
  main <- c(factors, score)
  pairs <- if (length(main) > 1) utils::combn(main, 2, simplify = FALSE) else list()
  terms <- c(as.list(main), as.list(covariates), pairs, lapply(extra_terms, split_product, columns = columns))
  terms[!duplicated(lapply(terms, sort))]
}

# "hr:age" into its columns; a name may hold a colon itself, so each cut is tried.
split_product <- function(term, columns) {
  if (term %in% columns) {
    return(term)
  }
  parts <- strsplit(term, ":", fixed = TRUE)[[1]]
  for (cut in seq_len(length(parts) - 1)) {
    left <- paste(parts[seq_len(cut)], collapse = ":")
    if (left %in% columns) {
      rest <- tryCatch(split_product(paste(parts[-seq_len(cut)], collapse = ":"), columns), error = function(e) NULL)
      if (!is.null(rest)) {
        return(c(left, rest))
      }
    }
  }
  stop("extra term '", term, "' is not a product of columns, such as \"hr:age\"", call. = FALSE)
}

# Everything that one outcome's model needs. Numbers are brought to mean 0 and standard deviation 1 inside: no test,
# slope or mean depends on it, and the judgement of ranks no longer depends on units.
ancova_model <- function(data, outcome, score, factors, covariates, extra_terms) {
  terms <- ancova_terms(factors, score, covariates, extra_terms, names(data))
  variables <- unique(c(factors, score, covariates, unlist(terms)))
  cases <- complete_frame(data, c(outcome, variables))
  frame <- cases$frame
  model <- list(
    y = frame[[outcome]], frame = frame[variables], levels = lapply(data[factors], levels), terms = terms,
    n = cases$n, n_missing = cases$n_missing, flag = ""
  )
  missing <- without_value(data, c(outcome, variables))
  model$flag <- if (length(missing)) {
    flag("missing variable", missing, " has no value")
  } else if (!cases$n) {
    flag("too few observations", "no complete case")
  } else if (is_constant(model$y)) {
    flag("constant outcome", outcome, " is always ", model$y[1])
  } else if (is_constant(frame[[score]])) {
    flag("constant exposure", score, " has one value")
  } else {
    single <- Find(function(name) is_constant(frame[[name]]), setdiff(variables, score))
    if (length(single)) flag("empty level", single, " has one value among the complete cases") else ""
  }
  if (nzchar(model$flag)) {
    return(model)
  }
  model$frame <- droplevels(model$frame)
  numeric <- names(model$frame)[!vapply(model$frame, is.factor, NA)]
  model$mean <- vapply(model$frame[numeric], mean, 0)
  model$sd <- vapply(model$frame[numeric], sd_of, 0)
  for (name in numeric) model$frame[[name]] <- (model$frame[[name]] - model$mean[[name]]) / model$sd[[name]]
  rank <- qr(ancova_design(model), tol = 1e-7)$rank
  if (rank >= cases$n) {
    model$flag <- flag("too few observations", cases$n, " complete cases for ", rank, " parameters")
  }
  model$df_residual <- cases$n - rank
  model
}

sd_of <- function(x) sqrt(var(x))

# Design matrix in sum-to-zero coding, built term by term as products of the main effects' columns;
# attribute "term" says which term each column belongs to.
ancova_design <- function(model, shift = NULL) {
  main <- lapply(setNames(names(model$frame), names(model$frame)), function(name) {
    x <- model$frame[[name]]
    if (is.factor(x)) {
      contr.sum(nlevels(x))[as.integer(x), , drop = FALSE]
    } else {
      matrix(x + if (is.null(shift)) 0 else shift[[name]])
    }
  })
  blocks <- lapply(model$terms, function(term) Reduce(products, main[term]))
  X <- cbind(1, do.call(cbind, blocks))
  structure(X, term = c(0, rep(seq_along(blocks), vapply(blocks, ncol, 0L))))
}

products <- function(a, b) {
  do.call(cbind, lapply(seq_len(ncol(b)), function(k) a * b[, k]))
}
