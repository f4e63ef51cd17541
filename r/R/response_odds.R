#' Odds ratios of response against a reference group
#'
#' \code{glm(response ~ group)} with the reference group first. A level with
#' no responder, or with none but responders, has no finite odds ratio and is
#' flagged "separation".
#'
#' @inheritParams fit_logistic
#' @param group Name of the grouping column.
#' @param reference The level against which the others are compared.
#' @return Data frame, one row for each other level; besides the common
#'   columns \code{group}, \code{reference}, \code{comparison} (levels),
#'   \code{variable}, \code{level}, \code{n_reference}, \code{n_events_reference},
#'   \code{n_comparison} and \code{n_events_comparison}.
#' @examples
#' d <- data.frame(
#'   pcr = c(1, 1, 0, 1, 0, 0, 1, 0, 0, 1),
#'   her2_group = factor(rep(c("HER2-0", "HER2-low"), each = 5))
#' )
#' response_odds(d, "pcr", "her2_group", reference = "HER2-0")
#' @export
response_odds <- function(data, outcome, group, reference, ci = c("wald", "profile"), conf_level = 0.95, cohort = "") {
  ci <- match.arg(ci)
  check_level(conf_level)
  data <- check_columns(data, c(outcome, group))
  data <- as_groups(data, group)
  check_binary(data, outcome)
  if (!reference %in% levels(data[[group]])) {
    stop("reference '", reference, "' is not a level of '", group, "'", call. = FALSE)
  }
  data[[group]] <- relevel(data[[group]], reference)
  rows <- list()
  for (name in outcome) {
    cases <- complete_frame(data, c(name, group))
    frame <- cases$frame
    for (level in levels(data[[group]])[-1]) {
      in_reference <- frame[[name]][frame[[group]] == reference]
      in_level <- frame[[name]][frame[[group]] == level]
      common <- list(
        stratum = "all", outcome = name, role = "group", measure = "odds_ratio", conf_level = conf_level, n = cases$n,
        n_events = sum(frame[[name]]), n_missing = cases$n_missing,
        method = paste0("Logistic regression; odds ratio against ", reference, "; ", interval_words(ci, conf_level)),
        group = group, reference = reference, comparison = level,
        n_reference = length(in_reference), n_events_reference = as.integer(sum(in_reference)),
        n_comparison = length(in_level), n_events_comparison = as.integer(sum(in_level))
      )
      missing <- without_value(data, c(name, group))
      rows <- c(rows, noted(list(c(
        common, term_columns(c(group, level)), response_answer(in_reference, in_level, frame[[name]], missing, ci, conf_level)
      ))))
    }
  }
  result_table(rows, cohort)
}

# The model is saturated: an odds ratio and its limits depend on its two groups only, whatever other levels there are.
response_answer <- function(in_reference, in_level, everybody, missing, ci, conf_level) {
  if (length(missing)) {
    return(list(flag = flag("missing variable", missing, " has no value")))
  }
  if (!length(in_reference) || !length(in_level)) {
    return(list(flag = flag("empty level", "no complete case in one of the two groups")))
  }
  if (is_constant(everybody)) {
    return(list(flag = flag("constant outcome", "the outcome is always ", everybody[1])))
  }
  if (is_constant(in_reference) || is_constant(in_level)) {
    return(list(flag = flag("separation", "a cell of the table of group and outcome is 0")))
  }
  y <- c(in_reference, in_level)
  X <- cbind(1, rep(0:1, c(length(in_reference), length(in_level))))
  odds_ratio_row(logistic_model(X, y), c(0, 1), ci, conf_level)
}
