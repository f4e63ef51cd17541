# What is asked, checked before anything is computed: the same is refused here as in Python.

check_columns <- function(data, variables) {
  if (!is.data.frame(data)) stop("data is not a data frame", call. = FALSE)
  variables <- unique(variables[nzchar(variables)])
  absent <- setdiff(variables, names(data))
  if (length(absent)) {
    stop("column missing from the data: ", paste0("'", absent, "'", collapse = ", "), call. = FALSE)
  }
  class(data) <- "data.frame" # a tibble drops and matches differently
  data
}

# Text would be ranked by its spelling ("10" before "9"), a factor by the order of its levels:
# never numbers.
check_numbers <- function(data, names) {
  kinds <- vapply(unique(names), function(name) {
    x <- data[[name]]
    if (is.character(x)) "text" else if (is.factor(x)) "groups" else ""
  }, "")
  wrong <- kinds[nzchar(kinds)]
  if (length(wrong)) {
    stop(paste0("'", names(wrong), "' holds ", wrong, ", not numbers", collapse = "; "),
      "; give numbers, such as as.numeric(as.character(x)) makes",
      call. = FALSE
    )
  }
}

check_binary <- function(data, outcomes) {
  for (name in intersect(outcomes, names(data))) {
    x <- variable(data, name)
    if (is.factor(x) || !all(x %in% c(0, 1, NA))) {
      stop("outcome '", name, "' is not 0/1; code it as 0 and 1 before the fit", call. = FALSE)
    }
  }
}

# A word that has to be one of several, whole: match.arg would take the beginning of one.
check_choice <- function(argument, word, choices) {
  if (!(is.character(word) && length(word) == 1 && word %in% choices)) {
    stop(argument, " '", paste(word, collapse = "', '"), "' is not a choice; use one of ",
      paste0("'", choices, "'", collapse = ", "),
      call. = FALSE
    )
  }
}

check_level <- function(conf_level) {
  good <- is.numeric(conf_level) && length(conf_level) == 1 && !is.na(conf_level) &&
    conf_level > 0 && conf_level < 1
  if (!good) stop("conf_level is not a number between 0 and 1; 0.95 is usual", call. = FALSE)
}

check_strata <- function(by) {
  if (length(by) > 1) {
    stop("by names ", length(by), " columns; give one, such as interaction() makes of several",
      call. = FALSE)
  }
  if (length(by) && grepl("=", by, fixed = TRUE)) {
    stop("column '", by,
      "' divides samples into strata, and '=' ends a column's name there; rename the column",
      call. = FALSE
    )
  }
}

# The variables of one model.
check_distinct <- function(variables) {
  twice <- unique(variables[duplicated(variables)])
  if (length(twice)) {
    stop(paste0("'", twice, "'", collapse = ", "), " is named twice; name each column once",
      call. = FALSE)
  }
}

check_points <- function(points) {
  good <- is.numeric(points) && length(points) == 1 && !is.na(points) && points >= 2 &&
    points == round(points)
  if (!good) stop("points is not a whole number of 2 or more; 25 is usual", call. = FALSE)
}
