#' Pool odds ratios over cohorts
#'
#' Inverse-variance pooling of odds ratios of the same question, on the log
#' scale, by weighted least squares; heterogeneity beside it.
#'
#' @param data Data frame, one row a cohort and question: \code{stratum},
#'   \code{outcome}, \code{term}, \code{cohort}, \code{estimate} (odds ratio),
#'   \code{std_error} (log scale), \code{n}.
#'   \code{role}, \code{per} and the parts of a term (\code{variable}, \code{level},
#'   \code{variable_2}, \code{level_2}) are carried over; rows of measure
#'   "second_test" are left out.
#' @param model "random" (DerSimonian and Laird) or "fixed".
#' @param conf_level Of the Wald interval.
#' @return Data frame, one row a question: the columns of every result, and
#'   \code{k} cohorts, Cochran's \code{q} with \code{q_p_value}, \code{i2} and
#'   \code{tau2}. Fewer than two cohorts with an estimate are flagged.
#' @references DerSimonian and Laird 1986, doi 10.1016/0197-2456(86)90046-2.
#' @examples
#' d <- data.frame(
#'   stratum = "all", outcome = "m1", term = "her2", cohort = c("a", "b"),
#'   estimate = c(0.5, 0.8), std_error = 0.2, n = c(100, 120)
#' )
#' pool(d)
#' @export
pool <- function(data, model = c("random", "fixed"), conf_level = 0.95) {
  model <- match.arg(model)
  check_level(conf_level)
  data <- check_columns(data, c("stratum", "outcome", "term", "cohort", "estimate", "std_error", "n"))
  if (!is.null(data$measure)) {
    data <- data[as.character(data$measure) != "second_test", , drop = FALSE]
    strange <- setdiff(as.character(data$measure), c("odds_ratio", ""))
    if (length(strange)) stop("rows of measure '", strange[1], "' cannot be pooled; give odds ratios", call. = FALSE)
  }
  question <- paste(data$stratum, data$outcome, data$term, sep = "\r")
  rows <- lapply(unique(question), function(one) {
    mine <- data[question == one, ]
    common <- list(
      stratum = as.character(mine$stratum[1]), outcome = as.character(mine$outcome[1]),
      term = as.character(mine$term[1]), measure = "odds_ratio", conf_level = conf_level, method = paste0("odds ratio, ", model, " effects, inverse variance")
    )
    c(common, carried_columns(mine), pooled_row(mine, model, conf_level))
  })
  result_table(rows, "pooled")
}

# What the term is, from the first cohort by name; empty where the rows do not say.
carried_columns <- function(rows) {
  first <- order(as.character(rows$cohort), method = "radix")[1]
  lapply(setNames(nm = c("role", part_columns, "per")), function(name) {
    value <- as.character(rows[[name]][first])
    if (length(value) && !is.na(value)) value else ""
  })
}

pooled_row <- function(rows, model, conf_level) {
  usable <- rows[!is.na(rows$estimate) & rows$estimate > 0 & is.finite(rows$std_error) & rows$std_error > 0, ]
  missing <- list(q = NA_real_, q_p_value = NA_real_, i2 = NA_real_, tau2 = NA_real_)
  if (nrow(usable) < 2) {
    why <- flag("not estimable", nrow(usable), " of ", nrow(rows), " cohorts have an estimate")
    return(c(list(n = as.integer(sum(usable$n)), k = nrow(usable), flag = why), missing))
  }
  effect <- log(usable$estimate)
  weight <- 1 / usable$std_error^2
  fixed <- lm(effect ~ 1, weights = weight)
  q <- sum(weight * stats::residuals(fixed)^2)
  df <- nrow(usable) - 1
  tau2 <- max(0, (q - df) / (sum(weight) - sum(weight^2) / sum(weight)))
  if (model == "random") weight <- 1 / (usable$std_error^2 + tau2)
  estimate <- stats::coef(lm(effect ~ 1, weights = weight))[[1]]
  error <- 1 / sqrt(sum(weight))
  reach <- qnorm(0.5 + conf_level / 2) * error
  list(
    estimate = exp(estimate), std_error = error, conf_low = exp(estimate - reach), conf_high = exp(estimate + reach),
    statistic = estimate / error, p_value = 2 * pnorm(-abs(estimate / error)), n = as.integer(sum(usable$n)),
    k = nrow(usable), q = q, q_p_value = pchisq(q, df, lower.tail = FALSE),
    i2 = if (q > 0) max(0, (q - df) / q) else 0, tau2 = tau2
  )
}
