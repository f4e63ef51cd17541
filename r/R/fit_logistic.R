#' Odds ratios of binary outcomes for an exposure
#'
#' \code{glm(outcome ~ exposure + covariates, family = binomial)} over all
#' rows or within each level of \code{by}. Separation is detected before the
#' fit and flagged, never reported as a huge odds ratio.
#'
#' @param data Data frame, one row a patient.
#' @param outcome Names of one or many 0/1 columns, or a formula:
#'   \code{outcome ~ exposure + covariates}.
#' @param exposure Name of one column; not beside a formula.
#' @param by Name of a grouping column (beside a formula also without quotes);
#'   each of its levels is a stratum.
#' @param covariates Names of columns to adjust for.
#' @param per_sd Odds ratio per standard deviation (divisor n - 1) of the
#'   exposure instead of per unit.
#' @param sd Standard deviation of the whole frame ("cohort") or of the
#'   stratum, over all rows with a value of the exposure.
#' @param ci "wald" as \code{confint.default}, or "profile" likelihood.
#' @param penalty "none", or "firth": Firth's penalised likelihood, finite
#'   under separation, with limits and p of the penalised profile.
#' @param conf_level Confidence level.
#' @param cohort Text for the column \code{cohort}.
#' @return Data frame, one row a term: \code{estimate} is the odds ratio,
#'   \code{std_error} is on the log scale, \code{statistic} is z; the term
#'   taken apart is in \code{variable}, \code{level}, \code{variable_2} and
#'   \code{level_2}. \code{fewest} is how many have, or have not, the event,
#'   whichever are fewer; below 10 the exposure's row is flagged "sparse", and
#'   Firth's numbers stand beside it (\code{firth_estimate}, \code{firth_low},
#'   \code{firth_high}, \code{firth_p}), under separation too. See
#'   \link{her2stats-package} for the columns.
#' @examples
#' d <- data.frame(
#'   high = c(0, 0, 1, 0, 1, 1, 0, 1, 1, 0),
#'   ERBB2 = c(5.1, 6.0, 5.8, 6.2, 6.9, 7.4, 6.6, 5.2, 7.9, 5.5)
#' )
#' fit_logistic(d, "high", "ERBB2")
#' fit_logistic(high ~ ERBB2, data = d)
#' @export
fit_logistic <- function(data, outcome, exposure, by = NULL, covariates = character(),
  per_sd = TRUE,
                         sd = c("cohort", "stratum"), ci = c("wald", "profile"), penalty = "none",
                         conf_level = 0.95, cohort = "") {
  sd <- match.arg(sd)
  if (inherits(outcome, "formula")) {
    parts <- formula_parts(outcome)
    by <- bare_name(substitute(by))
    outcome <- parts$left
    exposure <- parts$right[1]
    covariates <- parts$right[-1]
  }
  ci <- match.arg(ci)
  check_choice("penalty", penalty, c("none", "firth"))
  check_level(conf_level)
  check_strata(by)
  check_distinct(c(exposure, by, covariates))
  data <- check_columns(data, c(outcome, exposure, by, covariates))
  check_numbers(data, exposure)
  check_binary(data, outcome)
  whole_sd <- exposure_sd(data, exposure)
  rows <- list()
  for (stratum in strata(data, by)) {
    divisor <- if (!per_sd) 1 else if (sd == "cohort") whole_sd else exposure_sd(stratum$data,
      exposure)
    for (name in outcome) {
      common <- list(
        stratum = stratum$name, outcome = name, measure = "odds_ratio", conf_level = conf_level,
        per = if (per_sd) "sd" else "unit", method = paste0(
          "Logistic regression", if (penalty == "firth") ", Firth's penalty", "; odds ratio per ",
          if (per_sd) paste0("SD (", sd, ")") else "unit", "; ",
          if (penalty == "firth") paste(percent(conf_level),
            "CI and p penalised profile") else interval_words(ci, conf_level)
        )
      )
      missing <- without_value(data, c(name, exposure, covariates))
      rows <- c(rows, noted(
        logistic_rows(stratum, name, exposure, covariates, divisor, ci, penalty, conf_level, common,
          missing)
      ))
    }
  }
  result_table(rows, cohort)
}

exposure_sd <- function(data, exposure) {
  sqrt(var(variable(data, exposure), na.rm = TRUE))
}

logistic_rows <- function(stratum, outcome, exposure, covariates, divisor, ci, penalty, conf_level,
  common, missing) {
  cases <- complete_frame(stratum$data, c(outcome, exposure, covariates), stratum$unplaced)
  frame <- cases$frame
  common <- c(common, list(n = cases$n, n_missing = cases$n_missing,
    n_events = sum(frame[[outcome]])))
  adjusted <- covariate_design(frame, covariates)
  why <- no_model(frame, outcome, exposure, missing)
  X <- NULL
  model <- if (nzchar(why)) {
    list(flag = why)
  } else {
    X <- cbind(1, (frame[[exposure]] - mean(frame[[exposure]])) / divisor, adjusted$columns)
    if (penalty == "firth") {
      firth_model(X, frame[[outcome]])
    } else {
      logistic_model(X, frame[[outcome]])
    }
  }
  answer <- function(column) {
    if (penalty == "firth") {
      firth_row(model, column, conf_level)
    } else {
      odds_ratio_row(model, unit(column, ncol(model$X)), ci, conf_level)
    }
  }
  asked <- answer(2)
  y <- frame[[outcome]]
  if (penalty == "none") asked <- with_firth(asked, X, y, 2, conf_level, fewest_of(y))
  own <- c(list(role = "exposure"), term_columns(c(exposure, "")), asked)
  rows <- c(list(own), lapply(adjusted$terms, function(one) {
    c(list(role = "covariate"), term_columns(one$parts),
      if (nzchar(model$flag) || !is.na(one$column)) answer(2 + one$column) else one["flag"])
  }))
  lapply(rows, function(row) c(common, row))
}

# A unit vector; nothing where there is no model to ask.
unit <- function(k, size) {
  if (length(size)) replace(numeric(size), k, 1)
}
