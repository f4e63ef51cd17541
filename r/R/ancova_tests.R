# Type III tests: each term against all the others, whatever contains it.

ancova_tests <- function(model, centre, score, covariates) {
  about <- lapply(model$terms, ancova_term, score, covariates)
  if (nzchar(model$flag)) {
    return(lapply(about, function(one) c(one, list(df_residual = NA_real_, flag = model$flag))))
  }
  shift <- if (!centre) as.list(model$mean / model$sd)
  X <- ancova_design(model, shift)
  term <- attr(X, "term")
  null_space <- MASS::Null(t(X))
  lapply(seq_along(about), function(k) {
    c(about[[k]], type_three(model, X, term, k, null_space))
  })
}

# What a term is, and its variables.
ancova_term <- function(term, score, covariates) {
  role <- if (length(term) > 1) {
    "interaction"
  } else if (term == score) {
    "exposure"
  } else if (term %in% covariates) {
    "covariate"
  } else {
    "factor"
  }
  c(list(role = role, measure = "test"), do.call(term_columns, lapply(term, c, "")))
}

type_three <- function(model, X, term, k, null_space) {
  own <- term == k
  # The term's columns come last; what the response has in common with them alone is its sum of
  # squares.
  decomposition <- qr(cbind(X[, !own], X[, own]), tol = 1e-7)
  without <- qr(X[, !own], tol = 1e-7)$rank
  full <- decomposition$rank
  effects <- qr.qty(decomposition, model$y)
  df <- full - without
  df_residual <- model$n - full
  deficient <- any(abs(null_space[own, ]) > 1e-6)
  if (deficient && (is_contained(model$terms, k) || df == 0)) {
    return(list(df_residual = df_residual,
      flag = flag("not estimable", "its meaning depends on cells without cases")))
  }
  residual <- sum(effects[-seq_len(full)]^2) / df_residual
  statistic <- sum(effects[without + seq_len(df)]^2) / df / residual
  list(
    statistic = statistic, df = df, df_residual = df_residual,
    p_value = pf(statistic, df, df_residual, lower.tail = FALSE),
    flag = if (deficient) flag("rank deficient", df, " of ", sum(own), " df") else ""
  )
}

is_contained <- function(terms, k) {
  any(vapply(terms[-k], function(other) all(terms[[k]] %in% other), NA))
}
