#' Odds over all values of an outcome
#'
#' Proportional odds with a level for every distinct value, by
#' \code{MASS::polr}, taken to the last digit by Newton's steps.
#'
#' @inheritParams fit_logistic
#' @param outcome Names of one or many columns of numbers; only their order
#'   counts.
#' @param exposure Name of one column.
#' @param by Name of a grouping column: one model in each of its levels.
#' @param moderator Name of a grouping column of two levels: the ratio of the
#'   odds ratios in its second and first level, in place of one odds ratio.
#' @param per_sd Odds ratio per standard deviation (divisor n - 1) of the
#'   exposure over the whole frame, instead of per unit.
#' @return Data frame, one row a stratum and outcome: \code{estimate} odds
#'   ratio of a higher value, Wald limits, \code{statistic} and p of the
#'   likelihood ratio, \code{levels} distinct values.
#' @references McCullagh 1980, doi 10.1111/j.2517-6161.1980.tb01109.x.
#' @examples
#' d <- data.frame(ERBB2 = c(5, 8, 6, 7, 4, 3, 1, 2), cd8 = c(0, 0, 0.1, 0.2, 0.2, 0.4, 0.5, 0.9))
#' fit_ordinal(d, "cd8", "ERBB2", per_sd = FALSE)
#' @export
fit_ordinal <- function(data, outcome, exposure, by = NULL, moderator = NULL,
  covariates = character(), per_sd = TRUE,
                        conf_level = 0.95, cohort = "") {
  check_level(conf_level)
  check_strata(by)
  check_distinct(c(exposure, by, moderator, covariates))
  check_strata(moderator)
  data <- check_columns(data, c(outcome, exposure, by, moderator, covariates))
  check_numbers(data, c(outcome, exposure))
  data <- as_groups(data, moderator)
  if (length(moderator) && nlevels(data[[moderator]]) != 2) {
    stop("moderator '", moderator, "' has not two levels", call. = FALSE)
  }
  unit <- if (per_sd) stats::sd(data[[exposure]], na.rm = TRUE) else 1
  rows <- list()
  for (stratum in strata(data, by)) {
    for (name in outcome) {
      others <- c(moderator, covariates)
      missing <- without_value(data, c(exposure, name, others))
      cases <- complete_frame(stratum$data, c(exposure, name, others), stratum$unplaced)
      y <- rank(signif(cases$frame[[name]], 12))
      parts <- c(list(c(exposure, "")),
        if (length(moderator)) list(c(moderator, levels(data[[moderator]])[2])))
      row <- c(
        list(stratum = stratum$name, outcome = name), do.call(term_columns, parts),
        list(
          role = if (length(moderator)) "interaction" else "exposure", measure = "odds_ratio",
          conf_level = conf_level,
          per = if (per_sd) "sd" else "unit", n = cases$n, n_missing = cases$n_missing,
          levels = length(unique(y)),
          method = paste0("proportional odds; ", percent(conf_level),
            " CI Wald; p likelihood ratio")
        )
      )
      why <- no_model(cases$frame, name, exposure, missing)
      answer <- if (nzchar(why)) {
        list(flag = why)
      } else {
        ordinal_answer(cases$frame, y, exposure, moderator, covariates, unit, conf_level)
      }
      rows <- c(rows, noted(list(c(row, answer))))
    }
  }
  result_table(rows, cohort)
}

