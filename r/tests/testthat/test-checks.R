verbs <- function(d, ...) {
  list(
    correlate = function() correlate(d, "ERBB2", "age", ...),
    compare_groups = function() compare_groups(d, "age", "hr", ...),
    fit_logistic = function() fit_logistic(d, "high", "ERBB2", ...),
    fit_interaction = function() fit_interaction(d, "high", "ERBB2", "hr", ...),
    fit_clinical = function() fit_clinical(d, "high", "ERBB2", "hr", ...),
    fit_ancova = function() fit_ancova(d, "age", "ERBB2", hr_and_ihc, ...),
    response_odds = function() response_odds(d, "high", "hr", reference = "negative", ...)
  )
}

test_that("numbers read as text or as a factor are refused, not ranked by their spelling", {
  numbers <- study_frame()
  reads <- list(as.character, factor, function(x) factor(as.character(x)))
  for (read in reads) {
    d <- numbers
    d$ERBB2 <- read(numbers$ERBB2)
    for (verb in setdiff(names(verbs(d)), c("compare_groups", "response_odds"))) {
      expect_error(verbs(d)[[verb]](), "'ERBB2' holds (text|groups), not numbers", info = verb)
    }
    d <- numbers
    d$age <- read(numbers$age)
    for (verb in c("correlate", "compare_groups", "fit_ancova")) {
      expect_error(verbs(d)[[verb]](), "'age' holds (text|groups), not numbers", info = verb)
    }
  }
})

test_that("all columns that are no numbers are named at once", {
  d <- study_frame()
  d$ERBB2 <- as.character(d$ERBB2)
  d$age <- factor(d$age)
  expect_error(correlate(d, "ERBB2", "age"),
    "'ERBB2' holds text, not numbers; 'age' holds groups, not numbers")
})

test_that("a level that is none is refused by every verb", {
  for (level in list(95, 0, 1, -0.5, NA_real_, "a", c(0.9, 0.95), NULL)) {
    tried <- verbs(study_frame(), conf_level = level)
    for (verb in names(tried)) {
      expect_error(tried[[verb]](), "conf_level is not a number between 0 and 1; 0.95 is usual",
        info = verb)
    }
  }
  expect_error(pool(data.frame(), conf_level = 95), "conf_level is not a number between 0 and 1")
})

test_that("strata are those of one column", {
  tried <- verbs(study_frame(), by = c("hr", "her2_ihc"))
  for (verb in c("correlate", "compare_groups", "fit_logistic")) {
    expect_error(tried[[verb]](), "by names 2 columns; give one", info = verb)
  }
})

test_that("a variable of a model is named once", {
  d <- study_frame()
  expect_error(fit_ancova(d, "age", "ERBB2", c("hr", "hr")),
    "'hr' is named twice; name each column once")
  expect_error(fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, covariates = c("age", "age")),
    "'age' is named twice")
  expect_error(fit_logistic(d, "high", "ERBB2", covariates = "ERBB2"), "'ERBB2' is named twice")
  expect_error(fit_interaction(d, "high", "ERBB2", "hr", covariates = "hr"), "'hr' is named twice")
  expect_error(fit_clinical(d, "high", "ERBB2", "hr", covariates = "hr"), "'hr' is named twice")
})

test_that("a curve has two places or more", {
  for (points in list(1, 0, 2.5, NA, "a")) {
    asked <- function() {
      fit_ancova(study_frame(), "age", "ERBB2", hr_and_ihc, quantity = "curve",
      points = points)
    }
    expect_error(asked(), "points is not a whole number of 2 or more")
  }
})

test_that("the name of a column that divides samples ends at the equals sign", {
  frame <- data.frame(x = c(1, 2, 3, 4), y = c(2, 1, 4, 3), "dose=" = c("a", "a", "b", "b"),
    check.names = FALSE)
  expect_error(correlate(frame, "x", "y", by = "dose="),
    "'=' ends a column's name there; rename the column")
})
