#' Binary clinical outcomes by cell type and moderator
#'
#' Each outcome (age > 50, grade III, size > 2 cm) on each exposure, the
#' moderator (at exposure 0) and their interaction:
#' \code{\link{fit_interaction}} of every pair, per unit of the exposure.
#'
#' @inheritParams fit_interaction
#' @param exposure Names of one or many columns.
#' @return Data frame of five rows for each outcome and exposure; see
#'   \code{\link{fit_interaction}}.
#' @examples
#' set.seed(1)
#' d <- data.frame(
#'   old = rbinom(60, 1, 0.5), b_cells = rbinom(60, 1, 0.4),
#'   hr = factor(rep(c("negative", "positive"), 30))
#' )
#' fit_clinical(d, "old", "b_cells", moderator = "hr")
#' @export
fit_clinical <- function(data, outcome, exposure, moderator, covariates = character(),
  ci = c("wald", "profile"),
                         conf_level = 0.95, cohort = "") {
  ci <- match.arg(ci)
  check_level(conf_level)
  check_distinct(c(exposure, moderator, covariates))
  check_strata(moderator)
  data <- check_columns(data, c(outcome, exposure, moderator, covariates))
  check_numbers(data, exposure)
  data <- as_groups(data, moderator)
  check_binary(data, outcome)
  two_levels(data, moderator)
  rows <- list()
  for (name in outcome) {
    for (cell_type in exposure) {
      rows <- c(rows, noted(
        interaction_rows(data, name, cell_type, moderator, covariates, 1, "unit", ci, conf_level,
          zero = TRUE)
      ))
    }
  }
  result_table(rows, cohort)
}