ordinal_answer <- function(frame, y, exposure, moderator, covariates, unit, conf_level) {
  x <- (frame[[exposure]] - mean(frame[[exposure]])) / stats::sd(frame[[exposure]])
  X <- cbind(
    if (length(moderator)) x * (as.integer(frame[[moderator]]) - 1), x,
    covariate_design(frame, c(moderator, covariates))$columns
  )
  why <- no_design(cbind(1, X))
  if (nzchar(why)) {
    return(list(flag = why))
  }
  X <- sweep(X, 2, colMeans(X))
  full <- ordinal_model(X, y)
  reduced <- ordinal_model(X[, -1, drop = FALSE], y)
  flags <- c(full$flag, reduced$flag)
  if (any(nzchar(flags))) {
    return(list(flag = flags[nzchar(flags)][1]))
  }
  scale <- unit / stats::sd(frame[[exposure]])
  log_odds <- full$coef[1] * scale
  std_error <- full$std_error[1] * scale
  limits <- log_odds + c(-1, 1) * qnorm((1 + conf_level) / 2) * std_error
  ratio <- max(0, 2 * (full$height - reduced$height))
  if (abs(log_odds) > log(.Machine$double.xmax)) {
    return(list(
      flag = flag("not estimable", "the odds ratio per unit leaves the range of numbers"),
      std_error = std_error,
      statistic = ratio, df = 1, p_value = pchisq(ratio, 1, lower.tail = FALSE)
    ))
  }
  list(
    estimate = exp(log_odds), std_error = std_error, conf_low = exp(limits[1]),
    conf_high = exp(limits[2]),
    statistic = ratio, df = 1, p_value = pchisq(ratio, 1, lower.tail = FALSE), flag = ""
  )
}

# polr's answer, for three levels or more, leads to the maximum; dense Newton steps reach it.
ordinal_model <- function(X, y) {
  level <- match(y, sort(unique(y)))
  cuts <- max(level) - 1
  at <- seq_len(cuts)
  below <- vapply(at, function(k) mean(level <= k), 0)
  start <- c(stats::qlogis(below), numeric(ncol(X))) # of logit P(Y <= k) = zeta_k - x b
  if (cuts > 1 && ncol(X)) {
    fit <- tryCatch(
      suppressWarnings(MASS::polr(factor(level) ~ X, start = c(start[-at], start[at]),
        control = list(maxit = 500))),
      error = function(e) NULL
    )
    if (!is.null(fit) && all(is.finite(c(fit$zeta, fit$coefficients))) && all(diff(fit$zeta) > 0)) {
      start <- c(fit$zeta, fit$coefficients)
    }
  }
  parameters <- c(-start[at], start[-at])
  upper <- cbind(outer(level - 1, at, `==`) * 1, X * (level > 1))
  lower <- cbind(outer(level, at, `==`) * 1, X * (level <= cuts))
  chance <- function(p) {
    u <- ifelse(level > 1, drop(upper %*% p), Inf)
    v <- ifelse(level <= cuts, drop(lower %*% p), -Inf)
    list(u = u, v = v, p = ifelse(u > 0, plogis(-v) - plogis(-u), plogis(u) - plogis(v)))
  }
  height <- function(p) {
    value <- chance(p)$p
    if (all(value > 0)) sum(log(value)) else -Inf
  }
  density <- function(z) ifelse(is.finite(z), plogis(z) * plogis(-z), 0)
  slope <- function(z) ifelse(is.finite(z), density(z) * (1 - 2 * plogis(z)), 0)
  reached <- height(parameters)
  steep <- function() ncol(X) && diff(range(X %*% parameters[-at])) > 10
  for (round in 1:100) {
    now <- chance(parameters)
    G <- (density(now$u) * upper - density(now$v) * lower) / now$p
    information <- crossprod(G) - crossprod(upper * (slope(now$u) / now$p), upper) +
      crossprod(lower * (slope(now$v) / now$p), lower)
    step <- tryCatch(drop(solve(information, colSums(G), tol = 0)), error = function(e) NULL)
    if (is.null(step) || !all(is.finite(step))) {
      return(list(flag = flag(if (steep()) "separation" else "not converged", "no step")))
    }
    halving <- 0
    while (!isTRUE(height(parameters + step) >= reached - 1e-12 * (1 + abs(reached))) &&
      halving < 40) {
      step <- step / 2
      halving <- halving + 1
    }
    parameters <- parameters + step
    reached <- height(parameters)
    spread <- drop(X %*% parameters[-at])
    if (length(spread) && max(abs(spread - median(spread))) > 40) {
      return(list(flag = flag("separation", "the likelihood rises for ever")))
    }
    if (max(abs(step)) <= 1e-9 * (1 + max(abs(parameters)))) {
      covariance <- solve(information, tol = 0)
      return(list(
        flag = "", coef = parameters[-at], std_error = sqrt(diag(covariance))[-at], height = reached
      ))
    }
  }
  list(flag = flag(if (steep()) "separation" else "not converged", "100 steps"))
}
