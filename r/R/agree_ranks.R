#' Differences between the ranks that two measurements give the same tumours
#'
#' Bland and Altman's limits of agreement, on ranks in percent of all tumours
#' that have both measurements: of everybody the mean difference is 0, in a
#' group it says whether \code{y} puts it higher than \code{x} does.
#'
#' @inheritParams correlate
#' @param x Name of the column that the others are held against.
#' @param y Names of one or many columns of numbers.
#' @param by Name of a grouping column: the differences in each of its levels.
#' @param conf_level Of the interval and of the limits of agreement.
#' @return Data frame, one row a stratum and \code{y}: \code{estimate} mean of
#'   the rank of \code{y} less that of \code{x}, percentage points, with
#'   \code{by} its t interval; \code{rank_sd}, \code{loa_low}, \code{loa_high},
#'   \code{loa_error} and \code{share_near}, of tumours whose ranks lie within
#'   25 points.
#' @references Bland and Altman 1986, doi 10.1016/S0140-6736(86)90837-8.
#' @examples
#' d <- data.frame(stil = c(1, 5, 10, 40, 60), TIL = c(2, 1, 4, 3, 5))
#' agree_ranks(d, "stil", "TIL")
#' @export
agree_ranks <- function(data, x, y, by = NULL, conf_level = 0.95, cohort = "") {
  check_level(conf_level)
  check_strata(by)
  check_distinct(c(x, by))
  data <- check_columns(data, c(x, y, by))
  check_numbers(data, c(x, y))
  data <- without_noise(data, c(x, y))
  rows <- list()
  for (stratum in strata(data, by)) {
    for (name in y) {
      cases <- complete_frame(stratum$data, c(x, name), stratum$unplaced)
      row <- list(
        stratum = stratum$name, outcome = name, term = x, role = "exposure",
        measure = "rank_difference", conf_level = conf_level, n = cases$n,
        n_missing = cases$n_missing,
        method = paste0("difference of ranks in percent, ", percent(conf_level), " limits"),
        rank_sd = NA_real_, loa_low = NA_real_, loa_high = NA_real_, loa_error = NA_real_,
        share_near = NA_real_
      )
      found <- ranks_apart(data, stratum, x, name, by)
      answer <- if (is.character(found)) {
        list(flag = found)
      } else {
        rank_limits(found, length(by) > 0, conf_level)
      }
      row[names(answer)] <- answer
      rows <- c(rows, list(row))
    }
  }
  result_table(rows, cohort)
}

# Differences of ranks in percentage points within a stratum, or why there are none.
ranks_apart <- function(data, stratum, x, name, by) {
  missing <- without_value(data, c(x, name))
  both <- !is.na(data[[x]]) & !is.na(data[[name]])
  inside <- both
  if (length(by)) inside <- both & paste0(by, "=", grouping(data, by)) %in% stratum$name
  if (length(missing)) {
    flag("missing variable", missing, " has no value")
  } else if (sum(inside) < 4) {
    flag("too few observations", sum(inside), " complete cases")
  } else if (is_constant(data[[name]][both])) {
    flag("constant outcome", name, " has one value")
  } else if (is_constant(data[[x]][both])) {
    flag("constant exposure", x, " has one value")
  } else {
    apart <- (rank(data[[name]][both]) - rank(data[[x]][both])) * 100 / sum(both)
    sort(apart[inside[both]])
  }
}

rank_limits <- function(apart, within, conf_level) {
  n <- length(apart)
  # midranks are halves, so of everybody the sum is 0 but for rounding
  centre <- if (within) mean(apart) else 0
  sd <- stats::sd(apart)
  z <- qnorm((1 + conf_level) / 2)
  found <- list(
    estimate = centre, rank_sd = sd, loa_low = centre - z * sd, loa_high = centre + z * sd,
    loa_error = sd * sqrt(1 / n + z^2 / (2 * (n - 1))),
    share_near = mean(abs(apart) <= 25 * (1 + 1e-12))
  )
  if (!within || sd == 0) {
    return(found)
  }
  test <- stats::t.test(apart, conf.level = conf_level)
  c(found, list(
    std_error = test$stderr, conf_low = test$conf.int[1], conf_high = test$conf.int[2],
    statistic = unname(test$statistic), df = n - 1, p_value = test$p.value
  ))
}
