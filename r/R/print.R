# How an answer shows itself: briefly on the console, and to broom's users.

#' Short print, and broom's verbs, of an answer
#'
#' Every verb gives a data frame of class \code{"her2stats_result"}. It prints
#' estimates, limits, p values and counts only; \code{as.data.frame} gives
#' all columns. With \pkg{generics} or \pkg{broom} loaded,
#' \code{tidy} gives the rows under broom's names and \code{glance} one line
#' about all of them.
#'
#' @param x An answer.
#' @param digits Significant digits.
#' @param most Rows to print.
#' @param ... Not used.
#' @return \code{print}: \code{x}, invisibly. \code{tidy}: data frame with
#'   stratum, outcome, term, estimate, std.error, conf.low, conf.high,
#'   statistic, p.value. \code{glance}: data frame of one row: rows, flagged
#'   (rows without a number), nobs (most complete cases of a row).
#' @examples
#' d <- data.frame(ERBB2 = c(5, 7, 6, 9, 8, 4), b_cells = c(2, 3, 5, 4, 6, 1))
#' correlate(d, "ERBB2", "b_cells")
#' @name her2stats_result
#' @export
print.her2stats_result <- function(x, digits = 3, most = 30, ...) {
  shown <- intersect(
    c("cohort", "stratum", "outcome", "term", "estimate", "conf_low", "conf_high", "p_value",
      "p_adjusted", "n", "flag"), names(x)
  )
  table <- as.data.frame(x)[shown]
  empty <- vapply(table, function(column) all(is.na(column) | column == ""), NA)
  table <- table[, !empty, drop = FALSE]
  print(utils::head(table, most), digits = digits, row.names = FALSE)
  if (nrow(table) > most) cat("... and", nrow(table) - most, "more rows\n")
  invisible(x)
}

#' @rdname her2stats_result
#' @export
as.data.frame.her2stats_result <- function(x, ...) {
  class(x) <- "data.frame"
  x
}

#' @rdname her2stats_result
#' @exportS3Method generics::tidy
tidy.her2stats_result <- function(x, ...) {
  names <- c(
    stratum = "stratum", outcome = "outcome", term = "term", estimate = "estimate",
    std.error = "std_error",
    conf.low = "conf_low", conf.high = "conf_high", statistic = "statistic", p.value = "p_value"
  )
  stats::setNames(as.data.frame(x)[names], names(names))
}

#' @rdname her2stats_result
#' @exportS3Method generics::glance
glance.her2stats_result <- function(x, ...) {
  data.frame(rows = nrow(x), flagged = sum(nzchar(x$flag)), nobs = if (nrow(x)) max(x$n) else 0L)
}
