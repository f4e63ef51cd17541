# One spec, one frame, one call: what the bridge from Python and validate_results use.

# The answer to a spec, with R's warnings beside the rows that they concern.
run_spec <- function(spec, data) {
  with_notes(answer_spec(spec, data))
}

# Warnings of single rows are in `note` already (see `noted`); any other concerns all rows.
with_notes <- function(table) {
  warnings <- character()
  table <- withCallingHandlers(table, warning = function(w) {
    warnings <<- c(warnings, without_semicolon(conditionMessage(w)))
    invokeRestart("muffleWarning")
  })
  general <- setdiff(warnings, unlist(strsplit(as.character(table$note), "; ", fixed = TRUE)))
  if (length(general) && nrow(table)) {
    own <- if (is.null(table$note)) {
      rep("", nrow(table))
    } else {
      ifelse(is.na(table$note), "", table$note)
    }
    table$note <- paste0(own, ifelse(nzchar(own), "; ", ""), paste(general, collapse = "; "))
  }
  table
}

# Notes are divided by semicolons.
without_semicolon <- function(text) gsub(";", ",", text, fixed = TRUE)

# Every value of a spec is text (a character vector for names); each verb takes what it knows.
answer_spec <- function(spec, data) {
  text <- function(field) {
    value <- as.character(spec[[field]])
    value[nzchar(value)]
  }
  if (identical(spec$verb, "adjust")) {
    return(adjust_within(data$p_value, data$family, spec$method))
  }
  if (identical(spec$verb, "pool")) {
    return(pool(data, model = spec$model, conf_level = as.numeric(spec$conf_level)))
  }
  number <- function(field) as.numeric(spec[[field]])
  yes <- function(field) identical(spec[[field]], "true")
  cohort <- if (length(text("cohort"))) text("cohort") else ""
  if (identical(spec$verb, "study_wide")) {
    return(study_wide(
      data, text("exposure"), text("outcomes"), text("high"), text("totals"),
      if (length(text("within"))) text("within"),
      text("factors"), text("covariates"), text("slope_covariates"), spec$primary,
      text("primary_outcomes"),
      number("alpha"), number("permutations"), number("seed"), cohort
    ))
  }
  if (identical(spec$verb, "specification_curve")) {
    return(specification_curve(
      data, text("outcomes"), text("exposures"), text("types"), as.character(spec$amounts),
      if (length(text("within"))) text("within"), text("covariates"), spec$ci, number("conf_level"),
      number("alpha"),
      number("permutations"), number("seed"), cohort
    ))
  }
  common <- list(data = data, conf_level = number("conf_level"), cohort = cohort)
  arguments <- switch(spec$verb,
    correlate = list(
      x = text("x"), y = text("y"), by = text("by"), within = text("within"),
      covariates = text("covariates"), ci = spec$ci
    ),
    correlate_draws = list(
      x = text("x"), y = text("y"), draws = number("draws"), within = text("within"), ci = spec$ci
    ),
    agree_ranks = list(x = text("x"), y = text("y"), by = text("by")),
    compare_groups = list(y = text("y"), group = text("group"), by = text("by"),
      kinds = spec$kinds),
    fit_logistic = list(
      outcome = text("outcomes"), exposure = text("exposure"), by = text("by"),
      covariates = text("covariates"),
      per_sd = yes("per_sd"), sd = spec$sd, ci = spec$ci, penalty = spec$penalty
    ),
    fit_ordinal = list(
      outcome = text("outcomes"), exposure = text("exposure"), by = text("by"),
      moderator = text("moderator"),
      covariates = text("covariates"), per_sd = yes("per_sd")
    ),
    fit_interaction = list(
      outcome = text("outcomes"), exposure = text("exposure"), moderator = text("moderator"),
      covariates = text("covariates"), per_sd = yes("per_sd"), ci = spec$ci
    ),
    fit_clinical = list(
      outcome = text("outcomes"), exposure = text("exposures"), moderator = text("moderator"),
      covariates = text("covariates"), ci = spec$ci
    ),
    fit_ancova = list(
      outcome = text("outcomes"), score = text("score"), factors = text("factors"),
      covariates = text("covariates"),
      extra_terms = text("extra_terms"), weights = spec$weights, centre = yes("centre"),
      quantity = spec$quantity,
      points = number("points"), covariance = spec$covariance,
      permutations = if (is.null(spec$permutations)) 0 else number("permutations"),
      seed = if (is.null(spec$seed)) 1 else number("seed")
    ),
    response_odds = list(
      outcome = text("outcomes"), group = text("group"), reference = spec$reference,
      by = text("by"),
      covariates = text("covariates"), ci = spec$ci
    ),
    stop("this R package knows no question '", spec$verb,
      "'; update it to the version of the results", call. = FALSE)
  )
  if (identical(spec$verb, "fit_ordinal") && !length(arguments$moderator)) {
    arguments$moderator <- NULL
  }
  for (name in c("by", "within")) if (!length(arguments[[name]])) arguments[[name]] <- NULL
  verbs <- list(
    agree_ranks = agree_ranks, correlate = correlate, correlate_draws = correlate_draws,
    compare_groups = compare_groups, fit_logistic = fit_logistic,
    fit_ordinal = fit_ordinal, fit_interaction = fit_interaction, fit_clinical = fit_clinical,
    fit_ancova = fit_ancova,
    response_odds = response_odds
  )
  do.call(verbs[[spec$verb]], c(common, arguments))
}

# Warnings of some rows stand beside them, in an extra column `note` that is there only when needed.
noted <- function(rows) {
  notes <- character()
  rows <- withCallingHandlers(rows, warning = function(w) notes <<- c(notes, conditionMessage(w)))
  if (!length(notes)) {
    return(rows)
  }
  notes <- without_semicolon(unique(notes))
  lapply(rows, function(row) c(row, list(note = paste(notes, collapse = "; "))))
}
