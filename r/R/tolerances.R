# How far two correct programs may lie apart. Python's r_engine/tolerances.py has the same numbers.

logistic_verbs <- c("fit_logistic", "fit_ordinal", "fit_interaction", "fit_clinical",
  "response_odds", "pool")
compared_numbers <- setdiff(number_columns, c("p_adjusted", "conf_level"))

# What decides how exactly a question is answered beside its verb: the penalty, else the interval.
convention_of <- function(spec) if (identical(spec$penalty, "firth")) "firth" else spec$ci

# Relative differences; linear models, logistic Wald, profile limits, rank statistics.
tolerance_of <- function(verb, convention, quantity) {
  if (quantity %in% c("n", "n_events", "n_missing", "fewest", "flag", "conf_level")) {
    0
  } else if (verb == "fit_ancova") {
    1e-9
  } else if (identical(convention, "firth") || startsWith(quantity, "firth_")) {
    1e-6
  } else if (verb == "study_wide") {
    1e-7 # some of many permuted models are close to singular
  } else if (verb %in% logistic_verbs) {
    if (identical(convention, "profile") && quantity %in% c("conf_low", "conf_high")) 1e-4 else 1e-7
  } else {
    1e-10
  }
}

# What "near 0" means for each quantity: below this size a difference is judged against this size.
near_zero <- function(quantity, verb, table) {
  rows <- nrow(table)
  if (quantity %in% c("statistic", "df", "df_residual", "q", "i2", "tau2", "risk_difference",
    "rd_low", "rd_high", "sd_draws")) {
    rep(1, rows)
  } else if (quantity == "p_value") {
    rep(1e-300, rows)
  } else if (quantity == "at") {
    rep(max(abs(table$at), 0, na.rm = TRUE), rows)
  } else if (quantity %in% c("estimate", "conf_low", "conf_high", "pi_low", "pi_high") &&
    # correlations and slopes are pooled, too, and they may be 0
    !verb %in% setdiff(logistic_verbs, "pool")) {
    width <- (table$conf_high - table$conf_low) / 4
    size <- ifelse(is.na(table$std_error), width, table$std_error)
    # z and shares of a joint test, of no error of their own
    alone <- if (verb == "specification_curve") 1 else 0
    ifelse(is.finite(size), size * if (verb == "pool") 1e-3 else 1, alone)
  } else {
    rep(0, rows)
  }
}

# A p value inherits the tolerance of its statistic: d log p = z dz = z^2 (dz / z), and half of
# that in chi-squared.
amplification <- function(quantity, verb, table) {
  if (quantity != "p_value" || verb == "compare_groups") {
    return(rep(1, nrow(table)))
  }
  squared <- is.na(table$df) | table$measure == "mean" | verb == "correlate" |
    !is.na(table$estimate)
  df <- ifelse(is.na(table$df), 1, table$df)
  size <- ifelse(squared, table$statistic^2, df * table$statistic)
  pmax(1, ifelse(is.finite(size), size, 1))
}
