# The tests of one exposure, each as what it takes from it: weights of its values or ranks, or a
# model of its own.

# The samples that can be permuted, level by level of `within`, in an order of their values and
# not of the rows.
study_scores <- function(data, exposure, within, names) {
  frame <- as_frame(lapply(setNames(names, names), function(name) variable(data, name)))
  codes <- lapply(frame, function(x) if (is.factor(x)) as.integer(x) else x)
  strata <- if (is.null(within)) rep(1L, nrow(frame)) else codes[[within]]
  others <- codes[sort(setdiff(names, c(exposure, within)), method = "radix")]
  kept <- which(!is.na(codes[[exposure]]) & !is.na(strata))
  keys <- lapply(c(list(strata, codes[[exposure]]), unname(others)), `[`, kept)
  rows <- kept[do.call(order, c(keys, list(method = "radix", na.last = TRUE)))]
  frame <- frame[rows, , drop = FALSE]
  strata <- strata[rows]
  values <- frame[[exposure]]
  unit <- sqrt(mean((values - mean(values))^2))
  ranked <- signif(values, 12)
  list(
    frame = frame, n = length(rows), strata = strata, sizes = as.integer(table(strata)),
    exposure = exposure,
    kinds = list(
      values = (values - mean(values)) / if (isTRUE(unit > 0)) unit else 1,
      ranks = rank(ranked) - (length(rows) + 1) / 2,
      shares = ave(ranked, strata, FUN = shares_of)
    )
  )
}

shares_of <- function(v) rank(v) / (length(v) + 1) - 0.5

study_tests <- function(scores, outcomes, high, totals, within, factors, covariates,
  slope_covariates) {
  everyone <- rep(TRUE, scores$n)
  parts <- list(all = everyone)
  levels <- if (is.null(within)) character() else levels(scores$frame[[within]])
  for (k in seq_along(levels)) parts[[paste0(within, "=", levels[k])]] <- scores$strata == k
  product <- if (length(levels) == 2) {
    term_columns(c(scores$exposure, ""), c(within, levels[2]))$term
  }
  tests <- list()
  add <- function(test) tests <<- c(tests, list(test))
  for (outcome in c(outcomes, totals)) {
    if (!is.null(within)) add(given_test(scores, outcome, everyone, within, covariates))
    for (name in names(parts)) add(correlation_test(scores, outcome, name, parts[[name]]))
    abundance <- high[match(outcome, outcomes)]
    if (is.na(abundance)) {
      if (length(product)) {
        test <- slope_test(scores, outcome, within, character(), tested = 2)
        add(modifyList(test, list(question = "difference", term = product)))
      }
      next
    }
    for (name in names(parts)) {
      add(odds_test(scores, outcome, abundance, name, parts[[name]], covariates))
    }
    if (length(product)) {
      add(interaction_test(scores, outcome, abundance, product, everyone, within, covariates))
    }
    if (length(factors) && !all(scores$frame[[outcome]] %in% c(0, 1, NA))) {
      add(slope_test(scores, outcome, factors, character()))
      if (length(slope_covariates)) {
        add(modifyList(slope_test(scores, outcome, factors, slope_covariates),
          list(question = "slopes adjusted")))
      }
    }
  }
  tests
}

# The cases of a test, what it is about, and why it cannot be made.
begun <- function(scores, question, stratum, outcome, words, tested, others, among,
  term = scores$exposure) {
  places <- which(among & complete.cases(scores$frame[unique(c(tested, others))]))
  cases <- scores$frame[places, , drop = FALSE]
  test <- list(question = question, stratum = stratum, outcome = outcome, term = term,
    words = words, n = length(places))
  test$flag <- if (length(places) < 4) {
    flag("too few observations", length(places), " samples")
  } else if (is_constant(cases[[tested]])) {
    flag("constant outcome", tested, " has one value")
  } else if (is_constant(cases[[scores$exposure]])) {
    flag("constant exposure", scores$exposure, " has one value")
  }
  list(test = test, cases = cases, places = places, n = scores$n)
}

# Values of the cases at their places among all samples, 0 elsewhere.
spread_out <- function(part, values) {
  values <- as.matrix(values)
  found <- matrix(0, part$n, ncol(values))
  found[part$places, ] <- values
  found
}

given_test <- function(scores, outcome, everyone, within, covariates) {
  part <- begun(scores, "given", "all", outcome, "rank sum", outcome, c(within, covariates),
    everyone)
  if (!is.null(part$test$flag)) {
    return(part$test)
  }
  y <- signif(part$cases[[outcome]], 12)
  if (length(covariates)) {
    frame <- part$cases
    for (name in covariates) {
      if (is.numeric(frame[[name]])) frame[[name]] <- rank(signif(frame[[name]], 12))
    }
    columns <- covariate_design(frame, c(within, covariates))$columns
    rest <- spanned(cbind(rep(1, nrow(frame)),
      if (!is.null(columns)) sweep(columns, 2, colMeans(columns))))
    ranks <- rank(y) - (length(y) + 1) / 2
    weights <- ranks - rest %*% crossprod(rest, ranks)
    return(c(part$test, list(kind = "ranks", weights = spread_out(part, weights))))
  }
  strata <- droplevels(part$cases[[within]])
  weights <- ave(y, strata, FUN = if (all(y %in% c(0, 1))) function(v) v - mean(v) else shares_of)
  c(part$test, list(kind = "shares", weights = spread_out(part, weights)))
}

