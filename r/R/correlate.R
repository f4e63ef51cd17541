#' Spearman correlation with a confidence interval
#'
#' Rank correlation of \code{x} with each of \code{y}, over all rows or
#' within each level of \code{by}; the p value is that of the t
#' approximation, as \code{cor.test(method = "spearman", exact = FALSE)}.
#'
#' @inheritParams fit_logistic
#' @param x Name of one column.
#' @param y Names of one or many columns.
#' @param ci Standard error of Fisher's z: "bonett-wright" (doi
#'   10.1007/BF02294183), "fieller" (doi 10.1093/biomet/44.3-4.470),
#'   "caruso-cliff" (doi 10.1177/0013164497057004009), "fisher", or "sas"
#'   (Fisher with the bias adjustment of SAS PROC CORR). "bootstrap" leaves
#'   the limits missing: they hang on Python's random numbers.
#' @param draws,seed Used in Python only.
#' @return Data frame, one row a stratum and \code{y}: \code{estimate} is
#'   rho, \code{std_error} the standard error of z, \code{statistic} is t.
#' @examples
#' d <- data.frame(ERBB2 = c(5, 7, 6, 9, 8, 4), b_cells = c(2, 3, 5, 4, 6, 1))
#' correlate(d, "ERBB2", "b_cells")
#' @export
correlate <- function(data, x, y, by = NULL,
                      ci = "bonett-wright", conf_level = 0.95, draws = 2000, seed = 0, cohort = "") {
  check_choice("ci", ci, names(spearman_intervals))
  check_level(conf_level)
  check_strata(by)
  data <- check_columns(data, c(x, y, by))
  check_numbers(data, c(x, y))
  data <- without_noise(data, c(x, y))
  rows <- list()
  for (stratum in strata(data, by)) {
    for (name in y) {
      cases <- complete_frame(stratum$data, c(x, name), stratum$unplaced)
      common <- list(
        stratum = stratum$name, outcome = name, term = x, role = "exposure", measure = "rho", conf_level = conf_level,
        n = cases$n, n_missing = cases$n_missing,
        method = paste0("Spearman, t approximation; ", percent(conf_level), " CI ", ci)
      )
      missing <- without_value(data, c(x, name))
      rows <- c(rows, noted(list(c(
        common, spearman(cases$frame[[x]], cases$frame[[name]], x, name, ci, conf_level, missing)
      ))))
    }
  }
  result_table(rows, cohort)
}

spearman <- function(x, y, x_name, y_name, ci, conf_level, missing) {
  n <- length(x)
  if (length(missing)) {
    return(list(flag = flag("missing variable", missing, " has no value")))
  }
  if (n < 4) {
    return(list(flag = flag("too few observations", n, " complete cases")))
  }
  if (is_constant(y)) {
    return(list(flag = flag("constant outcome", y_name, " has one value")))
  }
  if (is_constant(x)) {
    return(list(flag = flag("constant exposure", x_name, " has one value")))
  }
  moments <- rank_moments(x, y)
  rho <- moments$rho
  if (moments$one_minus_square == 0) {
    return(list(estimate = sign(rho), df = n - 2, flag = flag("perfect correlation", "the ranks are the same or reversed")))
  }
  statistic <- rho * sqrt((n - 2) / moments$one_minus_square)
  limits <- spearman_limits(moments, n, ci, conf_level)
  list(
    estimate = rho, std_error = limits$std_error, conf_low = limits$low, conf_high = limits$high,
    statistic = statistic, df = n - 2, p_value = 2 * pt(-abs(statistic), n - 2), flag = ""
  )
}

# Twice the mid-ranks are whole numbers, so sums of squares and products are exact and 1 - rho^2 loses nothing by
# cancellation where rho is near 1 (up to about 600 rows, where the products pass 2^53).
rank_moments <- function(x, y) {
  a <- 2 * rank(x) - (length(x) + 1)
  b <- 2 * rank(y) - (length(y) + 1)
  product <- sum(a * b)
  size <- sum(a^2) * sum(b^2)
  list(rho = product / sqrt(size), one_minus_square = (size - product^2) / size)
}

# The squared standard error of z of each convention, and what is taken off z; the bootstrap is Python's alone.
spearman_intervals <- list(
  "bonett-wright" = list(variance = function(rho, n) (1 + rho^2 / 2) / (n - 3)),
  "fieller" = list(variance = function(rho, n) 1.06 / (n - 3)),
  "caruso-cliff" = list(variance = function(rho, n) 1 / (n - 2) + abs(atanh(rho)) / (6 * n + 4 * sqrt(n))),
  "fisher" = list(variance = function(rho, n) 1 / (n - 3)),
  "sas" = list(variance = function(rho, n) 1 / (n - 3), bias = function(rho, n) rho / (2 * (n - 1))),
  "bootstrap" = list(variance = function(rho, n) NA_real_)
)

spearman_limits <- function(moments, n, ci, conf_level) {
  convention <- spearman_intervals[[ci]]
  std_error <- sqrt(convention$variance(moments$rho, n))
  centre <- atanh(moments$rho) - if (is.null(convention$bias)) 0 else convention$bias(moments$rho, n)
  half <- qnorm((1 + conf_level) / 2) * std_error
  list(std_error = std_error, low = tanh(centre - half), high = tanh(centre + half))
}
