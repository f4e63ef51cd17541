#' Error of the whole study
#'
#' Every test of one exposure over one set of permutations: outcomes whose
#' answers to a primary question hold against each other (Westfall and
#' Young's step-down maximum) pass a gate, and all other tests of these share
#' one maximum. The permutations are those of Python, to the last one.
#'
#' @inheritParams fit_logistic
#' @param outcomes Names of columns of numbers, of 0 and 1 for what is absent
#'   or present.
#' @param high For each outcome the name of a column of 0 and 1, its high
#'   abundance.
#' @param totals Names of further columns of numbers, without high abundance.
#' @param within Name of a grouping column within whose levels the exposure is
#'   permuted.
#' @param factors Names of the factors of the covariance analysis whose
#'   marginal slope is tested; none: it is not asked.
#' @param covariates Of correlations given the factor, odds and interaction.
#' @param slope_covariates Of a second covariance analysis.
#' @param primary The primary question: "given", "correlation", "odds",
#'   "interaction" or "slopes".
#' @param primary_outcomes Of which outcomes it is asked; of all, unless named.
#' @param alpha Level of the gate.
#' @param permutations,seed How many, and where their numbers start.
#' @return Data frame, one row a test: \code{model} is its question,
#'   \code{statistic} standardised over the permutations, \code{p_value} that
#'   of the test by itself, \code{p_primary} that of the primary question and
#'   \code{p_study} that in the whole study.
#' @examples
#' d <- data.frame(ERBB2 = c(5, 7, 6, 9, 8, 4), b_cells = c(2, 3, 5, 4, 6, 1))
#' study_wide(d, "ERBB2", totals = "b_cells", primary = "correlation", permutations = 99)
#' @export
study_wide <- function(data, exposure, outcomes = character(), high = character(),
  totals = character(), within = NULL,
                       factors = character(), covariates = character(),
                       slope_covariates = character(),
                       primary = "given", primary_outcomes = character(), alpha = 0.05,
                       permutations = 10000,
                       seed = 1, cohort = "") {
  check_choice("primary", primary, c("given", "correlation", "odds", "interaction", "slopes"))
  check_study(outcomes, high, totals, within, primary, primary_outcomes, alpha, permutations)
  grouped <- unique(c(within, factors))
  check_distinct(c(exposure, within, covariates))
  check_strata(within)
  check_distinct(c(exposure, factors, slope_covariates))
  numbers <- c(exposure, outcomes, totals)
  names <- unique(c(numbers, high, grouped, covariates, slope_covariates))
  data <- check_columns(data, names)
  check_numbers(data, numbers)
  check_binary(data, high)
  data <- as_groups(data, grouped)
  scores <- study_scores(data, exposure, within, names)
  tests <- study_tests(scores, outcomes, high, totals, within, factors, covariates,
    slope_covariates)
  able <- which(vapply(tests, function(test) is.null(test$flag), NA))
  found <- matrix(NA_real_, length(tests), 1 + permutations)
  found[able, 1] <- statistics_of(tests[able], scores, matrix(seq_len(scores$n)))
  if (length(able)) {
    permute_within(scores$sizes, permutations, seed, function(block, places) {
      found[able, 1 + block] <<- statistics_of(tests[able], scores, places)
    })
  }
  found <- standardised(found)
  still <- is.nan(found[, 1]) | is.na(found[, 1])
  judged <- judge_study(tests, abs(found), !still, outcomes, totals, primary, primary_outcomes,
    alpha)
  where <- if (is.null(within)) "over all samples" else paste("within", within)
  rows <- lapply(seq_along(tests), function(k) {
    test <- tests[[k]]
    c(
      test[c("stratum", "outcome", "term")],
      list(
        role = if (test$term == exposure) "exposure" else "interaction", measure = "test",
        model = test$question,
        n = test$n, n_missing = nrow(data) - test$n,
        method = paste0(
          test$words, "; ", format(permutations, scientific = FALSE), " permutations ", where,
          "; step-down maximum after a gate of '", primary, "'"
        ),
        flag = if (!is.null(test$flag)) test$flag else if (still[k]) flag("constant exposure",
          "nothing changes") else "",
        statistic = found[k, 1], p_value = judged$alone[k], p_primary = judged$primary[k],
        p_study = judged$study[k]
      )
    )
  })
  result_table(rows, cohort)
}

check_study <- function(outcomes, high, totals, within, primary, primary_outcomes, alpha,
  permutations) {
  check_distinct(c(outcomes, totals))
  if (length(high) != length(outcomes)) {
    stop("high names not one column for each outcome", call. = FALSE)
  }
  if (!length(c(outcomes, totals))) {
    stop("outcomes names no variable; name at least one column", call. = FALSE)
  }
  absent <- setdiff(primary_outcomes, c(outcomes, totals))
  if (length(absent)) {
    stop("the primary outcome '", absent[1], "' is none of the outcomes", call. = FALSE)
  }
  if (primary == "given" && is.null(within)) {
    stop("the primary question is the correlation given a factor, and `within` names none",
      call. = FALSE)
  }
  check_permutations(alpha, permutations)
}

# Statistics of tests for each column of permuted places.
statistics_of <- function(tests, scores, places) {
  kinds <- lapply(scores$kinds, function(values) matrix(values[places], nrow(places)))
  found <- vapply(tests, function(test) {
    if (is.null(test$model)) {
      drop(crossprod(kinds[[test$kind]], test$weights))
    } else {
      exposure_statistics(test$model, kinds$values)
    }
  }, numeric(ncol(places)))
  matrix(found, length(tests), ncol(places), byrow = TRUE)
}

# P of each test by itself, of the primary question, and in the whole study.
judge_study <- function(tests, sizes, able, outcomes, totals, primary, primary_outcomes, alpha) {
  outcome <- vapply(tests, `[[`, "", "outcome")
  asked <- if (length(primary_outcomes)) primary_outcomes else c(outcomes, totals)
  first <- vapply(tests, `[[`, "", "question") == primary & outcome %in% asked
  found <- list(alone = NA_real_, primary = NA_real_, study = NA_real_)
  found <- lapply(found, rep, length(tests))
  found$alone[able] <- own_p(sizes[able, , drop = FALSE])
  gate <- able & first
  if (any(gate)) found$primary[gate] <- step_down(sizes[gate, , drop = FALSE])
  least <- tapply(found$primary[gate], outcome[gate], min)
  passed <- names(least)[least < alpha]
  found$study[gate] <- found$primary[gate]
  found$study[able & !first] <- 1
  let_in <- able & !first & outcome %in% passed
  if (any(let_in)) {
    found$study[let_in] <- pmax(step_down(sizes[let_in, , drop = FALSE]), least[outcome[let_in]])
  }
  found
}
