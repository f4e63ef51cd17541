test_that("five rows of one model", {
  d <- study_frame()
  x <- fit_interaction(d, "high", "ERBB2", "hr", per_sd = FALSE)
  model <- glm(high ~ ERBB2 * hr, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100))
  b <- unname(coef(model))
  expect_equal(x$term, c(
    "ERBB2", "ERBB2", "hr[positive]", "ERBB2:hr[positive]", "ERBB2:hr[positive] (likelihood ratio)"
  ))
  expect_equal(x$role, c("exposure", "exposure", "moderator", "interaction", "interaction"))
  expect_equal(x$measure, rep(c("odds_ratio", "second_test"), c(4, 1)))
  expect_equal(x$variable, c("ERBB2", "ERBB2", "hr", "ERBB2", "ERBB2"))
  expect_equal(x$level_2, c("", "", "", "positive", "positive"))
  expect_equal(x$stratum, c("hr=negative", "hr=positive", "all", "all", "all"))
  expect_equal(log(x$estimate[1:4]), c(b[2], b[2] + b[4], b[3], b[4]), tolerance = 1e-8)
  expect_equal(x$std_error[2], sqrt(sum(vcov(model)[c(2, 4), c(2, 4)])), tolerance = 1e-7)
  without <- update(model, . ~ . - ERBB2:hr)
  expect_equal(x$statistic[5], deviance(without) - deviance(model), tolerance = 1e-9)
})

test_that("with the cohort's standard deviation the strata are the simple slopes", {
  d <- study_frame()
  x <- fit_interaction(d, "high", "ERBB2", "hr")
  expect_equal(x$estimate[1:2], fit_logistic(d, "high", "ERBB2", by = "hr")$estimate, tolerance = 1e-9)
})

test_that("clinical outcomes are the same model for each pair, per unit", {
  d <- study_frame()
  d$old <- as.numeric(d$age > 50)
  x <- fit_clinical(d, c("old", "high"), c("ERBB2", "T cells (CD8)"), moderator = "hr")
  expect_equal(nrow(x), 20)
  expect_equal(x$estimate[6:10], fit_interaction(d, "old", "T cells (CD8)", "hr", per_sd = FALSE)$estimate)
})

test_that("a moderator with one level left is an empty level", {
  d <- study_frame()
  d$high[d$hr == "negative"] <- NA
  expect_equal(unique(her2stats:::flag_code(fit_interaction(d, "high", "ERBB2", "hr")$flag)), "empty level")
})
