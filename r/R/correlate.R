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
#' @param within Name of a grouping column: one correlation of the ranks
#'   within its levels, tested by van Elteren's statistic.
#' @param covariates Names of columns: the correlation of what they and
#'   \code{within} leave of the ranks (numbers count by rank).
#' @param draws,seed Used in Python only.
#' @return Data frame, one row a stratum and \code{y}: \code{estimate} is
#'   rho, \code{std_error} the standard error of z, \code{statistic} is t.
#' @examples
#' d <- data.frame(ERBB2 = c(5, 7, 6, 9, 8, 4), b_cells = c(2, 3, 5, 4, 6, 1))
#' correlate(d, "ERBB2", "b_cells")
#' @export
correlate <- function(data, x, y, by = NULL, within = NULL, covariates = character(),
                      ci = "bonett-wright", conf_level = 0.95, draws = 2000, seed = 0,
                      cohort = "") {
  check_choice("ci", ci, names(spearman_intervals))
  check_level(conf_level)
  check_strata(by)
  given <- c(within, covariates)
  check_distinct(c(x, by, given))
  if (length(given) && ci == "bootstrap") {
    stop("the bootstrap interval is not made given ", paste(given, collapse = ", "), call. = FALSE)
  }
  data <- check_columns(data, c(x, y, by, given))
  check_numbers(data, c(x, y))
  data <- without_noise(as_groups(data, within), c(x, y))
  rows <- list()
  for (stratum in strata(data, by)) {
    for (name in y) {
      missing <- without_value(data, c(x, name, given))
      cases <- complete_frame(stratum$data, c(x, name, given), stratum$unplaced)
      common <- list(
        stratum = stratum$name, outcome = name, term = x, role = "exposure", measure = "rho",
        conf_level = conf_level,
        n = cases$n, n_missing = cases$n_missing,
        method = paste0("Spearman, t approximation; ", percent(conf_level), " CI ", ci)
      )
      answer <- if (length(given)) {
        c(given = paste(given, collapse = ", "),
          rho_given(cases$frame, x, name, within, covariates, ci, conf_level, missing))
      } else {
        spearman(cases$frame[[x]], cases$frame[[name]], x, name, ci, conf_level, missing)
      }
      rows <- c(rows, noted(list(c(common, answer))))
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
    return(list(estimate = sign(rho), df = n - 2,
      flag = flag("perfect correlation", "the ranks are the same or reversed")))
  }
  statistic <- rho * sqrt((n - 2) / moments$one_minus_square)
  limits <- spearman_limits(moments, n, ci, conf_level)
  list(
    estimate = rho, std_error = limits$std_error, conf_low = limits$low, conf_high = limits$high,
    statistic = statistic, df = n - 2, p_value = 2 * pt(-abs(statistic), n - 2), flag = ""
  )
}

# Twice the mid-ranks are whole numbers, so sums of squares and products are exact and 1 - rho^2
# loses nothing by cancellation where rho is near 1 (up to about 600 rows, where the products pass
# 2^53).
rank_moments <- function(x, y) {
  a <- 2 * rank(x) - (length(x) + 1)
  b <- 2 * rank(y) - (length(y) + 1)
  product <- sum(a * b)
  size <- sum(a^2) * sum(b^2)
  list(rho = product / sqrt(size), one_minus_square = (size - product^2) / size)
}

# The squared standard error of z of each convention, and what is taken off z; the bootstrap is
# Python's alone.
spearman_intervals <- list(
  "bonett-wright" = list(variance = function(rho, n) (1 + rho^2 / 2) / (n - 3)),
  "fieller" = list(variance = function(rho, n) 1.06 / (n - 3)),
  "caruso-cliff" = list(variance = function(rho, n) {
    1 / (n - 2) + abs(atanh(rho)) /
    (6 * n + 4 * sqrt(n))
  }),
  "fisher" = list(variance = function(rho, n) 1 / (n - 3)),
  "sas" = list(variance = function(rho, n) 1 / (n - 3),
    bias = function(rho, n) rho / (2 * (n - 1))),
  "bootstrap" = list(variance = function(rho, n) NA_real_)
)

# `beside` is a variance of z that is not that of sampling.
spearman_limits <- function(moments, n, ci, conf_level, beside = 0) {
  convention <- spearman_intervals[[ci]]
  std_error <- sqrt(convention$variance(moments$rho, n) + beside)
  centre <- atanh(moments$rho) -
    if (is.null(convention$bias)) 0 else convention$bias(moments$rho, n)
  half <- qnorm((1 + conf_level) / 2) * std_error
  list(std_error = std_error, low = tanh(centre - half), high = tanh(centre + half))
}

# Among rows that are alike in `within` and the covariates.
rho_given <- function(frame, x, y, within, covariates, ci, conf_level, missing) {
  n <- nrow(frame)
  if (length(missing)) {
    return(list(flag = flag("missing variable", missing, " has no value")))
  }
  if (n < 4) {
    return(list(flag = flag("too few observations", n, " complete cases")))
  }
  found <- if (length(covariates)) {
    rho_of_residuals(frame, x, y, c(within, covariates))
  } else {
    rho_within(frame[[x]], frame[[y]], frame[[within]])
  }
  if (found$left[2] == 0) {
    return(list(flag = flag("constant outcome", y, " does not vary among rows that are alike")))
  }
  if (found$left[1] == 0) {
    return(list(flag = flag("constant exposure", x, " does not vary among rows that are alike")))
  }
  if (n - found$taken < 4) {
    return(list(flag = flag("too few observations", n, " complete cases for ", found$taken,
      " parameters")))
  }
  rho <- found$rho
  if (1 - abs(rho) < 1e-12) {
    return(list(estimate = round(rho),
      flag = flag("perfect correlation", "the ranks are the same or reversed")))
  }
  limits <- spearman_limits(list(rho = rho), n - found$taken, ci, conf_level)
  p <- if (is.na(found$df)) {
    2 * pnorm(-abs(found$statistic))
  } else {
    2 * pt(-abs(found$statistic), found$df)
  }
  list(
    estimate = rho, std_error = limits$std_error, conf_low = limits$low, conf_high = limits$high,
    statistic = found$statistic, df = found$df, p_value = p, flag = ""
  )
}

# Ranks as shares of the stratum's size + 1, 0/1 as they are; van Elteren's variance under
# permutation in each stratum.
rho_within <- function(x, y, strata) {
  strata <- droplevels(factor(strata))
  share <- function(v) rank(v) / (length(v) + 1)
  centre <- function(v) v - mean(v)
  u <- ave(x, strata, FUN = function(v) centre(share(v)))
  v <- if (all(y %in% c(0, 1))) {
    ave(y, strata, FUN = centre)
  } else {
    ave(y, strata, FUN = function(v) centre(share(v)))
  }
  n <- tapply(u, strata, length)
  variance <- tapply(u^2, strata, sum) * tapply(v^2, strata, sum) / (n - 1)
  left <- c(sum(u^2), sum(v^2))
  left[left < 1e-24] <- 0
  list(
    rho = max(-1, min(1, sum(u * v) / sqrt(prod(left)))),
    statistic = sum(u * v) / sqrt(sum(variance[n > 1])), df = NA_real_,
    taken = nlevels(strata) - 1, left = left
  )
}

rho_of_residuals <- function(frame, x, y, given) {
  for (name in given) if (is.numeric(frame[[name]])) frame[[name]] <- rank(frame[[name]])
  fit <- qr(cbind(rep(1, nrow(frame)), covariate_design(frame, given)$columns), tol = 1e-7)
  ranks <- lapply(frame[c(x, y)], function(v) rank(v) - mean(rank(v)))
  rest <- lapply(ranks, function(v) qr.resid(fit, v))
  size <- function(v) sqrt(sum(v^2))
  left <- vapply(1:2, function(k) {
    if (size(rest[[k]]) <= 1e-9 *
    size(ranks[[k]])) 0 else size(rest[[k]])
  }, 0)
  rho <- max(-1, min(1, sum(rest[[1]] * rest[[2]]) / prod(left)))
  df <- nrow(frame) - 1 - fit$rank
  list(rho = rho, statistic = rho * sqrt(max(df, 0) / (1 - rho^2)), df = df, taken = fit$rank - 1,
    left = left)
}
