# What the witness reads and how it compares: settings, raw files with their SHA-256, tables, cell
# by cell. `witness.R` beside it says what is computed; this file is sourced by it.

## ---- Settings -----------------------------------------------------------------------------------
arguments <- commandArgs(TRUE)
option <- function(name) {
  sub("[^=]*=", "",
  grep(paste0("^--", name, "="), arguments, value = TRUE)[1])
}
quit_with <- function(status, ...) {
  cat(..., "\n", sep = "")
  quit(status = status)
}
say <- function(...) cat("Note: ", ..., "\n", sep = "")
results <- if (is.na(option("results"))) dirname(here) else option("results")
# not missing, empty or a pipe
has_content <- function(path) !is.na(file.size(path)) & file.size(path) > 0
as_words <- function(path, mark, ...) {  # delimited text, nothing converted
  if (!has_content(path)) quit_with(4, "Could not check: ", path, " is missing, empty or no file")
  read.table(path, sep = mark, quote = "\"", comment.char = "", colClasses = "character",
    na.strings = character(),
             check.names = FALSE, encoding = "UTF-8", ...)
}
if (!has_content(file.path(results, "r", "witness.tsv"))) {
  quit_with(4, "Could not check: there is no r/witness.tsv in ", results)
}
settings <- as_words(file.path(results, "r", "witness.tsv"), "\t", header = TRUE)
said <- function(kind, cohort = "") {  # the values of one kind of setting, by name
  rows <- settings[settings$cohort == cohort & settings$setting == kind, ]
  setNames(rows$value, rows$name)
}
one <- function(kind, name, cohort = "") {
  value <- said(kind, cohort)[name]
  if (is.na(value)) "" else unname(value)
}

## ---- Raw files ----------------------------------------------------------------------------------
place <- one("study", "results")
told <- arguments[!startsWith(arguments, "--")]
if (!length(told) && (startsWith(place, "/") || grepl("..", place, fixed = TRUE))) {
  quit_with(4,
    "Could not check: the results do not lie in the study's folder; ",
    "say where that is: witness.R STUDY_DIR")
}
above <- rep("..", length(setdiff(strsplit(place, "/")[[1]], c("", "."))))
study <- if (length(told)) told[1] else do.call(file.path, as.list(c(results, above)))

# base R has it from 4.5 on; before, a tool of the system; else it stays unknown
sha256 <- function(path) {
  own <- get0("sha256sum", asNamespace("tools"))
  if (!is.null(own)) return(unname(own(path)))
  for (tool in c("sha256sum", "shasum")) if (nzchar(Sys.which(tool))) {
    line <- system2(tool, c(if (tool == "shasum") "-a 256", shQuote(path)), stdout = TRUE)
    return(sub("^\\\\?([0-9a-f]+) .*", "\\1", line))
  }
  NA
}
lost <- character()
find_raw <- function(role, cohort) {
  path <- one("file", role, cohort)
  there <- Filter(has_content,
    c(if (startsWith(path, "/")) path, file.path(study, c(path, basename(path)))))
  if (!length(there)) lost <<- c(lost, paste(path, "is not there"))
  if (!length(there)) return("")
  now <- sha256(there[1])
  then <- one("sha256", role, cohort)
  if (is.na(now)) {
    say("no tool for SHA-256 is here, so that ", path, " is not known to be the file of the run")
  }
  if (!is.na(now) && now != then) {
    lost <<- c(lost, sprintf("%s has changed since the run (SHA-256 was %s, is %s)", path, then,
      now))
  }
  there[1]
}
files <- settings[settings$setting == "file", ]
paths <- setNames(as.character(mapply(find_raw, files$name, files$cohort)),
  paste(files$cohort, files$name))
if (length(lost)) {
  quit_with(4, "Could not check: ", paste(unique(lost), collapse = "; "),
            if (!length(told)) ". If the study has moved, say where it is: witness.R STUDY_DIR")
}
# cells are parted by the commonest mark of the header
raw <- function(role, cohort = "", classes = "character") {
  path <- paths[[paste(cohort, role)]]
  head <- sub("^\ufeff", "", readLines(path, 1, warn = FALSE, encoding = "UTF-8"))
  if (startsWith(head, "#")) stop(basename(path), " begins with remarks")
  marks <- c("\t", ",", ";", "|", " ")
  count <- vapply(marks, function(m) nchar(gsub(paste0("[^", m, "]"), "", head)), 0L)
  mark <- marks[if (any(count[1:3] > 0)) which.max(count[1:3]) else 3 + which.max(count[4:5])]
  header <- scan(text = head, what = "", sep = mark, quote = "\"", strip.white = TRUE, quiet = TRUE,
                 na.strings = character())
  body <- read.table(path, sep = mark, quote = "\"", comment.char = "", colClasses = classes,
    skip = 1,
                     strip.white = TRUE, na.strings = if (is.na(classes)) c("NA",
                       "") else character(),
                     encoding = "UTF-8")
  # R's own tables do not name their row names
  if (ncol(body) == length(header) + 1) header <- c("", header)
  list(header = header, cells = body)
}

