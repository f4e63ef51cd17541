#' Fit a results folder again and compare
#'
#' Every model of a her2stats run is fitted again in R, from the model frames
#' that the run wrote, and each estimate, standard error, limit, statistic,
#' degree of freedom, p value, count and flag is compared with Python's;
#' corrected p values are computed again within their families. The tables
#' of the folder must hold what the models give, and the models must have been
#' given the scores and fractions of the tumours, from which the zero rule,
#' the median split and the standard deviation are made once more: a cell that
#' was changed since the run is named, and nothing is compared.
#'
#' @param dir A results folder (or its subfolder \code{r}).
#' @param quiet Do not print the summary.
#' @return Data frame, one row a quantity: model, verb, cohort, stratum,
#'   outcome, term, quantity, python, r, abs_diff, rel_diff, tolerance, verdict
#'   ("agree", "disagree" or "not checked"), reason, note (R's warnings), and
#'   the versions of R and emmeans. Returned invisibly.
#' @examples
#' if (dir.exists("results")) {
#'   checked <- validate_results("results")
#'   subset(checked, verdict != "agree")
#' }
#' @export
validate_results <- function(dir = ".", quiet = FALSE) {
  folder <- exchange_folder(dir)
  models <- read_models(folder)
  check_answers(folder, models)
  tables <- file.path(dirname(normalizePath(folder)), "tables")
  check_tables(tables, models)
  check_frames(tables, models)
  pieces <- lapply(names(models), function(name) validate_model(models[[name]], name))
  table <- do.call(rbind, c(pieces, list(compare_families(models))))
  table$r_version <- rep(r_version(), nrow(table))
  table$emmeans_version <- rep(emmeans_version(), nrow(table))
  if (!quiet) print_summary(table)
  invisible(table)
}

exchange_folder <- function(dir) {
  inner <- file.path(dir, "r")
  if (file.exists(file.path(inner, "format.txt"))) inner else dir
}

check_answers <- function(folder, models) {
  lacking <- names(models)[vapply(models, function(model) is.null(model$python), NA)]
  if (length(lacking)) check_files(file.path(folder, "models", paste0(lacking, ".python.csv")))
}

validate_model <- function(model, name) {
  problem <- ""
  table <- tryCatch(
    run_spec(model$spec, model$data),
    error = function(e) {
      problem <<- paste("R stopped:", conditionMessage(e))
      NULL
    }
  )
  compare_tables(model$python, table, model$spec, name, problem)
}

r_version <- function() paste(R.version$major, R.version$minor, sep = ".")

emmeans_version <- function() {
  tryCatch(as.character(packageVersion("emmeans")), error = function(e) "")
}

print_summary <- function(table) {
  count <- function(x, what) sum(x == what)
  for (name in unique(table$model)) {
    mine <- table[table$model == name, ]
    worst <- suppressWarnings(max(mine$rel_diff, na.rm = TRUE))
    cat(sprintf(
      "%-40s %5d agree %4d disagree %4d not checked   largest relative difference %s\n", name,
      count(mine$verdict, "agree"), count(mine$verdict, "disagree"),
      count(mine$verdict, "not checked"),
      if (is.finite(worst)) format(worst, digits = 2) else "-"
    ))
  }
  wrong <- table[table$verdict == "disagree", ]
  if (nrow(wrong)) {
    cat("\nDisagreements:\n")
    print(head(wrong[c("model", "stratum", "outcome", "term", "quantity", "python", "r", "rel_diff",
      "reason")], 50))
  }
  open <- unique(table$reason[table$verdict == "not checked"])
  if (length(open)) cat("\nNot checked:", paste0("  ", head(open, 20)), sep = "\n")
  cat(
    if (nrow(wrong)) "\nR disagrees" else if (any(table$verdict ==
      "agree")) "\nR agrees with every number it checked" else "\nNothing was checked",
    " (R ", r_version(), ", emmeans ", emmeans_version(), ").\n",
    sep = ""
  )
}
