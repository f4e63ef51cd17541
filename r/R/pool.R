#' Pool estimates of several cohorts
#'
#' Inverse-variance pooling of odds ratios (on the log scale), correlations (on
#' Fisher's z) or slopes of the same question, by weighted least squares;
#' heterogeneity beside it.
#'
#' @param data Data frame, one row a cohort and question: \code{stratum},
#'   \code{outcome}, \code{term}, \code{cohort}, \code{measure}
#'   ("odds_ratio", "rho" or "slope"), \code{estimate}, \code{std_error} (of
#'   the log odds ratio, of z, of the slope), \code{n}.
#'   \code{role}, \code{per} and the parts of a term (\code{variable}, \code{level},
#'   \code{variable_2}, \code{level_2}) are carried over; rows of measure
#'   "second_test" are left out.
#' @param model "random": variance between cohorts by restricted maximum
#'   likelihood, interval by Hartung and Knapp, Wald's where that is wider;
#'   "dersimonian-laird" or "fixed": with Wald's interval.
#' @param conf_level Of the confidence and the prediction interval.
#' @return Data frame, one row a question: the columns of every result, and
#'   \code{k} cohorts, Cochran's \code{q} with \code{q_p_value}, \code{i2},
#'   \code{tau2}, and from four cohorts the prediction interval \code{pi_low},
#'   \code{pi_high}. Fewer than two cohorts with an estimate are flagged, and
#'   so are two.
#' @references DerSimonian and Laird 1986, doi 10.1016/0197-2456(86)90046-2;
#'   Hartung and Knapp 2001, doi 10.1002/sim.791.
#' @examples
#' d <- data.frame(
#' stratum = "all", outcome = "m1", term = "her2", cohort = c("a", "b", "c"), measure =
#' "odds_ratio",
#'   estimate = c(0.5, 0.8, 0.6), std_error = 0.2, n = c(100, 120, 90)
#' )
#' pool(d)
#' @export
pool <- function(data, model = c("random", "dersimonian-laird", "fixed"), conf_level = 0.95) {
  model <- match.arg(model)
  check_level(conf_level)
  data <- check_columns(data,
    c("stratum", "outcome", "term", "cohort", "measure", "estimate", "std_error", "n"))
  data <- data[as.character(data$measure) != "second_test", , drop = FALSE]
  strange <- setdiff(as.character(data$measure), names(pooling_scales))
  if (length(strange)) {
    stop("rows of measure '", strange[1], "' cannot be pooled; give ",
      paste(names(pooling_scales), collapse = ", "),
      call. = FALSE
    )
  }
  question <- paste(data$stratum, data$outcome, data$term, sep = "\r")
  rows <- lapply(unique(question), function(one) {
    mine <- data[question == one, ]
    common <- list(
      stratum = as.character(mine$stratum[1]), outcome = as.character(mine$outcome[1]),
      term = as.character(mine$term[1]), measure = as.character(mine$measure[1]),
      conf_level = conf_level,
      method = paste0(model, " effects, inverse variance")
    )
    c(common, carried_columns(mine), pooled_row(mine, model, conf_level))
  })
  result_table(rows, "pooled")
}

# The scale on which a measure's standard error counts, and back.
pooling_scales <- list(
  odds_ratio = list(to = log, back = exp), rho = list(to = atanh, back = tanh),
  slope = list(to = identity, back = identity)
)

# What the term is, from the first cohort by name; empty where the rows do not say.
carried_columns <- function(rows) {
  first <- order(as.character(rows$cohort), method = "radix")[1]
  lapply(setNames(nm = c("role", part_columns, "per")), function(name) {
    value <- as.character(rows[[name]][first])
    if (length(value) && !is.na(value)) value else ""
  })
}

pooled_row <- function(rows, model, conf_level) {
  scale <- pooling_scales[[as.character(rows$measure[1])]]
  effect <- suppressWarnings(scale$to(rows$estimate))
  known <- is.finite(effect) & is.finite(rows$std_error) & rows$std_error > 0
  n <- as.integer(sum(rows$n[known]))
  k <- sum(known)
  if (k < 2) {
    why <- flag("not estimable", k, " of ", nrow(rows), " cohorts have an estimate")
    missing <- lapply(setNames(nm = c("q", "q_p_value", "i2", "tau2", "pi_low", "pi_high")),
      function(name) NA_real_)
    return(c(list(n = n, k = k, flag = why), missing))
  }
  effect <- effect[known]
  v <- rows$std_error[known]^2
  fixed <- lm(effect ~ 1, weights = 1 / v)
  q <- sum(stats::residuals(fixed)^2 / v)
  tau2 <- if (model == "random") {
    reml_variance(effect, v)
  } else {
    max(0, (q - k + 1) / (sum(1 / v) - sum(1 / v^2) / sum(1 / v)))
  }
  weight <- 1 / (v + if (model == "fixed") 0 else tau2)
  fitted <- lm(effect ~ 1, weights = weight)
  estimate <- stats::coef(fitted)[[1]]
  error <- 1 / sqrt(sum(weight))
  level <- 0.5 + conf_level / 2
  reach <- qnorm(level) * error
  # what the effects themselves show
  seen <- error * sqrt(sum(weight * stats::residuals(fitted)^2) / (k - 1))
  df <- NA_real_
  if (model == "random" && qt(level, k - 1) * seen > reach) {
    error <- seen
    df <- k - 1
    reach <- qt(level, df) * error
  }
  statistic <- estimate / error
  wide <- if (model != "fixed" && k >= 4) {
    qt(level, k - 2) * sqrt(tau2 + 1 / sum(weight))
  } else {
    NA_real_
  }
  list(
    estimate = scale$back(estimate), std_error = error, conf_low = scale$back(estimate - reach),
    conf_high = scale$back(estimate + reach), statistic = statistic, df = df,
    p_value = 2 * if (is.na(df)) pnorm(-abs(statistic)) else pt(-abs(statistic), df), n = n, k = k,
    q = q,
    q_p_value = pchisq(q, k - 1, lower.tail = FALSE),
    i2 = if (q > 0) max(0, (q - k + 1) / q) else 0, tau2 = tau2,
    pi_low = scale$back(estimate - wide), pi_high = scale$back(estimate + wide),
    flag = if (model == "random" && k == 2) flag("few degrees of freedom", "two cohorts") else ""
  )
}

# Restricted maximum likelihood by its own deviance: the least on a grid, then made exact where
# its slope is zero.
reml_variance <- function(effect, v) {
  deviance <- function(tau2) {
    w <- 1 / (v + tau2)
    log(sum(w)) - sum(log(w)) + sum(w * (effect - stats::weighted.mean(effect, w))^2)
  }
  slope <- function(tau2) {
    w <- 1 / (v + tau2)
    sum(w) - sum(w^2) / sum(w) - sum(w^2 * (effect - stats::weighted.mean(effect, w))^2)
  }
  most <- 10 * stats::var(effect) + min(v)
  places <- most * seq(0, 1, length.out = 400)^2
  best <- which.min(vapply(places, deviance, 0))
  around <- places[pmin(pmax(best + c(-1, 1), 1), length(places))]
  if (slope(around[1]) >= 0) {
    return(0)
  }
  stats::uniroot(slope, around, tol = 1e-15 * most)$root
}
