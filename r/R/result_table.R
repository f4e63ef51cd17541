# The one shape of every answer: a data frame, one row a term, always the same columns.

# Rows are plain lists; what a row does not name is missing (or empty text).
# Extra columns follow the common ones in the order in which rows first name them.
result_table <- function(rows, cohort = "") {
  extra <- setdiff(unique(unlist(lapply(rows, names))), result_columns)
  pick <- function(name, missing) {
    values <- lapply(rows, function(row) if (is.null(row[[name]])) missing else row[[name]])
    stopifnot(lengths(values) == 1) # a value too few would move all later rows
    unlist(values)
  }
  columns <- list()
  for (name in c(result_columns, extra)) {
    columns[[name]] <- if (name == "cohort") {
      rep(cohort, length(rows))
    } else if (name %in% c(text_columns, meaning_columns, "method", "flag")) {
      as.character(pick(name, ""))
    } else if (name %in% number_columns) {
      as.numeric(pick(name, NA_real_))
    } else if (name %in% count_columns) {
      as.integer(pick(name, NA_integer_))
    } else {
      pick(name, NA)
    }
  }
  structure(as_frame(columns), class = c("her2stats_result", "data.frame"))
}

# A flag is a code that both languages share, then details for the person.
flag <- function(code, ...) {
  detail <- paste0(...)
  if (nzchar(detail)) paste0(code, ": ", detail) else code
}

flag_code <- function(flags) {
  trimws(sub(":.*$", "", flags))
}

# A confidence level as the method column has it; options(OutDec) changes nothing.
percent <- function(conf_level) {
  paste0(format(100 * conf_level, digits = 10, decimal.mark = "."), "%")
}
