# Marginal slopes and marginal means by emmeans, over the grid of all factors.

# An lm on safe names; the score is the variable `v_score`.
margins_fit <- function(model, score) {
  safe <- safe_frame(model$frame)
  names <- setNames(names(safe), names(model$frame))
  safe$y <- model$y
  products <- vapply(model$terms, function(term) paste(names[term], collapse = ":"), "")
  list(
    fit = lm(reformulate(products, "y"), data = safe, tol = 1e-7), data = safe, names = names,
    score = unname(names[score])
  )
}

ancova_slopes <- function(model, score, factors, weights, covariance, conf_level, permutations,
  seed) {
  if (nzchar(model$flag)) {
    flagged <- function(...) list(term = score, flag = model$flag)
    return(margin_rows(model, factors, function(name) NULL, flagged))
  }
  m <- margins_fit(model, score)
  trends <- emmeans::emtrends(m$fit, var = m$score, data = m$data, cov.keep = character(0),
    nesting = NULL)
  drawn <- if (permutations) permuted_outcomes(model, m, score, factors, permutations, seed)
  one_factor <- function(name) {
    margin_table(trends, m, name, NULL, weights, covariance, conf_level,
    drawn)
  }
  scale <- model$sd[[score]]
  margin_rows(model, factors, one_factor, term = score, row = function(table, k) {
    answer <- margin_answer(table, k)
    for (column in intersect(c("estimate", "std_error", "conf_low", "conf_high"), names(answer))) {
      answer[[column]] <- answer[[column]] / scale
    }
    c(list(term = score), answer)
  })
}

ancova_curve <- function(model, score, factors, weights, points, covariance, conf_level) {
  if (nzchar(model$flag)) {
    flagged <- function(...) list(term = "mean", at = NA_real_, flag = model$flag)
    return(margin_rows(model, factors, function(name) NULL, flagged))
  }
  m <- margins_fit(model, score)
  x <- model$frame[[score]]
  places <- seq(min(x), max(x), length.out = points)
  grid <- emmeans::ref_grid(
    m$fit, data = m$data, at = setNames(list(places), m$score), cov.keep = character(0),
    nesting = NULL, rg.limit = 1e6
  )
  one_factor <- function(name) margin_table(grid, m, name, m$score, weights, covariance, conf_level)
  margin_rows(model, factors, one_factor, points = points, term = "mean", row = function(table, k) {
    at <- places[(k - 1) %% points + 1] * model$sd[[score]] + model$mean[[score]]
    answer <- margin_answer(table, k)
    answer[c("statistic", "p_value")] <- NULL # that a mean is 0 is nobody's question
    c(list(term = "mean", at = at), answer)
  })
}

# emmeans averages over every factor that is not named; messages only say that interactions are
# there.
margin_table <- function(grid, m, name, along, weights, covariance, conf_level, drawn = NULL) {
  specs <- c(along, if (is.null(name)) NULL else unname(m$names[name]))
  means <- suppressMessages(emmeans::emmeans(
    grid, if (length(specs)) specs else ~1, weights = weights
  ))
  table <- as.data.frame(summary(means, infer = c(TRUE, TRUE), level = conf_level))
  if (covariance != "ols") table <- robust_table(table, means@linfct, m$fit, covariance, conf_level)
  if (!is.null(drawn)) table$p_permutation <- permuted_p(drawn, means@linfct, m$fit, covariance)
  as.list(table)
}

# Standard errors without one residual variance: HC2 with Bell and McCaffrey's degrees of freedom,
# HC3 with the residual ones. A case of leverage 1 leaves no residual to judge by: what it has a
# part in has no error.
robust_table <- function(table, combinations, fit, covariance, conf_level) {
  used <- !is.na(coef(fit))
  x <- model.matrix(fit)[, used, drop = FALSE]
  basis <- qr.Q(qr(x))
  hat <- tcrossprod(basis)
  parts <- x %*% solve(crossprod(x), t(combinations[, used, drop = FALSE]))
  left <- 1 - diag(hat)
  alone <- left < 1e-10
  decided <- colSums(abs(parts[alone, , drop = FALSE]) >
    rep(1e-10 * sqrt(colSums(parts^2)), each = sum(alone))) > 0
  e <- residuals(fit)[!alone]
  left <- left[!alone]
  rest <- (diag(length(alone)) - hat)[!alone, !alone]^2
  parts <- parts[!alone, , drop = FALSE]
  table$SE <- sqrt(colSums(parts^2 * e^2 / left^(if (covariance == "hc2") 1 else 2)))
  table$df <- if (covariance == "hc3") fit$df.residual else apply(parts^2 / left, 2, function(w) {
    sum(w * left)^2 / sum(w * (rest %*% w))
  })
  table$SE[decided] <- NA
  estimate <- table[[grep("\\.trend$|^emmean$", names(table))]]
  table$t.ratio <- estimate / table$SE
  table$p.value <- 2 * pt(-abs(table$t.ratio), table$df)
  reach <- qt(0.5 + conf_level / 2, table$df) * table$SE
  table$lower.CL <- estimate - reach
  table$upper.CL <- estimate + reach
  table$flag <- ifelse(covariance == "hc2" & table$df < 10,
    flag("few degrees of freedom", "it rests on a few cases"), "")
  table
}

margin_answer <- function(table, k) {
  value <- lapply(table, `[`, k)
  estimate <- value[[grep("\\.trend$|^emmean$", names(table))]]
  if (is.na(estimate)) {
    return(list(flag = flag("not estimable",
      "the cases in the cells that it averages leave it open")))
  }
  if (is.na(value$SE)) {
    return(list(flag = flag("not estimable", "one case alone decides it (leverage 1)")))
  }
  permuted <- if (!is.null(value$p_permutation)) list(p_permutation = value$p_permutation)
  c(permuted, list(
    estimate = estimate, std_error = value$SE, conf_low = value$lower.CL,
    conf_high = value$upper.CL,
    statistic = value$t.ratio, df = value$df, p_value = value$p.value,
    flag = if (is.null(value$flag)) "" else value$flag
  ))
}

# Rows of stratum "all" and of every level of every factor; one row for a level that no complete
# case has.
margin_rows <- function(model, factors, one_factor, row, points = 1, term = NULL) {
  block <- function(table, stratum, position) {
    lapply(seq_len(points), function(j) {
      c(list(stratum = stratum),
      row(table, (position - 1) * points + j))
    })
  }
  rows <- block(one_factor(NULL), "all", 1)
  for (name in factors) {
    table <- one_factor(name)
    present <- levels(model$frame[[name]])
    for (level in model$levels[[name]]) {
      stratum <- paste0(name, "=", level)
      rows <- c(rows, if (level %in% present || nzchar(model$flag)) {
        block(table, stratum, match(level, present))
      } else {
        list(list(stratum = stratum, term = term,
          flag = flag("empty level", "no complete case has ", stratum)))
      })
    }
  }
  rows
}
