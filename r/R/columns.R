# The columns of every answer, the same in Python.

text_columns <- c("cohort", "stratum", "outcome", "term") # what is asked, of whom
meaning_columns <- c("role", "measure") # what the term is to the model, and what the estimate is
number_columns <- c(
  "estimate", "std_error", "conf_low", "conf_high", "conf_level", "statistic", "df", "p_value",
  "p_adjusted"
)
count_columns <- c("n", "n_events", "n_missing")
result_columns <- c(text_columns, meaning_columns, number_columns, count_columns, "method", "flag")

# A term taken apart.
part_columns <- c("variable", "level", "variable_2", "level_2")

# What a row is, not what was found: told in a comparison only where the two languages differ.
descriptive_columns <- c(meaning_columns, "conf_level", part_columns, "group", "per", "weights")

# Columns of a row about a variable, one of its levels, or a product of these: parts are pairs of
# variable and level, the level empty for a number or a factor as a whole. What comes third and
# later stands with the second.
term_columns <- function(...) {
  parts <- list(...)
  name <- vapply(parts, `[`, "", 1)
  level <- vapply(parts, `[`, "", 2)
  list(
    term = paste0(name, ifelse(nzchar(level), paste0("[", level, "]"), ""), collapse = ":"),
    variable = name[1], level = level[1],
    variable_2 = paste(name[-1], collapse = ":"),
    level_2 = paste(level[-1][nzchar(level[-1])], collapse = ":")
  )
}
