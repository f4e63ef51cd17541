#' Correct p values for how many were looked at
#'
#' Bonferroni's or Holm's and Benjamini-Hochberg's p values within families
#' of tests, by \code{p.adjust}.
#'
#' @param results Data frame with the columns of a result table.
#' @param by Columns that are equal within a family.
#' @param method Of \code{p_adjusted}.
#' @param asked The question in words, written into \code{family}.
#' @return \code{results} with \code{p_adjusted}, and the extra columns
#'   \code{p_bh}, \code{family} (what was counted, in words: equal within a
#'   family), \code{family_size} and \code{correction}. A question whose
#'   model failed was asked all the same: its row, flagged and without a p
#'   value, counts. In no family are second tests of the same hypothesis, of
#'   measure "second_test", odds ratios of a moderator alone, and rows that
#'   are no test.
#' @examples
#' d <- data.frame(ERBB2 = c(5, 7, 6, 9, 8, 4), b = c(2, 3, 5, 4, 6, 1), m = c(1, 1, 2, 3, 5, 8))
#' adjust(correlate(d, "ERBB2", c("b", "m")))
#' @export
adjust <- function(results, by = c("cohort", "stratum", "term"), method = c("bonferroni", "holm"),
  asked = "") {
  method <- match.arg(method)
  check_columns(results, c(by, "p_value", "measure", "role", "flag"))
  asked_for <- !is.na(results$p_value) | (!is.na(results$flag) & nzchar(results$flag))
  counted <- which(asked_for & results$measure != "second_test" & results$role != "moderator")
  named <- lapply(by, function(name) {
    value <- as.character(results[[name]][counted])
    ifelse(nzchar(value), paste(name, value), "")
  })
  words <- apply(do.call(cbind, c(if (nzchar(asked)) list(asked), named)), 1, function(parts) {
    paste(parts[nzchar(parts)], collapse = ", ")
  })
  results$p_adjusted <- NA_real_
  results$p_bh <- NA_real_
  results$family <- ""
  results$family_size <- NA_integer_
  results$correction <- ""
  if (length(counted)) {
    done <- adjust_within(results$p_value[counted], words, method)
    results$p_adjusted[counted] <- done$p_adjusted
    results$p_bh[counted] <- done$p_bh
    size <- ave(seq_along(words), words, FUN = length)
    results$family[counted] <- paste0(
      c(bonferroni = "Bonferroni", holm = "Holm")[[method]], " over ", size, " tests: ", words
    )
    results$family_size[counted] <- size
    results$correction[counted] <- method
  }
  results
}

# Corrected p values of every family, in the order given; a test without a p value counts.
adjust_within <- function(p_value, family, method) {
  within <- function(how) ave(p_value, family, FUN = function(p) p.adjust(p, how, n = length(p)))
  data.frame(p_adjusted = within(method), p_bh = within("BH"))
}

# Every corrected p value of all models again; the rows of a comparison, one a number.
compare_families <- function(models) {
  columns <- c(text_columns, "family", "family_size", "correction", "p_value", "p_adjusted", "p_bh")
  rows <- do.call(rbind, lapply(names(models), function(name) {
    table <- models[[name]]$python
    if (is.null(table$family)) {
      return(NULL)
    }
    mine <- table[!is.na(table$family) & nzchar(table$family), columns]
    cbind(model = rep(name, nrow(mine)), mine, stringsAsFactors = FALSE)
  }))
  if (is.null(rows) || !nrow(rows)) {
    return(NULL)
  }
  size <- ave(seq_along(rows$family), rows$family, FUN = length)
  complete <- !is.na(rows$family_size) & rows$family_size == size
  found <- data.frame(p_adjusted = rep(NA_real_, nrow(rows)), p_bh = NA_real_)
  for (method in unique(rows$correction[complete])) {
    mine <- complete & rows$correction == method
    found[mine, ] <- adjust_within(rows$p_value[mine], rows$family[mine], method)
  }
  reason <- ifelse(complete, "", paste0(size, " tests are there of the family '", rows$family, "'"))
  tested <- !is.na(rows$p_value)
  pieces <- lapply(c("p_adjusted", "p_bh"), function(quantity) {
    compare_family_numbers(rows[tested, ], quantity, found[[quantity]][tested], reason[tested])
  })
  do.call(rbind, pieces)
}

# Products and minima of the same p values: nothing but the last digit may differ.
compare_family_numbers <- function(rows, quantity, theirs, reason, limit = 1e-12) {
  ours <- rows[[quantity]]
  apart <- abs(ours - theirs)
  relative <- ifelse(apart == 0, 0, apart / pmax(abs(ours), abs(theirs)))
  right <- !nzchar(reason) & !is.na(relative) & relative <= limit
  data.frame(
    model = rows$model, verb = "adjust", rows[text_columns], quantity = quantity, python = ours,
    r = theirs,
    abs_diff = apart, rel_diff = relative, tolerance = ifelse(nzchar(reason), NA, limit),
    verdict = ifelse(right, "agree", "disagree"), reason = reason, note = "", row.names = NULL,
    stringsAsFactors = FALSE, check.names = FALSE
  )
}
