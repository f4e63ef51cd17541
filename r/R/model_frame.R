# From the user's data frame to the rows that one model uses.

# One variable as every function here wants it: numbers, or an unordered factor with explicit
# levels (an ordered one would bring polynomial contrasts). Text becomes a factor with levels in
# the C locale's order, so that the reference level does not depend on the machine's language.
variable <- function(data, name) {
  x <- data[[name]]
  if (is.logical(x)) {
    as.numeric(x)
  } else if (is.character(x)) {
    factor(x, levels = sort(unique(x), method = "radix"))
  } else if (is.factor(x)) {
    factor(x, levels = levels(x), ordered = FALSE)
  } else if (is.numeric(x)) {
    x <- as.numeric(x)
    x[is.nan(x)] <- NA
    if (any(is.infinite(x))) {
      stop("'", name, "' holds infinite values; mend them or set them to NA", call. = FALSE)
    }
    if (!all(is.na(x))) { # of such numbers there are no squares: a model would see 0 or infinity
      ends <- range(x, na.rm = TRUE)
      if (max(abs(ends)) > 1e50 || (diff(ends) > 0 && diff(ends) < 1e-50)) {
        stop("'", name,
          "' holds numbers too large, or too close to each other, for a model; give another unit",
          call. = FALSE)
      }
    }
    x
  } else {
    stop("'", name, "' is of class ", class(x)[1], "; numbers, text or a factor are needed",
      call. = FALSE)
  }
}

# Columns as a data frame. as.data.frame would translate names into the machine's own encoding,
# which in the C locale has no "Groesse" with an umlaut.
as_frame <- function(columns) {
  rows <- if (length(columns)) length(columns[[1]]) else 0L
  structure(columns, class = "data.frame", row.names = .set_row_names(rows))
}

# Names in a formula: left of the tilde, and the terms to the right of it.
formula_parts <- function(formula) {
  if (length(formula) != 3) {
    stop("give a formula with an outcome, such as high ~ her2", call. = FALSE)
  }
  list(left = all.vars(formula[[2]]), right = attr(stats::terms(formula), "term.labels"))
}

# A column beside a formula, as a bare name or as text.
bare_name <- function(expression) {
  if (is.null(expression) || is.character(expression)) {
    expression
  } else if (is.name(expression)) {
    as.character(expression)
  } else {
    stop("name a column beside a formula, not an expression", call. = FALSE)
  }
}

# A variable that divides the rows into groups is a factor whatever it holds; 0/1 reads "0" and "1".
grouping <- function(data, name) {
  x <- variable(data, name)
  if (is.factor(x)) {
    x
  } else {
    factor(x, levels = sort(unique(x)), labels = format_level(sort(unique(x))))
  }
}

format_level <- function(x) {
  vapply(x, function(value) format(value, digits = 15, trim = TRUE, decimal.mark = "."), "")
}

as_groups <- function(data, variables) {
  for (name in intersect(variables, names(data))) data[[name]] <- grouping(data, name)
  data
}

# Numbers of which only the order counts: to 12 digits, so that the noise of computing breaks no
# ties.
without_noise <- function(data, variables) {
  for (name in variables) if (is.numeric(data[[name]])) data[[name]] <- signif(data[[name]], 12)
  data
}

# One number where all are the same but for the noise of computing: divided by its own spread it
# would be data.
one_if_alike <- function(x) {
  if (!is.numeric(x) || !length(x)) return(x)
  ends <- range(x)
  if (diff(ends) > 0 && diff(ends) <= 1e-12 * max(abs(ends))) rep(ends[1], length(x)) else x
}

# The complete cases of some variables, under their own names in a plain list-like data frame.
# Rows come in an order of their values, not of the file: sums, and with them every number, are
# then the same to the last bit however the rows lie. `unplaced` rows may belong to the data: what
# divides the strata is missing in them.
complete_frame <- function(data, variables, unplaced = 0L) {
  frame <- lapply(setNames(variables, variables), function(name) variable(data, name))
  frame <- as_frame(frame)
  complete <- complete.cases(frame)
  kept <- frame[complete, , drop = FALSE]
  for (name in names(kept)) kept[[name]] <- one_if_alike(kept[[name]])
  kept <- kept[do.call(order, unname(as.list(kept))), , drop = FALSE]
  rownames(kept) <- NULL
  list(frame = kept, n = nrow(kept), n_missing = sum(!complete) + unplaced)
}

# The parts of the data in which a question is asked: everything, or each level of `by`.
strata <- function(data, by = NULL) {
  if (is.null(by) || !nzchar(by)) {
    return(list(list(name = "all", data = data, unplaced = 0L)))
  }
  groups <- grouping(data, by)
  lapply(levels(groups), function(level) {
    list(
      name = paste0(by, "=", level), data = data[which(groups == level), , drop = FALSE],
      unplaced = sum(is.na(groups))
    )
  })
}

# The first variable that has no value at all, or nothing.
without_value <- function(data, variables) {
  Find(function(name) all(is.na(data[[name]])), variables)
}

is_constant <- function(x) {
  length(unique(x)) < 2
}

# Formulas never see the user's names ("T cells regulatory (Tregs)"): columns become v1, v2, ...
# and the levels of factors l1, l2, ...; `terms` keeps what each column of the design matrix is
# called in the results.
safe_frame <- function(frame) {
  safe <- as.data.frame(
    lapply(frame, function(x) {
      if (is.factor(x)) factor(as.integer(x), seq_along(levels(x)),
      paste0("l", seq_along(levels(x)))) else x
    }),
    optional = TRUE
  )
  names(safe) <- paste0("v", seq_along(frame))
  safe
}
