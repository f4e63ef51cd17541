frame <- function() {
  set.seed(3)
  d <- data.frame(her2 = rnorm(80), age = rnorm(80, 55, 8), hr = rep(c("negative", "positive"), 40))
  d$high <- rbinom(80, 1, plogis(0.5 * d$her2))
  d$group <- rep(c("HER2-0", "HER2-low", "HER2-low", "HER2-0"), 20)
  d
}

test_that("a formula asks the same as names", {
  d <- frame()
  expect_equal(fit_logistic(high ~ her2, data = d), fit_logistic(d, "high", "her2"))
  expect_equal(
    fit_logistic(high ~ her2 + age, by = hr, data = d, ci = "profile"),
    fit_logistic(d, "high", "her2", by = "hr", covariates = "age", ci = "profile")
  )
  expect_equal(fit_logistic(high ~ her2, by = "hr", data = d),
    fit_logistic(d, "high", "her2", by = "hr"))
  expect_equal(
    fit_interaction(high ~ her2 * hr + age, data = d),
    fit_interaction(d, "high", "her2", "hr", covariates = "age")
  )
  expect_equal(
    response_odds(high ~ group + age, reference = "HER2-0", by = hr, data = d),
    response_odds(d, "high", "group", "HER2-0", by = "hr", covariates = "age")
  )
})

test_that("a formula that says something else is refused", {
  d <- frame()
  expect_error(fit_logistic(~her2, data = d), "give a formula with an outcome")
  expect_error(fit_logistic(high ~ log(her2), data = d), "log(her2)", fixed = TRUE)
  expect_error(fit_logistic(high ~ her2, by = paste("h", "r"), data = d),
    "name a column beside a formula")
  expect_error(fit_interaction(high ~ her2 + hr, data = d), "give one product")
})

test_that("an answer prints briefly and is a data frame", {
  x <- fit_logistic(high ~ her2, data = frame())
  expect_s3_class(x, "data.frame")
  said <- capture.output(print(x))
  expect_false(any(grepl("conf_level|method|n_missing", said)))
  expect_true(any(grepl("estimate", said)))
  expect_identical(class(as.data.frame(x)), "data.frame")
  many <- x[rep(1, 40), ]
  expect_match(tail(capture.output(print(many)), 1), "... and 10 more rows", fixed = TRUE)
})

test_that("broom's verbs know an answer", {
  x <- fit_logistic(high ~ her2, by = hr, data = frame())
  tidied <- her2stats:::tidy.her2stats_result(x)
  expect_equal(tidied$p.value, x$p_value)
  expect_equal(her2stats:::glance.her2stats_result(x),
    data.frame(rows = 2L, flagged = 0L, nobs = 40L))
  skip_if_not_installed("generics")
  expect_equal(generics::tidy(x), tidied)
})

test_that("a study is run by the command and its results are read", {
  skip_on_os("windows")
  folder <- tempfile("a study ")
  dir.create(file.path(folder, "results", "tables"), recursive = TRUE)
  writeLines(c("cohort,p_value", "one,0.25"),
    file.path(folder, "results", "tables", "response.csv"))
  study <- file.path(folder, "study.toml")
  writeLines("[study]", study)
  command <- file.path(folder, "her2stats")
  script <- function(...) {
    writeLines(c("#!/bin/sh", ...), command)
    Sys.chmod(command, "0755")
  }
  script("test \"$1\" = run && test -f \"$2\" || exit 9",
    paste0("echo 'Report: ", folder, "/results/report.html'"))
  results <- run_study(study, command = command)
  expect_equal(results$response$p_value, 0.25)
  expect_equal(attr(results, "folder"), file.path(folder, "results"))
  script("echo 'study.toml: title is missing' >&2", "exit 1")
  expect_error(run_study(study, command = command), "status 1.*title is missing")
  expect_error(run_study(file.path(folder, "no.toml"), command = command), "does not exist")
})

test_that("without Python the way to it is said", {
  withr_path <- Sys.getenv("PATH")
  on.exit(Sys.setenv(PATH = withr_path))
  Sys.setenv(PATH = tempdir(), VIRTUAL_ENV = "", HER2STATS = "")
  skip_if(requireNamespace("reticulate", quietly = TRUE))
  expect_error(her2stats:::find_command(), "install it (pip install her2stats)", fixed = TRUE)
  expect_equal(her2stats:::find_command("/opt/python3.11"),
    c("/opt/python3.11", "-m", "her2stats.cli"))
})
