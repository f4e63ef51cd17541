# lm(outcome ~ (factors + score)^2 + covariates + extra terms): its frame, its terms, and why it
# cannot be fitted.

# Terms are vectors of column names: c("hr"), c("hr", "score"), ...; a product's names stand in
# the order of the model.
ancova_terms <- function(factors, score, covariates, extra_terms) {
  main <- c(factors, score)
  known <- c(main, covariates)
  pairs <- if (length(main) > 1) combn(main, 2, simplify = FALSE) else list()
  extra <- lapply(extra_terms, function(term) {
    parts <- split_product(term, known)
    parts[order(match(parts, known))]
  })
  unique(c(as.list(known), pairs, extra))
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
      rest <- tryCatch(split_product(paste(parts[-seq_len(cut)], collapse = ":"), columns),
        error = function(e) NULL)
      if (!is.null(rest)) {
        return(c(left, rest))
      }
    }
  }
  stop("extra term '", term, "' is not a product of the model's variables, such as \"hr:age\"",
    call. = FALSE)
}

# Everything that one outcome's model needs. Numbers are brought to mean 0 and standard deviation
# 1 inside: no test, slope or mean depends on it, and the judgement of ranks no longer depends on
# units.
ancova_model <- function(data, outcome, score, factors, covariates, extra_terms) {
  terms <- ancova_terms(factors, score, covariates, extra_terms)
  variables <- c(factors, score, covariates)
  cases <- complete_frame(data, c(outcome, variables))
  frame <- cases$frame
  model <- list(
    y = frame[[outcome]], frame = frame[variables], levels = lapply(data[factors], levels),
    terms = terms,
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
    single <- Find(function(name) is.factor(frame[[name]]) && is_constant(frame[[name]]), variables)
    if (length(single)) {
      flag("empty level", single, " has one value among the complete cases")
    } else {
      ""
    }
  }
  if (nzchar(model$flag)) {
    return(model)
  }
  model$frame <- droplevels(model$frame)
  numeric <- names(model$frame)[!vapply(model$frame, is.factor, NA)]
  model$mean <- vapply(model$frame[numeric], mean, 0)
  model$sd <- vapply(model$frame[numeric], sd_of, 0)
  for (name in numeric) {
    model$frame[[name]] <- (model$frame[[name]] - model$mean[[name]]) / model$sd[[name]]
  }
  decomposition <- qr(ancova_design(model), tol = 1e-7)
  spread <- sum((model$y - mean(model$y))^2)
  if (decomposition$rank >= cases$n) {
    model$flag <- flag("too few observations", cases$n, " complete cases for ", decomposition$rank,
      " parameters")
  } else if (sum(qr.resid(decomposition, model$y - mean(model$y))^2) <= 1e-26 * spread) {
    model$flag <- flag("not estimable", "the fit is perfect, nothing is left to judge errors by")
  }
  model
}

sd_of <- function(x) {
  if (is_constant(x)) 1 else sqrt(var(x))
}

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