matrices <- list()
expression_of <- function(cohort) {  # genes x samples on the scale of the file, one row a symbol
  if (!is.null(matrices[[cohort]])) return(matrices[[cohort]])
  given <- one("given", "expression", cohort)
  if (given != "") {
    say(cohort, ": expression is taken as given, ", one("given why", "expression", cohort))
    paths[[paste(cohort, "expression")]] <<- file.path(results, "r", given)
  }
  table <- raw("expression", cohort, NA)
  values <- vapply(table$cells, is.numeric, TRUE) & seq_along(table$cells) > 1
  x <- as.matrix(table$cells[values])
  colnames(x) <- table$header[values]
  genes <- trimws(table$cells[[1]])
  named <- !genes %in% c(NA, "", "---", "NULL", "None", "nan")
  if (given == "" && one("cohort", "normalise", cohort) == "cpm") {
    x <- sweep(x, 2, colSums(x[named, ], na.rm = TRUE), "/") * 1e6
  }
  use <- named & rowSums(is.na(x)) == 0
  matrices[[cohort]] <<- merged(x[use, , drop = FALSE], genes[use], cohort)
  matrices[[cohort]]
}
# rows that are one gene become one, by the rule of the study
merged <- function(x, genes, cohort) {
  for (g in unique(genes[duplicated(genes)])) {
    at <- which(genes == g)
    x[at[1], ] <- switch(one("cohort", "duplicates", cohort), mean = colMeans(x[at, ]),
                         median = apply(x[at, ], 2, median), x[at[which.max(rowMeans(x[at, ]))], ])
  }
  x <- x[!duplicated(genes), , drop = FALSE]
  rownames(x) <- unique(genes)
  x
}
given_population <- function(cohort) {
  say(cohort, ": population and variables are taken as given, ",
    one("given why", "clinical", cohort))
  d <- as_words(file.path(results, "r", one("given", "clinical", cohort)), "\t", header = TRUE)
  d[d == ""] <- NA
  for (v in names(said("divisor", cohort))) d[[v]] <- as.numeric(d[[v]])
  data.frame(d[-1], row.names = d[[1]], check.names = FALSE, stringsAsFactors = FALSE)
}
with_levels <- function(d) {  # factors with their levels in order, answers of yes and no as numbers
  for (v in names(d)) {
    levels <- names(said(paste("level", v)))
    if (v %in% c("pcr", "complete_response")) d[[v]] <- as.numeric(d[[v]])
    else if (is.character(d[[v]])) {
      if (v == "pam50") levels <- intersect(levels, d[[v]])
      d[[v]] <- factor(d[[v]], c(levels, sort(setdiff(d[[v]], c(levels, NA)), method = "radix")))
    }
  }
  d
}
## ---- Tables of the results, and the comparison --------------------------------------------------
bind <- function(rows) {  # lists into one frame; what a list does not have is NA
  names <- unique(unlist(lapply(rows, names)))
  column <- function(name) {
    unlist(lapply(rows,
    function(row) if (is.null(row[[name]])) NA else row[[name]]))
  }
  as.data.frame(lapply(setNames(names, names), column), check.names = FALSE,
    stringsAsFactors = FALSE)
}
# text that a spreadsheet would take for a formula has a backslash in front
unguarded <- function(x) {
  marked <- startsWith(x, "\\")
  x[marked] <- gsub("\\\\", "\\", substring(x[marked], 2), fixed = TRUE)
  x
}
table_files <- list.files(file.path(results, "tables"), "\\.csv$")
tables <- lapply(setNames(table_files, sub("\\.csv$", "", table_files)), function(file) {
  table <- as_words(file.path(results, "tables", file), ",", header = TRUE)
  names(table) <- unguarded(names(table))
  table[] <- lapply(table, unguarded)
  table
})
codes <- c(True = 1, False = 0, excluded = 0, dichotomised = 1, continuous = 2)
as_number <- function(x) suppressWarnings(ifelse(x %in% names(codes), codes[x], as.numeric(x)))
text_columns <- c("cohort", "sample", "stratum", "outcome", "term", "role", "measure", "method",
  "flag", "family",
                  "correction", "variable", "level", "variable_2", "level_2", "group", "reference",
                  "comparison",
                  "exposure", "question", "model", "per", "weights", "type", "note", "missing",
                  "detail", "stage",
                  "what", "part", "reason", "conf_level")
