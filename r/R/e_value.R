#' E-value of an estimate
#'
#' How strong an unmeasured variable had to be with the exposure and with the
#' outcome to explain an association away.
#'
#' @param estimate,conf_low,conf_high On the scale of the measure.
#' @param measure "odds_ratio", "risk_ratio" or "rho": Spearman's rho becomes
#'   Pearson's r = 2 sin(pi rho / 6), that the difference r / sqrt(1 - r^2)
#'   between tumours a standard deviation apart, in standard deviations within
#'   them, and that the risk ratio exp(0.91 d).
#' @param share Share with the outcome: up to 15 percent the risk ratio is the
#'   odds ratio, above it its square root.
#' @return Named numbers \code{risk_ratio}, \code{e_value} and
#'   \code{e_value_limit} (1 where the interval holds no association).
#' @references VanderWeele and Ding 2017, doi 10.7326/M16-2607.
#' @examples
#' e_value(0.8, 0.71, 0.91, measure = "risk_ratio")
#' @export
e_value <- function(estimate, conf_low = NA, conf_high = NA, measure = "odds_ratio", share = 0.5) {
  check_choice("measure", measure, c("odds_ratio", "risk_ratio", "rho"))
  values <- c(conf_low, estimate, conf_high)
  least <- if (measure == "rho") -1 else 0
  most <- if (measure == "rho") 1 else Inf
  if (any(values <= least | values >= most, na.rm = TRUE)) {
    stop("a number is no ", measure, call. = FALSE)
  }
  if (is.unsorted(values, na.rm = TRUE) || !(share > 0 && share < 1)) {
    stop("the estimate is outside its interval, or the share not between 0 and 1", call. = FALSE)
  }
  ratio <- switch(measure,
    odds_ratio = if (share <= 0.15) values else sqrt(values),
    risk_ratio = values,
    rho = {
      r <- 2 * sin(pi * values / 6)
      exp(0.91 * r / sqrt(1 - r^2))
    }
  )
  of <- function(rr) {
    rr <- if (!is.na(rr) && rr < 1) 1 / rr else rr
    rr + sqrt(rr * (rr - 1))
  }
  holds <- !anyNA(ratio) && ratio[1] <= 1 && ratio[3] >= 1
  c(
    risk_ratio = ratio[2], e_value = of(ratio[2]),
    e_value_limit = if (holds) 1 else of(if (ratio[2] < 1) ratio[3] else ratio[1])
  )
}
