# A results folder as Python writes it, of one correlation, whose Python numbers are R's own.
write_folder <- function(folder, change = identity, format = her2stats:::exchange_format) {
  dir.create(file.path(folder, "r", "models"), recursive = TRUE)
  writeLines(format, file.path(folder, "r", "format.txt"))
  d <- study_frame(40)
  answer <- change(correlate(d, "ERBB2", "age"))
  writeLines(c(
    "model,field,position,value", "m.1,verb,1,correlate", "m.1,cohort,1,\\", "m.1,x,1,ERBB2",
    "m.1,y,1,age",
    "m.1,by,1,\\", "m.1,ci,1,bonett-wright", "m.1,conf_level,1,0.95", "m.1,draws,1,2000",
    "m.1,seed,1,0",
    "m.1,levels:hr,1,negative", "m.1,levels:hr,2,positive", "m.1,index,1,str"
  ), file.path(folder, "r", "specs.csv"))
  data <- data.frame(
    sample = seq_len(40), ERBB2 = sprintf("%.17g", d$ERBB2), age = sprintf("%.17g", d$age),
    hr = as.character(d$hr)
  )
  utils::write.csv(data, file.path(folder, "r", "models", "m.1.data.csv"), row.names = FALSE,
    quote = FALSE)
  answer$cohort <- rep("\\", nrow(answer))
  answer$flag <- ifelse(nzchar(answer$flag), answer$flag, "\\")
  utils::write.csv(
    format(answer, digits = 17), file.path(folder, "r", "models", "m.1.python.csv"),
    row.names = FALSE, na = ""
  )
  folder
}

test_that("a folder of right numbers agrees", {
  checked <- validate_results(write_folder(tempfile()), quiet = TRUE)
  expect_equal(unique(checked$verdict), "agree")
  expect_true(all(c("estimate", "std_error", "conf_low", "p_value", "n", "flag") %in%
    checked$quantity))
})

test_that("a wrong standard error is found, and nothing else", {
  wrong <- function(x) {
    x$std_error <- x$std_error * (1 + 1e-8)
    x
  }
  checked <- validate_results(write_folder(tempfile(), wrong), quiet = TRUE)
  expect_equal(checked$quantity[checked$verdict == "disagree"], "std_error")
})

test_that("a number where R has a flag is a disagreement", {
  wrong <- function(x) {
    x$flag <- "perfect correlation: no"
    x
  }
  checked <- validate_results(write_folder(tempfile(), wrong), quiet = TRUE)
  expect_equal(checked$quantity[checked$verdict == "disagree"], "flag")
})

test_that("a table that has lost all its rows is a disagreement", {
  none <- function(x) x[0, ]
  checked <- validate_results(write_folder(tempfile(), none), quiet = TRUE)
  expect_equal(checked$verdict, "disagree")
  expect_equal(checked$reason, "the result has no such row")
})

test_that("the summary says how many, and the largest difference", {
  expect_output(validate_results(write_folder(tempfile())), "R agrees with every number it checked")
})

test_that("a folder of another version, or of none, is told in one sentence", {
  expect_error(validate_results(write_folder(tempfile(), format = "her2stats exchange 99")),
    "another version")
  expect_error(validate_results(tempdir()), "format.txt is missing")
})

test_that("read_results keeps labels text and numbers numeric", {
  folder <- tempfile()
  dir.create(file.path(folder, "tables"), recursive = TRUE)
  writeLines(c(
    "cohort,stratum,outcome,term,estimate,n,reference,T cells (CD8)", "a,all,y,x,0.5,12,0,1.5",
    "a,all,y,x,,13,1+,2"
  ), file.path(folder, "tables", "odds_ratios.csv"))
  x <- read_results(folder)$odds_ratios
  expect_equal(x$reference, c("0", "1+"))
  expect_equal(x$estimate, c(0.5, NA))
  expect_type(x$n, "integer")
  expect_true("T cells (CD8)" %in% names(x))
  expect_error(read_results(tempfile()), "no folder 'tables'")
})

test_that("read_results knows Python's words for TRUE and FALSE", {
  folder <- tempfile()
  dir.create(file.path(folder, "tables"), recursive = TRUE)
  writeLines(c("type,borderline,used", "a,True,", "b,False,True"),
    file.path(folder, "tables", "abundance.csv"))
  x <- read_results(folder)$abundance
  expect_equal(x$borderline, c(TRUE, FALSE))
  expect_equal(x$used, c(NA, TRUE))
})

