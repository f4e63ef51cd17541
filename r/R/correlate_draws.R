#' Correlation with amounts that are estimates
#'
#' Rank correlation of \code{x} with cell fractions, with an interval that
#' knows that fractions are estimates: the variance of Fisher's z is that of
#' \code{correlate} and the variance between draws of the fractions (Rubin's
#' rules). The draws of an amount "CD8" stand in columns "CD8, draw 1",
#' "CD8, draw 2" and so on. A lower bound of what is uncertain.
#'
#' @inheritParams fit_logistic
#' @param x Name of a column of numbers.
#' @param y Names of columns of amounts; one that the zero rule dichotomises
#'   counts as absent or present.
#' @param draws How many columns of draws each has.
#' @param within Name of a grouping column: ranks are taken within its levels.
#' @param ci As in \code{correlate}, without the bootstrap.
#' @return Data frame, one row a name of \code{y}: as of \code{correlate},
#'   without a test, with the draws that could be used, \code{sd_draws} (the
#'   standard deviation of rho between them) and \code{kind_changes} (share
#'   of draws in which the zero rule takes the type for another kind).
#' @examples
#' d <- data.frame(ERBB2 = c(5, 7, 6, 9, 8, 4), b_cells = c(2, 3, 5, 4, 6, 1))
#' d[["b_cells, draw 1"]] <- c(2, 3, 4, 5, 6, 1)
#' d[["b_cells, draw 2"]] <- c(3, 2, 5, 4, 6, 1)
#' correlate_draws(d, "ERBB2", "b_cells", draws = 2)
#' @export
correlate_draws <- function(data, x, y, draws, within = NULL, ci = "bonett-wright",
                            conf_level = 0.95, cohort = "") {
  check_choice("ci", ci, setdiff(names(spearman_intervals), "bootstrap"))
  check_level(conf_level)
  check_strata(within)
  if (!isTRUE(draws >= 2)) stop("draws is not a number of 2 or more; 50 are usual", call. = FALSE)
  columns <- lapply(setNames(y, y), function(name) c(name, paste0(name, ", draw ", seq_len(draws))))
  check_distinct(c(x, unlist(columns), within))
  data <- check_columns(data, c(x, unlist(columns), within))
  check_numbers(data, c(x, unlist(columns)))
  data <- without_noise(as_groups(data, within), c(x, unlist(columns)))
  rows <- lapply(y, function(name) {
    drawn_row(data, x, columns[[name]], within, ci, conf_level)
  })
  result_table(rows, cohort)
}

# The first of the columns is the amount, the others are its draws.
drawn_row <- function(data, x, columns, within, ci, conf_level) {
  name <- columns[1]
  kinds <- vapply(data[columns], zero_kind, "")
  needed <- c(x, name, within)
  there <- complete.cases(data[needed])
  n <- sum(there)
  row <- list(
    stratum = "all", outcome = name, term = x, role = "exposure", measure = "rho",
    conf_level = conf_level, n = n, n_missing = nrow(data) - n,
    given = if (length(within)) within else "", kind_changes = mean(kinds[-1] != kinds[1]),
    method = "Spearman, variance by Rubin's rules"
  )
  missing <- without_value(data, needed)
  if (length(missing)) {
    return(c(row, flag = flag("missing variable", missing, " has no value")))
  }
  taken <- if (length(within)) nlevels(droplevels(factor(data[[within]][there]))) - 1 else 0
  if (n - taken < 4) {
    return(c(row, flag = flag("too few observations", n, " complete cases")))
  }
  presence <- kinds[1] == "dichotomised"
  first <- drawn_rho(data, x, name, within, presence)
  for (k in 2:1) {
    if (first$left[k] == 0) {
      what <- paste("constant", c("exposure", "outcome")[k])
      return(c(row, flag = flag(what, needed[k], " does not vary")))
    }
  }
  if (1 - abs(first$rho) < 1e-12) {
    return(c(row, estimate = round(first$rho),
      flag = flag("perfect correlation", "the ranks are the same or reversed")))
  }
  rhos <- vapply(columns[-1], function(one) {
    answer <- drawn_rho(data, x, one, within, presence)
    if (any(answer$left == 0) || 1 - abs(answer$rho) < 1e-12) NA_real_ else answer$rho
  }, 0)
  rhos <- rhos[!is.na(rhos)]
  row <- c(row, estimate = first$rho, draws = length(rhos))
  if (length(rhos) < 2) {
    return(c(row, flag = flag("not estimable", "fewer than two draws have a correlation")))
  }
  limits <- spearman_limits(list(rho = first$rho), n - taken, ci, conf_level,
    beside = var(atanh(rhos)) * (1 + 1 / length(rhos)))
  c(row, std_error = limits$std_error, conf_low = limits$low, conf_high = limits$high,
    sd_draws = sd(rhos), flag = "")
}

drawn_rho <- function(data, x, column, within, presence) {
  cases <- data[complete.cases(data[c(x, column, within)]), , drop = FALSE]
  if (!nrow(cases)) {
    return(list(rho = NA_real_, left = c(1, 0)))
  }
  amounts <- cases[[column]]
  if (presence) amounts <- as.numeric(amounts > 0)
  rho_within(cases[[x]], amounts, if (length(within)) cases[[within]] else rep(1, nrow(cases)))
}

# The zero rule: more than three quarters of zeros, at least a quarter, fewer.
zero_kind <- function(amounts) {
  amounts <- amounts[!is.na(amounts)]
  share <- if (any(amounts < 0)) 0 else mean(amounts == 0)
  if (!length(amounts) || share > 0.75) {
    "excluded"
  } else if (share >= 0.25) {
    "dichotomised"
  } else {
    "continuous"
  }
}
