# Two tables of one question, Python's and R's, quantity by quantity.

# `problem`: why R has no table (then nothing is checked, and nothing passes).
compare_tables <- function(python, r, spec, model, problem = "") {
  key <- function(table) {
    exposure <- if (is.null(table$exposure)) rep("", nrow(table)) else table$exposure
    text <- paste(table$stratum, table$outcome, table$term, exposure, sep = "\r")
    paste(text, ave_count(text), sep = "\r")
  }
  at <- if (is.null(r)) rep(NA_integer_, nrow(python)) else match(key(python), key(r))
  pieces <- lapply(compared_quantities(python, r), function(quantity) {
    compare_quantity(quantity, python, r, at, spec, problem)
  })
  table <- do.call(rbind, pieces)
  table <- table[order(table$row), ]
  rbind(labelled(table, python, spec, model), only_in_r(r, at, python, spec, model))
}

labelled <- function(table, rows, spec, model) {
  data.frame(
    model = rep(model, nrow(table)), verb = rep(spec$verb, nrow(table)),
    rows[table$row, text_columns], table[, -1],
    row.names = NULL, stringsAsFactors = FALSE, check.names = FALSE
  )
}

# A run writes every row that its question gives, so that a row which only R has was lost; it may
# leave covariates out, but not one of them.
only_in_r <- function(r, at, python, spec, model) {
  alone <- if (is.null(r)) integer() else setdiff(seq_len(nrow(r)), at)
  if (!any(python$role %in% "covariate")) alone <- alone[!r$role[alone] %in% "covariate"]
  if (!length(alone)) {
    return(NULL)
  }
  table <- blank_comparison(alone, "flag")
  table$verdict <- "disagree"
  table$reason <- "the result has no such row"
  labelled(table, r, spec, model)
}

blank_comparison <- function(row, quantity, note = "") {
  # a table that has lost all its rows has none here
  every <- function(value) rep_len(value, length(row))
  none <- every(NA_real_)
  data.frame(
    row = row, quantity = every(quantity), python = none, r = none, abs_diff = none,
    rel_diff = none,
    tolerance = none, verdict = every("agree"), reason = every(""), note = every(note),
    stringsAsFactors = FALSE
  )
}

ave_count <- function(text) {
  if (length(text)) ave(seq_along(text), text, FUN = seq_along) else integer()
}

compared_quantities <- function(python, r) {
  extra <- setdiff(names(python), c(result_columns, "note"))
  if (!is.null(r)) extra <- intersect(extra, names(r))
  c(compared_numbers, count_columns, meaning_columns, "conf_level", extra, "flag")
}

compare_quantity <- function(quantity, python, r, at, spec, problem) {
  ours <- python[[quantity]]
  theirs <- if (is.null(r)) rep(NA, length(ours)) else r[[quantity]][at]
  worded <- quantity == "flag" || is.character(theirs) || is.character(ours)
  if (worded) {
    ours <- if (quantity == "flag") flag_code(ours) else as.character(ours)
    theirs <- if (quantity == "flag") flag_code(theirs) else as.character(theirs)
  }
  note <- if (is.null(r$note)) "" else ifelse(is.na(r$note[at]), "", r$note[at])
  table <- blank_comparison(seq_along(ours), quantity, note)
  if (worded) {
    same <- ifelse(is.na(ours), "", ours) == ifelse(is.na(theirs), "", theirs)
    table$verdict <- ifelse(same, "agree", "disagree")
    table$reason <- ifelse(same,
      ifelse(quantity == "flag" & nzchar(ours), paste("both flag", ours), ""),
      paste0("Python '", ours, "', R '", theirs, "'")
    )
    keep <- quantity == "flag" | nzchar(ifelse(is.na(ours), "", ours)) | !same
  } else {
    table <- compare_numbers(table, as.numeric(ours), as.numeric(theirs), quantity, spec,
      if (is.null(r)) NULL else r[at, ])
    keep <- !is.na(ours) | !is.na(theirs)
  }
  # A description is compared like everything else, and has a row only where it differs.
  if (quantity %in% descriptive_columns) keep <- keep & table$verdict != "agree" & !is.na(at)
  table$reason[is.na(at)] <- if (nzchar(problem)) problem else "R gives no such row"
  table$verdict[is.na(at)] <- if (nzchar(problem)) "not checked" else "disagree"
  random <- identical(spec$ci, "bootstrap") && quantity %in% c("conf_low", "conf_high", "std_error")
  if (random && !nzchar(problem)) {
    table$verdict[] <- "not checked"
    table$reason[] <- "bootstrap limits hang on the random numbers of Python"
  }
  table[keep, ]
}

compare_numbers <- function(table, ours, theirs, quantity, spec, r) {
  table$python <- ours
  table$r <- theirs
  if (is.null(r)) {
    return(table)
  }
  equal <- !is.na(ours) & !is.na(theirs) & ours == theirs
  table$abs_diff <- ifelse(equal, 0, abs(ours - theirs))
  size <- pmax(abs(ours), abs(theirs), near_zero(quantity, spec$verb, r))
  table$rel_diff <- ifelse(equal, 0, table$abs_diff / size)
  table$tolerance <- tolerance_of(spec$verb, convention_of(spec), quantity) *
    amplification(quantity, spec$verb, r)
  one_only <- is.na(ours) != is.na(theirs)
  within <- is.finite(table$rel_diff) & table$rel_diff <= table$tolerance
  table$verdict <- ifelse(within, "agree", "disagree")
  table$reason <- ifelse(one_only,
    ifelse(is.na(theirs), "only Python gives a number", "only R gives a number"), "")
  table
}