test_that("columns without a value keep their type", {
  folder <- tempfile()
  dir.create(file.path(folder, "tables"), recursive = TRUE)
  fractions <- c("cohort,sample,p_value,p_value_unbiased,flag", "a,0012,,,", "a,0013,,,")
  writeLines(fractions, file.path(folder, "tables", "fractions.csv"))
  writeLines("cohort,type,borderline,median", file.path(folder, "tables", "abundance.csv"))
  x <- read_results(folder)
  expect_identical(x$fractions$p_value_unbiased, c(NA_real_, NA_real_))
  expect_identical(x$fractions$p_value, c(NA_real_, NA_real_))
  expect_identical(x$fractions$flag, c("", ""))
  types <- c(cohort = "character", type = "character", borderline = "logical", median = "numeric")
  expect_identical(vapply(x$abundance, class, ""), types)
})

test_that("a decimal comma in the session's options changes nothing", {
  folder <- write_folder(tempfile())
  dir.create(file.path(folder, "tables"))
  writeLines(c("cohort,score,coverage", "a,ERBB2,0.75"),
    file.path(folder, "tables", "coverage.csv"))
  d <- study_frame(60)
  d$pieces <- rep(c(1.5, 2.5), 30)
  answers <- function() {
    list(
      correlate(d, "ERBB2", "age", conf_level = 0.975),
      compare_groups(d, "age", group = "pieces", conf_level = 0.975),
      validate_results(folder, quiet = TRUE), read_results(folder)
    )
  }
  before <- answers()
  old <- options(OutDec = ",")
  on.exit(options(old))
  expect_identical(answers(), before)
})

test_that("files that are missing, empty or damaged are told in one sentence with the remedy", {
  folder <- write_folder(tempfile())
  model <- file.path(folder, "r", "models", "m.1.python.csv")
  whole <- readLines(model)
  writeLines(sub("0[.]", "o.", whole), model)
  expect_error(validate_results(folder, quiet = TRUE),
    "row 2, column 'estimate': .* is no number.*run the study again")
  writeLines(substr(whole, 1, 20), model)
  expect_error(validate_results(folder, quiet = TRUE), "is damaged .*run the study again")
  file.create(model)
  expect_error(validate_results(folder, quiet = TRUE),
    "m.1.python.csv' is empty; run the study again")
  unlink(file.path(folder, "r", "models"), recursive = TRUE)
  expect_error(validate_results(folder, quiet = TRUE),
    "m.1.data.csv' is missing; run the study again")
})

test_that("a table that was changed since the run is named with row and column", {
  folder <- write_folder(tempfile())
  answer <- correlate(study_frame(40), "ERBB2", "age")
  inner <- file.path(folder, "r")
  specs <- sub("^m[.]1", "a.correlation.1", readLines(file.path(inner, "specs.csv")))
  writeLines(specs, file.path(inner, "specs.csv"))
  for (ending in c("data", "python")) {
    file.rename(
      file.path(inner, "models", paste0("m.1.", ending, ".csv")),
      file.path(inner, "models", paste0("a.correlation.1.", ending, ".csv"))
    )
  }
  dir.create(file.path(folder, "tables"))
  save <- function(table) {
    utils::write.csv(format(table, digits = 17), file.path(folder, "tables", "correlation.csv"),
      row.names = FALSE)
  }
  save(answer)
  expect_equal(unique(validate_results(folder, quiet = TRUE)$verdict), "agree")
  answer$estimate <- 0.5
  save(answer)
  expect_error(validate_results(folder, quiet = TRUE),
    "row 2, column 'estimate': 0.5, the model has")
  save(answer[0, ])
  expect_error(validate_results(folder, quiet = TRUE), "has 0 rows, the models have 1")
  answer <- correlate(study_frame(40), "ERBB2", "age")
  save(answer[setdiff(names(answer), c("p_value", "n"))])
  expect_error(validate_results(folder, quiet = TRUE), "column 'p_value' is missing")
  answer$n <- answer$n + 0.5
  save(answer)
  expect_error(validate_results(folder, quiet = TRUE), "column 'n': '40.5' is no count")
  answer$n <- 40L
  save(answer)
  file.copy(file.path(folder, "tables", "correlation.csv"),
    file.path(folder, "tables", "clinical.csv"))
  expect_error(validate_results(folder, quiet = TRUE),
    "clinical.csv' has 1 rows, the models have 0")
})

test_that("what could not be checked is said with its reason", {
  folder <- write_folder(tempfile())
  specs <- file.path(folder, "r", "specs.csv")
  writeLines(sub("correlate", "fit_magic", readLines(specs)), specs)
  expect_output(checked <- validate_results(folder),
    "Not checked:\n  R stopped: this R package knows no question 'fit_magic'")
  expect_equal(unique(checked$verdict), "not checked")
})
