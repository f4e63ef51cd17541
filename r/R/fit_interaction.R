#' Does the odds ratio differ between the two levels of a moderator?
#'
#' One model, \code{outcome ~ exposure * moderator + covariates}: the odds
#' ratio of the exposure within each level of the moderator, the moderator
#' itself (at the mean of the exposure), their interaction (Wald), and the
#' likelihood-ratio test of the interaction. Where the model cannot be fitted,
#' a level that can be by itself keeps its odds ratio, with its own counts.
#' Where a level has few events, or few without, Firth's numbers stand beside:
#' of each level by itself, and of the interaction, whose \code{firth_p} is the
#' penalised likelihood ratio's; see \code{\link{fit_logistic}}.
#'
#' @inheritParams fit_logistic
#' @param outcome Names of one or many 0/1 columns, or a formula:
#'   \code{outcome ~ exposure * moderator + covariates}.
#' @param moderator Name of a column with two levels, the first of them the
#'   reference.
#' @return Data frame of five rows an outcome, with the extra columns
#'   \code{exposure}, \code{variable}, \code{level}, \code{variable_2} and
#'   \code{level_2}; see \code{\link{fit_logistic}}.
#' @examples
#' set.seed(1)
#' d <- data.frame(
#'   high = rbinom(60, 1, 0.5), ERBB2 = rnorm(60),
#'   hr = factor(rep(c("negative", "positive"), 30))
#' )
#' fit_interaction(d, "high", "ERBB2", "hr")
#' @export
fit_interaction <- function(data, outcome, exposure, moderator, covariates = character(),
  per_sd = TRUE,
                            ci = c("wald", "profile"), conf_level = 0.95, cohort = "") {
  if (inherits(outcome, "formula")) {
    parts <- formula_parts(outcome)
    product <- strsplit(grep(":", parts$right, value = TRUE), ":", fixed = TRUE)
    if (length(product) != 1 || length(product[[1]]) != 2) {
      stop("give one product of an exposure and a moderator, such as high ~ her2 * hr",
        call. = FALSE)
    }
    outcome <- parts$left
    exposure <- product[[1]][1]
    moderator <- product[[1]][2]
    covariates <- setdiff(grep(":", parts$right, value = TRUE, invert = TRUE), product[[1]])
  }
  ci <- match.arg(ci)
  check_level(conf_level)
  check_distinct(c(exposure, moderator, covariates))
  check_strata(moderator)
  data <- check_columns(data, c(outcome, exposure, moderator, covariates))
  check_numbers(data, exposure)
  data <- as_groups(data, moderator)
  check_binary(data, outcome)
  two_levels(data, moderator)
  divisor <- if (per_sd) exposure_sd(data, exposure) else 1
  per <- if (per_sd) "sd" else "unit"
  rows <- lapply(outcome, function(name) {
    noted(interaction_rows(data, name, exposure, moderator, covariates, divisor, per, ci,
      conf_level, zero = FALSE))
  })
  result_table(do.call(c, rows), cohort)
}

# `zero`: the moderator's own odds ratio is the one at exposure 0 instead of at the mean.
interaction_rows <- function(data, outcome, exposure, moderator, covariates, divisor, per, ci,
  conf_level, zero) {
  cases <- complete_frame(data, c(outcome, exposure, moderator, covariates))
  frame <- cases$frame
  levels <- levels(data[[moderator]])
  labels <- interaction_labels(exposure, moderator, levels)
  method <- paste0(
    "Logistic regression with interaction; odds ratio per ",
    c(sd = "SD (cohort)", unit = "unit")[[per]], "; ",
    interval_words(ci, conf_level)
  )
  common <- list(
    outcome = outcome, exposure = exposure, n = cases$n, n_missing = cases$n_missing,
    n_events = sum(frame[[outcome]] == 1), measure = "odds_ratio", conf_level = conf_level,
    per = per,
    method = method
  )
  each_level <- lapply(strata(data, moderator), level_design, outcome, exposure, moderator,
    covariates, divisor)
  few <- vapply(each_level, function(one) as.integer(fewest_of(one$y)), 0L)
  rows <- function(answers) {
    for (l in 1:2) {
      one <- each_level[[l]]
      answers[[l]] <- with_firth(answers[[l]], one$X, one$y, 2, conf_level, few[[l]])
    }
    # of a level where all have the event, or none, nothing is known, and Firth's ratio would be
    # made up
    whole <- if (min(few) && !is_constant(frame[[exposure]])) {
      product_design(frame, exposure, moderator, covariates, divisor)
    }
    answers[[4]] <- with_firth(answers[[4]], whole, frame[[outcome]], 4, conf_level, min(few))
    Map(function(label, answer) replace_in(replace_in(common, label), answer), labels, answers)
  }
  by_level <- function(flag) {
    each <- lapply(strata(data, moderator), level_row, data, outcome, exposure, moderator,
      covariates, divisor, ci, conf_level)
    rows(c(each, rep(list(list(flag = flag)), 3)))
  }
  problem <- interaction_problem(data, frame, outcome, exposure, moderator, covariates)
  if (nzchar(problem)) {
    return(by_level(problem))
  }
  middle <- mean(frame[[exposure]]) / divisor
  X <- product_design(frame, exposure, moderator, covariates, divisor)
  model <- logistic_model(X, frame[[outcome]])
  if (nzchar(model$flag)) {
    return(by_level(model$flag))
  }
  at <- if (zero) -middle else 0
  combinations <- list(c(0, 1, 0, 0), c(0, 1, 0, 1), c(0, 0, 1, at), c(0, 0, 0, 1))
  answers <- lapply(combinations, function(first) {
    odds_ratio_row(model, c(first, numeric(ncol(X) - 4)), ci, conf_level)
  })
  rows(c(answers, list(likelihood_ratio(model, 4))))
}

