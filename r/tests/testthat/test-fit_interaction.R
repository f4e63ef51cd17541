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
  expect_equal(log(x$estimate[1:4]),
    c(b[2], b[2] + b[4], b[3] + b[4] * mean(model$model$ERBB2), b[4]), tolerance = 1e-8)
  expect_equal(x$std_error[2], sqrt(sum(vcov(model)[c(2, 4), c(2, 4)])), tolerance = 1e-7)
  without <- update(model, . ~ . - ERBB2:hr)
  expect_equal(x$statistic[5], deviance(without) - deviance(model), tolerance = 1e-9)
})

test_that("with the cohort's standard deviation the strata are the simple slopes", {
  d <- study_frame()
  x <- fit_interaction(d, "high", "ERBB2", "hr")
  expect_equal(x$estimate[1:2], fit_logistic(d, "high", "ERBB2", by = "hr")$estimate,
    tolerance = 1e-9)
})

test_that("clinical outcomes are the same model for each pair, per unit", {
  d <- study_frame()
  d$old <- as.numeric(d$age > 50)
  x <- fit_clinical(d, c("old", "high"), c("ERBB2", "T cells (CD8)"), moderator = "hr")
  expect_equal(nrow(x), 20)
  one <- fit_interaction(d, "old", "T cells (CD8)", "hr", per_sd = FALSE)
  asked <- c(1, 2, 4) # the moderator alone is read at exposure 0 here, at the mean there
  expect_equal(x$estimate[5 + asked], one$estimate[asked])
  model <- glm(old ~ `T cells (CD8)` * hr, binomial, d,
    control = glm.control(epsilon = 1e-14, maxit = 100))
  expect_equal(log(x$estimate[8]), unname(coef(model)[3]), tolerance = 1e-8)
})

test_that("a moderator with one level left is an empty level", {
  d <- study_frame()
  d$high[d$hr == "negative"] <- NA
  x <- fit_interaction(d, "high", "ERBB2", "hr")
  expect_equal(her2stats:::flag_code(x$flag), c("empty level", "", rep("empty level", 3)))
  alone <- fit_logistic(d, "high", "ERBB2", by = "hr")[2, ]
  expect_equal(x[2, c("estimate", "std_error", "n", "n_missing")],
    alone[, c("estimate", "std_error", "n", "n_missing")])
})