numbers_of <- function(name) {
  all_numbers <- vapply(tables[[name]], function(x) !anyNA(as_number(x[x != ""])), TRUE)
  setdiff(names(tables[[name]])[all_numbers], c(text_columns, if (name == "coverage") "score"))
}
keyed <- function(table, keys) {  # what a row is about; rows that say the same are counted
  part <- function(key) {
    x <- table[[key]]
    if (is.null(x)) rep("", nrow(table)) else ifelse(is.na(x), "", as.character(x))
  }
  key <- do.call(paste, c(lapply(keys, part), sep = " | "))
  sub(" #1$", "", paste0(key, " #", ave(seq_along(key), key, FUN = seq_along)))
}
tally <- data.frame()
places <- list()
# One table of one cohort. In `ours` NA is a number that was not looked for, NaN one that the data
# cannot give. `whole`: both have the same rows. A number agrees within 1e-7 of itself, or
# `absolute`; a p-value only within 1e-7 of itself.
hold <- function(name, cohort, ours, keys, whole = TRUE, absolute = 1e-10,
                 theirs = tables[[name]][tables[[name]]$cohort == cohort, ]) {
  their_key <- keyed(theirs, keys)
  our_key <- keyed(ours, keys)
  at <- match(their_key, our_key)
  wrong <- if (whole) c(sprintf("%s, %s: asked here, not in the table", name,
    setdiff(our_key, their_key)),
                        sprintf("%s, %s: in the table, not asked here", name,
                          setdiff(their_key, our_key)))
  if (name == "scores") {
    wrong <- c(wrong, sprintf("scores: the column %s is not in the table",
      setdiff(names(ours), names(theirs))))
  }
  seen <- agreed <- largest <- 0
  for (column in intersect(numbers_of(name), names(ours))) {
    a <- as_number(theirs[[column]])
    b <- as.numeric(ours[[column]])[at]
    looked <- !is.na(at) & (is.nan(b) | !is.na(b)) & !(is.na(a) & is.nan(b))
    gap <- abs(a - b)
    size <- pmax(abs(a), abs(b))
    same <- looked & !is.na(gap) &
      gap <= pmax(1e-7 * size, if (grepl("^p_|_p_", column)) 0 else absolute)
    seen <- seen + sum(looked & !is.na(a))
    agreed <- agreed + sum(same)
    largest <- max(largest, (gap / pmax(size, 1e-3))[same])
    shown <- function(x) ifelse(is.na(x), "no number", vapply(x, format, "", digits = 10))
    differs <- sprintf("%s, %s, %s: %s in the table, %s here", name, their_key, column, shown(a),
      shown(b))
    wrong <- c(wrong, differs[looked & !same])
  }
  tally <<- rbind(tally, data.frame(table = name, agreed = agreed, disagreed = length(wrong),
    seen = seen,
                                    largest_difference = largest))
  if (length(wrong)) places[[paste(cohort, name)]] <<- paste0(cohort, ": ", wrong)
}
summed_up <- function() {
  rows <- lapply(names(tables), function(name) {
    numbers <- sum(vapply(numbers_of(name), function(column) sum(tables[[name]][[column]] != ""),
      0))
    own <- tally[tally$table == name, ]
    data.frame(table = name, numbers = numbers, agreed = sum(own$agreed),
      disagreed = sum(own$disagreed),
               not_seen = numbers - sum(own$seen),
               largest_difference = max(0, own$largest_difference))
  })
  all_rows <- do.call(rbind, rows)
  all_rows[all_rows$numbers > 0 | all_rows$disagreed > 0, ]
}
finish <- function(failed) {
  told <- summed_up()
  print(told, row.names = FALSE, digits = 2)
  if (!is.na(option("write"))) write.csv(told, option("write"), row.names = FALSE)
  for (cohort in names(failed)) {
    cat("Could not follow ", cohort, ": ", failed[[cohort]], "\n", sep = "")
  }
  for (table in places) {
    for (place in head(table, 5)) cat("Disagrees: ", place, "\n", sep = "")
    if (length(table) > 5) cat("  and ", length(table) - 5, " more of this table\n", sep = "")
  }
  seen <- sprintf("%d of %d numbers agree, %d were not seen", sum(told$agreed), sum(told$numbers),
    sum(told$not_seen))
  blind <- told$table[told$not_seen == told$numbers]
  some <- told$table[told$not_seen > 0 & told$not_seen < told$numbers]
  if (length(blind)) say("no number was followed of: ", paste(blind, collapse = ", "))
  if (length(some)) say("some numbers were not followed of: ", paste(some, collapse = ", "))
  if (length(places)) {
    quit_with(3, "The witness disagrees in ", sum(lengths(places)), " places; ", seen)
  }
  if (length(failed) || !sum(told$agreed)) quit_with(4, "The witness could not check all; ", seen)
  quit_with(0, "The witness agrees; ", seen)
}
