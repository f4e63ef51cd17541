# The tables of a run are its models' tables, one under the other: what was changed since, in
# either, is named.

# Models are named <cohort>.<table>.<number>; others (not of a run) belong to no table.
table_of <- function(models) {
  parts <- strsplit(names(models), ".", fixed = TRUE)
  vapply(parts, function(part) if (length(part) == 3) part[2] else "", "")
}

check_tables <- function(folder, models) {
  if (!dir.exists(folder)) {
    return(invisible())
  }
  tables <- table_of(models)
  problems <- unlist(lapply(union(setdiff(unique(tables), ""), result_tables(folder)),
    function(name) {
    path <- file.path(folder, paste0(name, ".csv"))
    check_files(path)
    changed_cells(read_typed(path), lapply(models[tables == name], function(model) model$python),
      path)
  }))
  stop_changed(problems, "the tables are not those of the models")
}

stop_changed <- function(problems, what) {
  if (length(problems)) {
    shown <- paste(utils::head(problems, 20), collapse = "\n")
    more <- if (length(problems) > 20) paste0("\nand ", length(problems) - 20, " more") else ""
    stop(what, ":\n", shown, more, "\nrun the study again, so that both are of one run",
      call. = FALSE)
  }
}

# Names of the tables that hold estimates: each of their rows needs a model, whether or not one is
# left.
result_tables <- function(folder) {
  paths <- list.files(folder, "\\.csv$", full.names = TRUE)
  check_files(paths)
  holds <- vapply(paths, function(path) {
    header <- scan(path, "", sep = ",", nlines = 1, quiet = TRUE, encoding = "UTF-8")
    all(c("estimate", "p_value", "flag") %in% header)
  }, NA)
  sub("\\.csv$", "", basename(paths[holds]))
}

# A sentence for each cell of a table that is not as the models have it, and for each column that
# it lacks.
changed_cells <- function(table, answers, path) {
  rows <- sum(vapply(answers, nrow, 0L))
  if (nrow(table) != rows) {
    return(paste0("'", path, "' has ", nrow(table), " rows, the models have ", rows))
  }
  known <- unique(unlist(lapply(answers, names)))
  absent <- Filter(function(column) {
    any(vapply(answers, function(answer) any(nzchar(as_text(answer[[column]]))), NA))
  }, setdiff(known, names(table)))
  lost <- if (length(absent)) paste0("'", path, "': column '", absent, "' is missing")
  c(lost, unlist(lapply(names(table), function(column) {
    theirs <- unlist(lapply(answers, function(answer) column_or_missing(answer, column)),
      use.names = FALSE)
    wrong <- which(!same_cells(table[[column]], theirs))
    if (length(wrong)) {
      paste0(
        "'", path, "', row ", wrong + 1, ", column '", column, "': ", shown(table[[column]][wrong]),
        ", the model has ", shown(theirs[wrong])
      )
    }
  })))
}

column_or_missing <- function(answer, column) {
  if (is.null(answer[[column]])) rep(NA, nrow(answer)) else answer[[column]]
}

# Numbers but for the last bit, which R may lose in reading decimals; text with missing as empty.
same_cells <- function(ours, theirs) {
  if (is.numeric(ours) && is.numeric(theirs)) {
    near <- abs(ours - theirs) <= 4 * .Machine$double.eps * pmax(abs(ours), abs(theirs))
    (is.na(ours) & is.na(theirs)) | (!is.na(ours) & !is.na(theirs) & (ours == theirs | near))
  } else {
    as_text(ours) == as_text(theirs)
  }
}

as_text <- function(x) ifelse(is.na(x), "", as.character(x))

shown <- function(x) {
  ifelse(is.na(x), "nothing",
  if (is.numeric(x)) format(x, digits = 15, trim = TRUE, decimal.mark = ".") else as.character(x))
}
