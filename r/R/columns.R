# The columns of every answer, the same in Python.

text_columns <- c("cohort", "stratum", "outcome", "term")
number_columns <- c(
  "estimate", "std_error", "conf_low", "conf_high", "statistic", "df", "p_value", "p_adjusted"
)
count_columns <- c("n", "n_events", "n_missing")
result_columns <- c(text_columns, number_columns, count_columns, "method", "flag")