# Exposure (centred), moderator as 0/1, their product; covariates last.
product_design <- function(frame, exposure, moderator, covariates, divisor) {
  x <- (frame[[exposure]] - mean(frame[[exposure]])) / divisor
  second <- as.numeric(frame[[moderator]] == levels(frame[[moderator]])[2])
  cbind(1, x, second, x * second, covariate_design(frame, covariates)$columns)
}

# Columns and outcomes of one level of the moderator; no columns where its outcome or exposure
# never varies.
level_design <- function(level, outcome, exposure, moderator, covariates, divisor) {
  frame <- complete_frame(level$data, c(outcome, exposure, moderator, covariates),
    level$unplaced)$frame
  y <- frame[[outcome]]
  x <- frame[[exposure]]
  varies <- fewest_of(y) > 0 && !is_constant(x)
  list(y = y, X = if (varies) cbind(1, (x - mean(x)) / divisor,
    covariate_design(frame, covariates)$columns))
}

# The exposure in one level of the moderator by itself.
level_row <- function(level, data, outcome, exposure, moderator, covariates, divisor, ci,
  conf_level) {
  cases <- complete_frame(level$data, c(outcome, exposure, moderator, covariates), level$unplaced)
  frame <- cases$frame
  counts <- list(n = cases$n, n_missing = cases$n_missing, n_events = sum(frame[[outcome]] == 1))
  missing <- without_value(data, c(exposure, moderator, outcome, covariates))
  if (!length(missing) && !cases$n) {
    return(c(counts, list(flag = flag("empty level", level$name, " has no complete case"))))
  }
  why <- no_model(frame, outcome, exposure, missing)
  if (nzchar(why)) {
    return(c(counts, list(flag = why)))
  }
  X <- level_design(level, outcome, exposure, moderator, covariates, divisor)$X
  c(counts, odds_ratio_row(logistic_model(X, frame[[outcome]]), unit(2, ncol(X)), ci, conf_level))
}

interaction_labels <- function(exposure, moderator, levels) {
  own <- c(list(role = "exposure"), term_columns(c(exposure, "")))
  product <- c(list(role = "interaction", stratum = "all"),
    term_columns(c(exposure, ""), c(moderator, levels[2])))
  list(
    c(list(stratum = paste0(moderator, "=", levels[1])), own),
    c(list(stratum = paste0(moderator, "=", levels[2])), own),
    c(list(role = "moderator", stratum = "all"), term_columns(c(moderator, levels[2]))),
    product,
    replace_in(product, list(
      term = paste(product$term, "(likelihood ratio)"), measure = "second_test",
      conf_level = NA_real_
    ))
  )
}

interaction_problem <- function(data, frame, outcome, exposure, moderator, covariates) {
  if (nrow(frame) && is_constant(frame[[moderator]])) {
    return(flag("empty level", moderator, " is always ", as.character(frame[[moderator]][1])))
  }
  missing <- without_value(data, c(exposure, moderator, outcome, covariates))
  no_model(frame, outcome, exposure, missing)
}

two_levels <- function(data, moderator) {
  found <- levels(data[[moderator]])
  if (length(found) != 2) {
    stop("moderator '", moderator, "' has ", length(found), " levels; give a factor of two levels",
      call. = FALSE)
  }
}

# Twice the loss of log-likelihood when one column leaves the model.
likelihood_ratio <- function(model, column) {
  smaller <- quiet_glm(model$X[, -column, drop = FALSE], model$y)
  statistic <- max(smaller$deviance - model$deviance, 0)
  list(statistic = statistic, df = 1, p_value = pchisq(statistic, 1, lower.tail = FALSE), flag = "")
}
