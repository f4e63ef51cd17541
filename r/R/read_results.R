#' Read the tables of a results folder
#'
#' @param dir A results folder of a her2stats run.
#' @return Named list of data frames, one for each csv file of \code{tables/}
#'   (and \code{crosscheck} where there is one): numbers are numeric, counts
#'   integer, identifiers and labels character, an empty cell of a number is
#'   \code{NA}.
#' @examples
#' if (dir.exists("results")) {
#'   results <- read_results("results")
#'   subset(results$odds_ratios, p_value < 0.05)
#' }
#' @export
read_results <- function(dir) {
  folder <- file.path(dir, "tables")
  if (!dir.exists(folder)) {
    stop("'", dir, "' has no folder 'tables'; give the results folder of a run", call. = FALSE)
  }
  paths <- c(sort(list.files(folder, "\\.csv$", full.names = TRUE), method = "radix"),
    file.path(dir, "crosscheck.csv"))
  paths <- paths[file.exists(paths)]
  lapply(setNames(paths, sub("\\.csv$", "", basename(paths))), read_typed)
}

# Columns that name things stay text even when all their values look like numbers ("0" of HER2
# IHC, sample 0012).
label_columns <- c(
  text_columns, meaning_columns, part_columns, "method", "flag", "exposure", "group", "reference",
  "comparison", "family",
  "correction", "per", "weights", "sample", "gene", "type",
  "model", "verb", "quantity", "verdict", "reason", "note", "r_version", "emmeans_version",
  "question", "what",
  "detail", "part", "stage", "missing"
)

# Columns of TRUE and FALSE; they stay logical in a table without rows.
logical_columns <- c("borderline", "used_in_total")

read_typed <- function(path) {
  check_files(path)
  table <- tryCatch(
    read.csv(path,
      colClasses = "character", check.names = FALSE, na.strings = character(), encoding = "UTF-8",
      comment.char = "",
      row.names = NULL
    ),
    error = function(e) stop_damaged(path, conditionMessage(e)),
    warning = function(w) stop_damaged(path, conditionMessage(w))
  )
  names(table) <- unguard(utf8(names(table)))
  for (name in setdiff(names(table), label_columns)) {
    cells <- table[[name]]
    table[[name]] <- if (name %in% number_columns) {
      numbers_of(cells, path, name)
    } else if (name %in% count_columns) {
      counts_of(cells, path, name)
    } else if (name %in% logical_columns || any(nzchar(cells)) &&
      all(cells %in% c("True", "False", ""))) {
      as.logical(cells) # Python's words for TRUE and FALSE
    } else if (!any(nzchar(cells))) {
      # a column that is neither label nor logical holds numbers, also where it holds none
      rep(NA_real_, length(cells))
    } else {
      type.convert(cells, as.is = TRUE, na.strings = "")
    }
  }
  texts <- vapply(table, is.character, NA)
  table[texts] <- lapply(table[texts], unguard)
  table
}

# Text that a spreadsheet would take for a formula, or that holds control codes, is written with a
# backslash in front, its own backslashes doubled and its control codes as four hexadecimal
# digits.
unguard <- function(x) {
  guarded <- which(startsWith(x, "\\"))
  x[guarded] <- vapply(substring(x[guarded], 2), function(text) {
    places <- gregexpr("\\\\(u[0-9a-f]{4}|\\\\)", text)
    written <- regmatches(text, places)[[1]]
    regmatches(text, places) <- list(vapply(written, function(code) {
      if (code == "\\\\") "\\" else intToUtf8(strtoi(substring(code, 3), 16L))
    }, ""))
    text
  }, "", USE.NAMES = FALSE)
  x
}
