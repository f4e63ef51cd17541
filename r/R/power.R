#' Power of a rank correlation
#'
#' Power, the least correlation that is found, or how many tumours it takes, by
#' Fisher's z with the variance 1.06 / (n - 3).
#'
#' @param n,rho,power Tumours, Spearman's correlation, power: two of them, or
#'   one of the first two for a power of 0.8.
#' @param strata,covariates Groups within which ranks are taken, and numbers
#'   adjusted for; each but the first stratum costs a tumour.
#' @param alpha Two-sided threshold.
#' @return Data frame of one row: \code{measure}, \code{side} ("either":
#'   downwards the same), \code{n}, \code{effect}, \code{power}, \code{alpha},
#'   \code{flag}.
#' @references Fieller, Hartley and Pearson 1957, doi 10.1093/biomet/44.3-4.470.
#' @examples
#' power_correlation(63)
#' @export
power_correlation <- function(n = NULL, rho = NULL, power = NULL, strata = 1, covariates = 0,
  alpha = 0.05) {
  lost <- 2 + strata + covariates
  at <- function(z, n) normal_power(z * sqrt((n - lost) / 1.06), alpha)
  check_planning(n, rho, power, alpha, lost + 1, is.null(rho) || (abs(rho) < 1 && rho != 0))
  find_planned("rho", at, n, rho, power, alpha, "either", lost + 1, atanh, tanh)
}

#' Power of the odds ratio of response
#'
#' Power, the least odds ratio that is found, or how many patients it takes:
#' over all tables that occur, by Wald's test, to which a zero cell says
#' nothing; of several strata by the information of the adjusted odds ratio.
#'
#' @param n,odds_ratio,power Patients of both groups, odds ratio of the second
#'   group against the first, power: two of them, or one of the first two.
#' @param share Share that responds in the first group; one a stratum.
#' @param split Sizes of the two groups, or their proportion; of several strata
#'   a matrix, a row each.
#' @param alpha Two-sided threshold.
#' @return Data frame as of \code{power_correlation}; the least odds ratio
#'   below and above 1 has a row each (\code{side}).
#' @examples
#' power_response(585, share = 0.3, split = c(272, 313))
#' @export
power_response <- function(n = NULL, odds_ratio = NULL, power = NULL, share, split = c(1, 1),
  alpha = 0.05) {
  pairs <- matrix(if (is.matrix(split)) t(split) else split, ncol = 2, byrow = TRUE)
  least <- 4 * length(share)
  sound <- is.null(odds_ratio) || (odds_ratio > 0 && odds_ratio != 1)
  check_planning(n, odds_ratio, power, alpha, least, sound && all(share > 0 & share < 1) &&
    all(pairs > 0) &&
    nrow(pairs) == length(share))
  at <- function(slope, n) {
    ends <- round(cumsum(t(pairs)) / sum(pairs) * n)
    sizes <- matrix(pmax(diff(c(0, ends)), 2), ncol = 2, byrow = TRUE)
    compared <- plogis(stats::qlogis(share) + slope)
    if (length(share) == 1) {
      return(table_power(sizes[1, ], c(share, compared), alpha))
    }
    variance <- rowSums(1 / (sizes * cbind(share * (1 - share), compared * (1 - compared))))
    normal_power(slope * sqrt(sum(1 / variance)), alpha)
  }
  found <- find_planned("odds_ratio", at, n, odds_ratio, power, alpha, c("below", "above"), least,
    log, exp)
  if (length(share) > 1) {
    for (row in which(!is.na(found$n) & !is.na(found$effect))) {
      ends <- round(cumsum(t(pairs)) / sum(pairs) * found$n[row])
      sizes <- matrix(pmax(diff(c(0, ends)), 2), ncol = 2, byrow = TRUE)
      p <- cbind(share, plogis(stats::qlogis(share) + log(found$effect[row])))
      if (min(sizes * pmin(p, 1 - p)) < 5) {
        found$flag[row] <- flag("too few observations", "a count below 5 is expected")
      }
    }
  }
  found
}

normal_power <- function(mean, alpha) {
  reach <- -qnorm(alpha / 2)
  pnorm(mean - reach) + pnorm(-mean - reach)
}

# Wald's test of the odds ratio over all tables of two binomials.
table_power <- function(sizes, shares, alpha) {
  a <- seq_len(sizes[1] - 1)
  b <- seq_len(sizes[2] - 1)
  far <- abs(outer(-log(a / (sizes[1] - a)), log(b / (sizes[2] - b)), "+"))
  error <- sqrt(outer(1 / a + 1 / (sizes[1] - a), 1 / b + 1 / (sizes[2] - b), "+"))
  chance <- outer(stats::dbinom(a, sizes[1], shares[1]), stats::dbinom(b, sizes[2], shares[2]))
  sum(chance[far > -qnorm(alpha / 2) * error])
}

check_planning <- function(n, effect, power, alpha, least, sound) {
  known <- sum(!is.null(n), !is.null(effect), !is.null(power) || is.null(n) != is.null(effect))
  if (known != 2) stop("give two of n, effect and power, or one of the first two", call. = FALSE)
  if (!(alpha > 0 && alpha < 0.5)) stop("alpha is not above 0 and below 0.5", call. = FALSE)
  if (!is.null(n) && !(n >= least && n == round(n))) {
    stop("n is not a whole number from ", least, " on", call. = FALSE)
  }
  if (!is.null(power) && !(power > alpha && power < 1)) {
    stop("power is not above alpha and below 1", call. = FALSE)
  }
  if (!sound) stop("an effect, a share or a size has no meaning here", call. = FALSE)
}

# What is not given of n, effect and power; `to` takes an effect to the scale on which none is 0,
# and `back` back.
find_planned <- function(measure, at, n, effect, power, alpha, sides, least, to, back) {
  row <- function(side, n, strength, why = "") {
    known <- !is.na(n) && !is.na(strength)
    data.frame(
      measure = measure, side = side, n = as.integer(n), effect = back(strength),
      power = if (known) at(strength, n) else NA_real_, alpha = alpha, flag = why
    )
  }
  target <- if (is.null(power)) 0.8 else power
  if (is.null(effect)) {
    return(do.call(rbind, lapply(sides, function(side) {
      sign <- if (side == "below") -1 else 1
      beyond <- function(strength) at(sign * strength, n) - target
      high <- 0.02
      while (beyond(high) < 0 && high < 20) high <- high * 1.05
      if (beyond(high) < 0) {
        return(row(side, n, NA_real_,
          flag("not estimable", "no effect on this side is found with a power of ", target)))
      }
      row(side, n, sign * stats::uniroot(beyond, c(high / 1.05, high), tol = 1e-12,
        extendInt = "no")$root)
    })))
  }
  if (!is.null(n) && is.null(power)) {
    return(row("either", n, to(effect)))
  }
  n <- least
  while (at(to(effect), n) < target) n <- n + 1
  row("either", n, to(effect))
}
