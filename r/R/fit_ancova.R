#' Analysis of covariance: tests, marginal slopes, marginal curves
#'
#' \code{lm(outcome ~ (factors + score)^2 + covariates + extra_terms)}.
#'
#' "tests" are Type III tests in sum-to-zero coding with centred numeric
#' variables, as nested models: a term's degrees of freedom are the ranks'
#' difference. With an empty cell the main effects that the cell's interaction
#' contains are flagged "not estimable", and an interaction that has lost
#' degrees of freedom is flagged "rank deficient".
#'
#' "slopes" are marginal slopes of the score (\code{emmeans::emtrends}), "curve"
#' the marginal means at equally spaced scores (\code{emmeans::emmeans}): over
#' the whole factor grid, then for each level of each factor.
#'
#' @inheritParams fit_logistic
#' @param outcome Names of one or many numeric columns.
#' @param score Name of the numeric exposure.
#' @param factors Names of the grouping columns.
#' @param extra_terms Products such as "hr:age".
#' @param weights How marginal means average over factors: "equal",
#'   "proportional", "outer" or "cells", as emmeans defines them.
#' @param centre Put numeric variables at their mean before the tests.
#' @param quantity "slopes", "tests" or "curve".
#' @param points Number of scores of the curve.
#' @param covariance Errors of slopes and curves: "ols" of one residual
#'   variance, "hc2" with Bell-McCaffrey degrees of freedom, or "hc3".
#' @param permutations,seed Permutations within the cells of the factors of what
#'   the model without the score leaves of the outcome, and where they start;
#'   slopes then have \code{p_permutation}. 0 for none.
#' @return Data frame. Tests: one row a term, \code{statistic} is F, \code{df}
#'   its numerator and the extra column \code{df_residual} its denominator;
#'   \code{variable}, \code{level}, \code{variable_2} and \code{level_2} are the
#'   term taken apart.
#'   Slopes: one row a stratum, \code{statistic} is t. Curve: \code{points} rows
#'   a stratum, the extra column \code{at} is the score.
#' @examples
#' set.seed(1)
#' d <- expand.grid(hr = c("negative", "positive"), her2_ihc = c("0", "1+", "2+"), k = 1:8)
#' d$ERBB2 <- rnorm(48)
#' d$b_cells <- rnorm(48) + d$ERBB2
#' fit_ancova(d, "b_cells", "ERBB2", c("hr", "her2_ihc"), quantity = "tests")
#' fit_ancova(d, "b_cells", "ERBB2", c("hr", "her2_ihc"), quantity = "slopes")
#' @export
fit_ancova <- function(data, outcome, score, factors, covariates = character(),
                       extra_terms = character(),
                       weights = c("equal", "proportional", "outer", "cells"),
                       centre = TRUE, quantity = c("slopes", "tests", "curve"), points = 25,
                       covariance = c("ols", "hc2", "hc3"), permutations = 0, seed = 1,
                       conf_level = 0.95,
                       cohort = "") {
  weights <- match.arg(weights)
  covariance <- match.arg(covariance)
  quantity <- match.arg(quantity)
  check_level(conf_level)
  check_points(points)
  check_distinct(c(factors, score, covariates))
  for (name in factors) check_strata(name)
  data <- check_columns(data, c(outcome, score, factors, covariates))
  check_numbers(data, c(outcome, score))
  data <- as_groups(data, factors)
  rows <- list()
  for (name in outcome) {
    model <- ancova_model(data, name, score, factors, covariates, extra_terms)
    common <- list(
      outcome = name, n = model$n, n_missing = model$n_missing,
      method = ancova_method(quantity, weights, centre, covariance, conf_level)
    )
    answers <- noted(switch(quantity,
      tests = lapply(ancova_tests(model, centre, score, covariates),
        function(row) c(list(stratum = "all"), row)),
      slopes = ancova_slopes(model, score, factors, weights, covariance, conf_level, permutations,
        seed),
      curve = ancova_curve(model, score, factors, weights, points, covariance, conf_level)
    ))
    if (quantity != "tests") {
      common <- c(common, list(
        role = "exposure", measure = c(slopes = "slope", curve = "mean")[[quantity]],
        conf_level = conf_level,
        weights = weights
      ))
    }
    rows <- c(rows, lapply(answers, function(row) c(common, row)))
  }
  result_table(rows, cohort)
}

ancova_method <- function(quantity, weights, centre, covariance, conf_level) {
  errors <- c(ols = "", hc2 = ", HC2 errors with Bell-McCaffrey degrees of freedom",
    hc3 = ", HC3 errors")
  level <- paste0(percent(conf_level), " CI t", errors[[covariance]])
  switch(quantity,
    tests = paste0("ANCOVA; Type III F tests, sum-to-zero contrasts, ",
      if (centre) "centred" else "uncentred", " covariates"),
    slopes = paste0("ANCOVA; marginal slope, ", weights, " weights; ", level),
    curve = paste0("ANCOVA; marginal mean, ", weights, " weights; ", level)
  )
}
