#' Odds ratios of response against a reference group
#'
#' \code{glm(response ~ group + covariates)} with the reference group first,
#' over all patients or within the levels of \code{by}. A level with no
#' responder, or with none but responders, has no finite odds ratio and is
#' flagged "separation"; the model is over the other levels.
#'
#' @inheritParams fit_logistic
#' @param outcome Names of one or many 0/1 columns, or a formula:
#'   \code{outcome ~ group + covariates}.
#' @param group Name of the grouping column; not beside a formula.
#' @param reference The level against which the others are compared.
#' @return Data frame, one row for each other level; besides the common
#'   columns \code{group}, \code{reference}, \code{comparison} (levels),
#'   \code{variable}, \code{level}, \code{n_reference}, \code{n_events_reference},
#'   \code{n_comparison} and \code{n_events_comparison},
#'   \code{risk_difference} (share in the level minus share in the reference)
#'   with Newcombe's limits \code{rd_low} and \code{rd_high}, and \code{p_mid},
#'   the exact mid-p of the 2 x 2 table; these are never adjusted.
#' @examples
#' d <- data.frame(
#'   pcr = c(1, 1, 0, 1, 0, 0, 1, 0, 0, 1),
#'   her2_group = factor(rep(c("HER2-0", "HER2-low"), each = 5))
#' )
#' response_odds(d, "pcr", "her2_group", reference = "HER2-0")
#' @export
response_odds <- function(data, outcome, group, reference, by = NULL, covariates = character(),
                          ci = c("wald", "profile"), conf_level = 0.95, cohort = "") {
  if (inherits(outcome, "formula")) {
    parts <- formula_parts(outcome)
    by <- bare_name(substitute(by))
    outcome <- parts$left
    group <- parts$right[1]
    covariates <- parts$right[-1]
  }
  ci <- match.arg(ci)
  check_level(conf_level)
  check_strata(by)
  check_distinct(c(group, by, covariates))
  data <- check_columns(data, c(outcome, group, by, covariates))
  data <- as_groups(data, group)
  check_binary(data, outcome)
  if (!reference %in% levels(data[[group]])) {
    stop("reference '", reference, "' is not a level of '", group, "'", call. = FALSE)
  }
  data[[group]] <- relevel(data[[group]], reference)
  rows <- list()
  for (stratum in strata(data, by)) {
    for (name in outcome) {
      missing <- without_value(data, c(name, group, covariates))
      rows <- c(rows, noted(response_rows(stratum, name, group, covariates, missing, ci,
        conf_level)))
    }
  }
  result_table(rows, cohort)
}

# A row for every level but the reference, which is the first.
response_rows <- function(stratum, outcome, group, covariates, missing, ci, conf_level) {
  cases <- complete_frame(stratum$data, c(outcome, group, covariates), stratum$unplaced)
  y <- cases$frame[[outcome]]
  groups <- split(y, cases$frame[[group]])
  reference <- names(groups)[1]
  model <- response_model(cases$frame, outcome, group, covariates)
  lapply(names(groups)[-1], function(level) {
    common <- list(
      stratum = stratum$name, outcome = outcome, role = "group", measure = "odds_ratio",
      conf_level = conf_level,
      n = cases$n, n_events = sum(y), n_missing = cases$n_missing,
      method = paste0("Logistic regression; odds ratio against ", reference, "; ",
        interval_words(ci, conf_level)),
      group = group, reference = reference, comparison = level
    )
    why <- no_comparison(groups[[1]], groups[[level]], y, missing)
    answer <- if (nzchar(why)) {
      list(flag = why)
    } else {
      odds_ratio_row(model$fit, unit(match(level, model$levels), ncol(model$fit$X)), ci, conf_level)
    }
    c(common, term_columns(c(group, level)), two_shares(groups[[1]], groups[[level]], conf_level),
      answer)
  })
}

# One model of the levels in which the outcome varies: the others have no finite coefficient and
# no say in the rest.
response_model <- function(frame, outcome, group, covariates) {
  varies <- tapply(frame[[outcome]], frame[[group]], function(y) length(unique(y)) > 1)
  usable <- names(varies)[which(varies)]
  kept <- frame[frame[[group]] %in% usable, , drop = FALSE]
  if (length(usable) < 2) {
    return(list(fit = list(flag = flag("separation", "no two groups to compare")), levels = usable))
  }
  dummies <- lapply(usable[-1], function(level) as.numeric(kept[[group]] == level))
  X <- cbind(1, do.call(cbind, dummies), covariate_design(kept, covariates)$columns)
  list(fit = logistic_model(X, kept[[outcome]]), levels = usable)
}

no_comparison <- function(in_reference, in_level, everybody, missing) {
  if (length(missing)) {
    flag("missing variable", missing, " has no value")
  } else if (!length(in_reference) || !length(in_level)) {
    flag("empty level", "no complete case in one of the two groups")
  } else if (is_constant(everybody)) {
    flag("constant outcome", "the outcome is always ", everybody[1])
  } else if (is_constant(in_reference) || is_constant(in_level)) {
    flag("separation", "a cell of the table of group and outcome is 0")
  } else {
    ""
  }
}

# What the counts say without a model: Newcombe's difference of shares, and the mid-p of the
# hypergeometric distribution.
two_shares <- function(in_reference, in_level, conf_level) {
  n <- c(length(in_reference), length(in_level))
  events <- as.integer(c(sum(in_reference), sum(in_level)))
  counts <- list(
    n_reference = n[1], n_events_reference = events[1], n_comparison = n[2],
    n_events_comparison = events[2]
  )
  if (!all(n > 0)) {
    return(c(counts, risk_difference = NA_real_, rd_low = NA_real_, rd_high = NA_real_,
      p_mid = NA_real_))
  }
  share <- events / n
  wilson <- vapply(1:2, function(k) {
    as.numeric(suppressWarnings(prop.test(events[k], n[k], conf.level = conf_level,
      correct = FALSE))$conf.int)
  }, numeric(2))
  difference <- share[2] - share[1]
  half <- dhyper(events[2], sum(events), sum(n) - sum(events), n[2]) / 2
  below <- phyper(events[2], sum(events), sum(n) - sum(events), n[2]) - half
  above <- phyper(events[2], sum(events), sum(n) - sum(events), n[2], lower.tail = FALSE) + half
  c(counts, list(
    risk_difference = difference,
    rd_low = difference - sqrt((share[2] - wilson[1, 2])^2 + (wilson[2, 1] - share[1])^2),
    rd_high = difference + sqrt((wilson[2, 2] - share[2])^2 + (share[1] - wilson[1, 1])^2),
    p_mid = min(1, 2 * min(below, above))
  ))
}
