#' Correct comparisons of HER2-low and HER2-0 for misreading
#'
#' What a sensitivity and specificity of the reading of HER2 IHC, the same
#' whatever the outcome, would make of odds ratios of response and of
#' differences of a measurement. Draws from priors are made in Python alone.
#'
#' @param results Data frame of \code{response_odds} without covariates, or of
#'   \code{compare_groups}; the comparison is HER2-low, the reference HER2-0.
#' @param sensitivity,specificity Chance that a low tumour, and a 0 tumour, is
#'   read as what it is; every pair is a row.
#' @param kappa Agreement of two readers who err independently, and as often
#'   with low as with 0: a row more; \code{NULL} for none.
#' @return Data frame, a row a comparison and assumption: \code{stratum},
#'   \code{outcome}, \code{assumed} ("as read", "given", "kappa"),
#'   \code{sensitivity}, \code{specificity}, \code{estimate}, \code{conf_low},
#'   \code{conf_high}; \code{NA} and a \code{flag} where the counts refute it.
#' @references Greenland 1988, doi 10.1002/sim.4780070704.
#' @examples
#' d <- data.frame(
#'   her2 = rep(c("low", "0", "low", "0"), c(126, 92, 71, 224)), pcr = rep(c(1, 0), c(218, 295))
#' )
#' bias_ihc(response_odds(d, "pcr", "her2", reference = "0"), sensitivity = 0.94, specificity =
#' 0.97)
#' @export
bias_ihc <- function(results, sensitivity = c(0.75, 0.85, 0.95), specificity = c(0.6, 0.75, 0.9),
  kappa = NULL) {
  if (!all(c(sensitivity, specificity, kappa) > 0 & c(sensitivity, specificity, kappa) <= 1)) {
    stop("sensitivity, specificity and kappa are above 0 and at most 1", call. = FALSE)
  }
  results <- check_columns(results,
    c("stratum", "outcome", "measure", "estimate", "n_reference", "n_comparison"))
  pairs <- expand.grid(specificity = specificity, sensitivity = sensitivity)
  rows <- lapply(seq_len(nrow(results)), function(place) {
    row <- as.list(results[place, ])
    asked <- rbind(
      data.frame(assumed = "as read", sensitivity = 1, specificity = 1),
      data.frame(assumed = "given", sensitivity = pairs$sensitivity,
        specificity = pairs$specificity)
    )
    if (!is.null(kappa)) {
      skew <- (2 * row$n_comparison / (row$n_comparison + row$n_reference) - 1)^2
      right <- (1 + sqrt(skew + kappa * (1 - skew))) / 2
      asked <- rbind(asked, data.frame(assumed = "kappa", sensitivity = right, specificity = right))
    }
    if (is.na(row$estimate) || is.na(row$conf_low)) asked <- asked[1, ]
    numbers <- t(vapply(seq_len(nrow(asked)), function(one) {
      corrected(row, asked$sensitivity[one], asked$specificity[one])
    }, c(estimate = 0, conf_low = 0, conf_high = 0)))
    why <- ifelse(is.na(numbers[, 1]), flag("not estimable", "the counts refute such a reading"),
      "")
    data.frame(stratum = row$stratum, outcome = row$outcome, asked, numbers, flag = why)
  })
  do.call(rbind, rows)
}

corrected <- function(row, se, sp) {
  z <- qnorm(0.5 + row$conf_level / 2)
  true <- function(read) {
    share <- (read - (1 - sp)) / (se + sp - 1)
    if (is.na(share) || se + sp <= 1 + 1e-9 || share <= 1e-9 || share >= 1 - 1e-9) {
      NA_real_
    } else {
      share
    }
  }
  if (row$measure != "odds_ratio") {
    read <- row$n_comparison / (row$n_comparison + row$n_reference)
    ppv <- se * true(read) / read
    npv <- sp * (1 - true(read)) / (1 - read)
    return(c(estimate = row$estimate, conf_low = row$conf_low, conf_high = row$conf_high) /
      (ppv + npv - 1))
  }
  low <- c(row$n_events_comparison, row$n_comparison - row$n_events_comparison)
  zero <- c(row$n_events_reference, row$n_reference - row$n_events_reference)
  if (adjusted_odds(row$estimate, low, zero)) {
    stop("an odds ratio is not that of its counts; give response_odds without covariates",
      call. = FALSE)
  }
  read <- low / (low + zero)
  share <- vapply(read, true, 0)
  effect <- stats::qlogis(share[1]) - stats::qlogis(share[2])
  error <- sqrt(sum(read * (1 - read) / ((low + zero) * ((se + sp - 1) * share * (1 - share))^2)))
  exp(c(estimate = effect, conf_low = effect - z * error, conf_high = effect + z * error))
}

adjusted_odds <- function(estimate, low, zero) {
  !is.na(estimate) && abs(log(estimate) - log(low[1] * zero[2] / (low[2] * zero[1]))) > 1e-6
}
