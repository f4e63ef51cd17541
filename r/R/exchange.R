# Reading what Python wrote into a results folder's `r/`: specs, model frames, Python's own tables.
#
# Everything is csv that base R reads. Numbers have 17 significant digits, missing is an empty
# cell. Text that would be mistaken (empty, or starting like a spreadsheet formula) is written
# with a backslash before it.

exchange_format <- "her2stats exchange 2"

check_format <- function(folder) {
  path <- file.path(folder, "format.txt")
  if (!file.exists(path)) {
    stop("'", folder,
      "' holds no models to fit again (format.txt is missing); give the results folder of a run",
      call. = FALSE)
  }
  check_files(path)
  found <- trimws(readLines(path, n = 1, warn = FALSE))
  if (!identical(found, exchange_format)) {
    stop("'", folder, "' was written by another version of her2stats (", found, "; this one reads ",
      exchange_format, "); run the study again, or use the her2stats that wrote it",
      call. = FALSE
    )
  }
}

#' Read the models of a results folder
#'
#' What a run wrote so that its models can be fitted again by anybody.
#'
#' @param folder A results folder, or its subfolder \code{r}.
#' @return Named list, one element a model: \code{spec} (verb and arguments,
#'   as text), \code{data} (the model frame) and \code{python} (Python's
#'   table, where there is one).
#' @examples
#' folder <- "results"
#' if (dir.exists(folder)) str(read_models(folder)[[1]]$spec)
#' @export
read_models <- function(folder) {
  folder <- exchange_folder(folder)
  check_format(folder)
  specs <- file.path(folder, "specs.csv")
  fields <- read_text_table(specs, c("model", "field", "position", "value"))
  fields[] <- lapply(fields, unescape)
  models <- unique(fields$model)
  files <- file.path(folder, "models", paste0(rep(models, each = 2), c(".data.csv", ".python.csv")))
  # may be missing: a question is asked before it is answered
  answers <- grepl("\\.python\\.csv$", files)
  check_files(files[!answers | file.exists(files)])
  lapply(setNames(models, models), function(model) {
    answer <- file.path(folder, "models", paste0(model, ".python.csv"))
    mine <- fields[fields$model == model, ]
    values <- split(mine$value, factor(mine$field, unique(mine$field)))
    list(
      spec = values[!grepl("^(levels|dtype|column|index)(:|$)", names(values))],
      data = read_frame(file.path(folder, "models", paste0(model, ".data.csv")), values),
      python = if (file.exists(answer)) read_result(answer)
    )
  })
}

# Files that are missing or empty, all of them in one sentence; a pipe, which would never end,
# counts as empty.
check_files <- function(paths) {
  size <- file.info(paths, extra_cols = FALSE)$size
  wrong <- is.na(size) | size == 0
  if (any(wrong)) {
    listed <- paste0("'", paths[wrong], "' is ", ifelse(is.na(size[wrong]), "missing", "empty"))
    stop(paste(listed, collapse = "; "), "; run the study again", call. = FALSE)
  }
}

read_text_table <- function(path, asked = character()) {
  check_files(path)
  table <- tryCatch(
    read.csv(path,
      colClasses = "character", check.names = FALSE, na.strings = character(), encoding = "UTF-8",
      comment.char = "",
      blank.lines.skip = FALSE, strip.white = FALSE, row.names = NULL
    ),
    error = function(e) stop_damaged(path, conditionMessage(e)),
    warning = function(w) stop_damaged(path, conditionMessage(w))
  )
  names(table) <- unescape(utf8(names(table)))
  absent <- setdiff(asked, names(table))
  if (length(absent)) stop_damaged(path, paste0("it has no column '", absent[1], "'"))
  table
}

stop_damaged <- function(path, why) {
  stop("'", path, "' is damaged (", trimws(why), "); run the study again", call. = FALSE)
}

# Cells as numbers; one that is none is named with its place.
numbers_of <- function(cells, path, column) {
  numbers <- suppressWarnings(as.numeric(cells))
  wrong <- which(is.na(numbers) & nzchar(cells) & !tolower(cells) %in% c("na", "nan"))
  if (length(wrong)) {
    stop_damaged(path, paste0("row ", wrong[1] + 1, ", column '", column, "': '", cells[wrong[1]],
      "' is no number"))
  }
  numbers
}