correlation_test <- function(scores, outcome, stratum, among) {
  part <- begun(scores, "correlation", stratum, outcome, "rank sum", outcome, character(), among)
  if (!is.null(part$test$flag)) {
    return(part$test)
  }
  ranks <- rank(signif(part$cases[[outcome]], 12)) - (part$test$n + 1) / 2
  kind <- if (stratum == "all") "ranks" else "shares"
  c(part$test, list(kind = kind, weights = spread_out(part, ranks)))
}

# Chance of high abundance without the exposure, or the flag that says why there is none.
chance_without <- function(cases, abundance, others) {
  columns <- covariate_design(cases, others)$columns
  if (is.null(columns)) {
    return(list(flag = "", chance = rep(mean(cases[[abundance]]), nrow(cases)),
      columns = matrix(0, nrow(cases), 0)))
  }
  fit <- logistic_model(cbind(1, columns), cases[[abundance]])
  list(flag = fit$flag, chance = if (!nzchar(fit$flag)) plogis(drop(fit$X %*% fit$coef)),
    columns = columns)
}

odds_test <- function(scores, outcome, abundance, stratum, among, covariates) {
  part <- begun(scores, "odds", stratum, outcome, "score of the logistic model", abundance,
    covariates, among)
  if (!is.null(part$test$flag)) {
    return(part$test)
  }
  null <- chance_without(part$cases, abundance, covariates)
  if (nzchar(null$flag)) {
    return(c(part$test, list(flag = null$flag)))
  }
  c(part$test, list(kind = "values",
    weights = spread_out(part, part$cases[[abundance]] - null$chance)))
}

interaction_test <- function(scores, outcome, abundance, term, everyone, within, covariates) {
  words <- "one-step interaction"
  others <- c(within, covariates)
  part <- begun(scores, "interaction", "all", outcome, words, abundance, others, everyone,
    term = term)
  if (!is.null(part$test$flag)) {
    return(part$test)
  }
  null <- chance_without(part$cases, abundance, others)
  if (nzchar(null$flag)) {
    return(c(part$test, list(flag = null$flag)))
  }
  root <- sqrt(null$chance * (1 - null$chance))
  own <- cbind(1, as.numeric(as.integer(part$cases[[within]]) == 2))
  rest <- spanned(cbind(1, sweep(null$columns, 2, colMeans(null$columns))) * root)
  modelled(part, scores, own, rest, root, part$cases[[abundance]] - null$chance, tested = 2,
    df = NA)
}

# The exposure in outcome ~ (factors + exposure)^2 + others; contrasts that sum to 0 average over
# the levels.
slope_test <- function(scores, outcome, factors, others, tested = 1) {
  part <- begun(scores, "slopes", "all", outcome, "t of the ANCOVA", outcome, c(factors, others),
    rep(TRUE, scores$n))
  if (!is.null(part$test$flag)) {
    return(part$test)
  }
  sides <- lapply(part$cases[factors], function(x) {
    x <- droplevels(x)
    if (nlevels(x) < 2) {
      matrix(0, length(x), 0)
    } else {
      contr.sum(nlevels(x))[rev(seq_len(nlevels(x)))[as.integer(x)], , drop = FALSE]
    }
  })
  columns <- c(list(rep(1, part$test$n)), unname(sides))
  if (length(sides) > 1) {
    for (pair in combn(length(sides), 2, simplify = FALSE)) {
      columns <- c(columns, lapply(seq_len(ncol(sides[[pair[1]]])),
        function(j) sides[[pair[1]]][, j] * sides[[pair[2]]]))
    }
  }
  extra <- covariate_design(part$cases, others)$columns
  rest <- spanned(do.call(cbind,
    c(columns, list(if (!is.null(extra)) sweep(extra, 2, colMeans(extra))))))
  own <- do.call(cbind, c(list(rep(1, part$test$n)), unname(sides)))
  y <- part$cases[[outcome]] - mean(part$cases[[outcome]])
  df <- length(y) - ncol(rest) - ncol(own)
  if (df < 4) { # with fewer the t of a permutation has no spread to be measured by
    return(c(part$test, list(flag = flag("too few observations", length(y), " samples"))))
  }
  if (ncol(own) < tested) {
    return(c(part$test, list(flag = flag("empty level", "every sample is of one level of ",
      factors[1]))))
  }
  full <- spanned(cbind(rest, own * scores$kinds$values[part$places]))
  if (sqrt(sum((y - full %*% crossprod(full, y))^2)) <= 1e-7 * sqrt(sum(y^2))) {
    return(c(part$test, list(flag = flag("not estimable", "the fit is perfect"))))
  }
  modelled(part, scores, own, rest, rep(1, length(y)), y - rest %*% crossprod(rest, y), tested, df)
}

modelled <- function(part, scores, own, rest, root, left, tested, df) {
  at <- lapply(list(own, rest, root, left), function(values) spread_out(part, values))
  model <- exposure_model(at[[1]], at[[2]], drop(at[[3]]), drop(at[[4]]), tested, df)
  if (is_told_by_rest(model, scores$kinds$values)) {
    return(c(part$test, list(flag = flag("rank deficient",
      "the exposure is told by the rest of the model"))))
  }
  c(part$test, list(model = model))
}
