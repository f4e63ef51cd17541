#' Compare variables between two groups
#'
#' Continuous variables: Wilcoxon rank-sum test of the second level against
#' the first (exact when both groups have fewer than 50 rows and there are no
#' ties, else the normal approximation with tie and continuity correction, as
#' \code{wilcox.test}), with the Hodges-Lehmann shift and its limits from the
#' ordered pairwise differences. Binary variables: chi-squared test without
#' continuity correction, difference of proportions with Wald limits, and a
#' further row with Fisher's exact test (measure "second_test") when an expected count is below 5.
#'
#' @inheritParams fit_logistic
#' @param y Names of one or many columns.
#' @param group Names of one or many columns with two levels each.
#' @param kinds For each \code{y} "continuous" or "binary"; by default binary
#'   where all values are 0 or 1.
#' @return Data frame; besides the common columns \code{group},
#'   \code{reference} and \code{comparison} (the levels), \code{n_reference}, \code{n_comparison},
#'   \code{value_reference}, \code{value_comparison} (medians or proportions)
#'   and \code{superiority} (W / (n1 n2)).
#' @examples
#' d <- data.frame(
#'   b_cells = c(0.1, 0.4, 0.2, 0.9, 0.7, 0.8),
#'   hr = factor(rep(c("negative", "positive"), each = 3))
#' )
#' compare_groups(d, "b_cells", group = "hr")
#' @export
compare_groups <- function(data, y, group, by = NULL, kinds = NULL, conf_level = 0.95,
  cohort = "") {
  check_level(conf_level)
  check_strata(by)
  data <- check_columns(data, c(y, group, by))
  check_numbers(data, y)
  data <- without_noise(data, y)
  data <- as_groups(data, group)
  if (is.null(kinds)) {
    kinds <- vapply(y, function(name) {
      if (all(variable(data, name) %in%
      c(0, 1, NA))) "binary" else "continuous"
    }, "")
  }
  rows <- list()
  for (stratum in strata(data, by)) {
    for (one_group in group) {
      for (k in seq_along(y)) {
        missing <- without_value(data, c(y[k], one_group))
        rows <- c(rows, noted(comparison_rows(stratum, y[k], kinds[k], one_group, conf_level,
          missing)))
      }
    }
  }
  result_table(rows, cohort)
}

comparison_rows <- function(stratum, y, kind, group, conf_level, missing) {
  cases <- complete_frame(stratum$data, c(y, group), stratum$unplaced)
  values <- cases$frame[[y]]
  groups <- cases$frame[[group]]
  present <- levels(droplevels(groups))
  common <- list(
    stratum = stratum$name, outcome = y, term = group, role = "group",
    measure = if (kind == "binary") "risk_difference" else "shift", conf_level = conf_level,
    n = cases$n, n_missing = cases$n_missing,
    n_events = if (kind == "binary") sum(values == 1) else NA,
    method = comparison_method(kind, conf_level),
    group = group, reference = NA_character_, comparison = NA_character_, n_reference = NA_integer_,
    n_comparison = NA_integer_,
    value_reference = NA_real_, value_comparison = NA_real_, superiority = NA_real_
  )
  flagged <- function(...) list(replace_in(common, list(flag = flag(...))))
  if (length(missing)) {
    return(flagged("missing variable", missing, " has no value"))
  }
  if (length(present) != 2) {
    return(flagged("empty level", length(present), " levels of ", group, " have complete cases"))
  }
  first <- values[groups == present[1]]
  second <- values[groups == present[2]]
  centre <- if (kind == "binary") mean else median
  common <- replace_in(common, list(
    reference = present[1], comparison = present[2], n_reference = length(first),
    n_comparison = length(second),
    value_reference = centre(first), value_comparison = centre(second)
  ))
  if (is_constant(values)) {
    return(flagged("constant outcome", y, " is always ", values[1]))
  }
  if (kind == "binary") {
    binary_rows(common, first, second, conf_level)
  } else {
    list(replace_in(common, rank_sum(first, second, conf_level)))
  }
}

replace_in <- function(row, values) {
  row[names(values)] <- values
  row
}

comparison_method <- function(kind, conf_level) {
  level <- paste0(percent(conf_level), " CI ")
  if (kind == "binary") {
    paste0("Chi-squared without continuity correction; difference of proportions; ", level, "Wald")
  } else {
    paste0("Wilcoxon rank sum; Hodges-Lehmann shift; ", level, "from ordered differences")
  }
}

rank_sum <- function(first, second, conf_level) {
  n1 <- length(first)
  n2 <- length(second)
  exact <- n1 < 50 && n2 < 50 && !anyDuplicated(c(first, second))
  test <- wilcox.test(second, first, exact = exact, correct = TRUE)
  differences <- sort(as.vector(outer(second, first, "-")))
  k <- limit_rank(n1, n2, exact, (1 - conf_level) / 2)
  row <- list(
    estimate = median(differences), statistic = unname(test$statistic),
    p_value = min(test$p.value, 1),
    superiority = unname(test$statistic) / (n1 * n2), flag = ""
  )
  if (k < 1) {
    return(replace_in(row, list(flag = flag("too few observations",
      "the widest interval is short of the level"))))
  }
  replace_in(row, list(conf_low = differences[k], conf_high = differences[n1 * n2 + 1 - k]))
}

# Rank of the lower limit among the ordered differences (Moses; Hollander and Wolfe, section 4.3);
# 0 where even the interval from the smallest to the largest difference does not have the level.
limit_rank <- function(n1, n2, exact, tail) {
  if (!exact) {
    return(max(floor(n1 * n2 / 2 + qnorm(tail) * sqrt(n1 * n2 * (n1 + n2 + 1) / 12)), 0))
  }
  # (1 - 0.9) / 2 is a little less than 0.05: chances this close to the tail are equal to it.
  if (pwilcox(0, n2, n1) > tail * (1 + 1e-12)) 0 else max(qwilcox(tail * (1 - 1e-12), n2, n1), 1)
}

binary_rows <- function(common, first, second, conf_level) {
  counts <- rbind(c(sum(first == 0), sum(first == 1)), c(sum(second == 0), sum(second == 1)))
  test <- suppressWarnings(chisq.test(counts, correct = FALSE))
  p1 <- mean(first)
  p2 <- mean(second)
  std_error <- sqrt(p1 * (1 - p1) / length(first) + p2 * (1 - p2) / length(second))
  half <- qnorm((1 + conf_level) / 2) * std_error
  row <- replace_in(common, list(
    estimate = p2 - p1, statistic = unname(test$statistic), df = 1, p_value = test$p.value,
    flag = if (std_error > 0) "" else flag("not estimable",
      "both proportions are 0 or 1, the interval has no width")
  ))
  if (std_error > 0) {
    row <- replace_in(row, list(std_error = std_error, conf_low = p2 - p1 - half,
      conf_high = p2 - p1 + half))
  }
  if (all(test$expected >= 5)) {
    return(list(row))
  }
  exact <- replace_in(common, list(
    term = paste(common$term, "(Fisher exact)"), measure = "second_test", conf_level = NA_real_,
    method = "Fisher exact", p_value = fisher.test(counts)$p.value,
    value_reference = NA_real_, value_comparison = NA_real_, flag = ""
  ))
  list(row, exact)
}