# Whole numbers: as.integer alone would make 18 of 18.9 without a word.
counts_of <- function(cells, path, column) {
  numbers <- numbers_of(cells, path, column)
  wrong <- which(!is.na(numbers) & numbers != round(numbers))
  if (length(wrong)) {
    stop_damaged(path, paste0("row ", wrong[1] + 1, ", column '", column, "': '", cells[wrong[1]],
      "' is no count"))
  }
  as.integer(numbers)
}

utf8 <- function(x) {
  Encoding(x) <- "UTF-8"
  x
}

unescape <- function(x) {
  escaped <- grep("\\", x, fixed = TRUE)
  x[escaped] <- vapply(x[escaped], unescape_one, "", USE.NAMES = FALSE)
  x
}

unescape_one <- function(text) {
  if (text == "\\") {
    return("")
  }
  characters <- strsplit(text, "")[[1]]
  out <- character()
  k <- 1
  while (k <= length(characters)) {
    if (characters[k] == "\\" && k < length(characters)) {
      k <- k + 1
      out <- c(out, switch(characters[k], n = "\n", r = "\r", t = "\t", characters[k]))
    } else {
      out <- c(out, characters[k])
    }
    k <- k + 1
  }
  paste(out, collapse = "")
}

# A model frame: the sample id is the first column, a variable with levels is a factor, the others
# are numbers.
read_frame <- function(path, fields) {
  text <- read_text_table(path)
  columns <- lapply(setNames(seq_along(text)[-1], names(text)[-1]), function(k) {
    levels <- fields[[paste0("levels:", names(text)[k])]]
    cells <- text[[k]]
    if (is.null(levels)) {
      numbers_of(cells, path, names(text)[k])
    } else {
      factor(ifelse(cells == "", NA, unescape(cells)), levels = levels)
    }
  })
  frame <- as_frame(columns)
  ids <- unescape(text[[1]])
  if (!anyDuplicated(ids)) rownames(frame) <- ids
  frame
}

# A table with the columns of a Result: text, numbers and counts by name, the extra columns by
# what they hold.
read_result <- function(path) {
  table <- read_text_table(path, result_columns)
  for (name in names(table)) {
    cells <- table[[name]]
    table[[name]] <- if (name %in% label_columns) {
      unescape(cells)
    } else if (name %in% number_columns) {
      numbers_of(cells, path, name)
    } else if (name %in% count_columns) {
      counts_of(cells, path, name)
    } else {
      type.convert(unescape(cells), as.is = TRUE, na.strings = "")
    }
  }
  table
}

# A table for Python: names, kinds, then cells with floats as hexadecimal, so that nothing is
# rounded on the way.
write_exact <- function(table, path) {
  lines <- c(
    paste(quoted(escape(names(table))), collapse = ","),
    paste(vapply(table, kind_of, ""), collapse = ","),
    if (nrow(table)) do.call(paste, c(lapply(unname(as.list(table)), exact_cells), sep = ","))
  )
  writeLines(enc2utf8(lines), path, useBytes = TRUE)
}

kind_of <- function(x) {
  if (is.integer(x)) "Int64" else if (is.numeric(x)) "float64" else if (
    is.logical(x)) "boolean" else "str"
}

exact_cells <- function(x) {
  cells <- switch(kind_of(x),
    Int64 = format(x, trim = TRUE, scientific = FALSE),
    float64 = ifelse(is.infinite(x), ifelse(x > 0, "inf", "-inf"), sprintf("%a", x)),
    boolean = tolower(as.character(x)),
    quoted(escape(as.character(x)))
  )
  ifelse(is.na(x), "", cells)
}

quoted <- function(x) {
  paste0("\"", gsub("\"", "\"\"", x, fixed = TRUE), "\"")
}

escape <- function(x) {
  x <- gsub("\\", "\\\\", x, fixed = TRUE)
  x <- gsub("\n", "\\n", gsub("\r", "\\r", gsub("\t", "\\t", x, fixed = TRUE), fixed = TRUE),
    fixed = TRUE)
  formula <- grepl("^[=+@-]", x)
  x[formula] <- paste0("\\", x[formula])
  ifelse(nzchar(x), x, "\\")
}
