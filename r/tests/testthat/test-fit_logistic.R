test_that("odds ratios are those of glm, per standard deviation of the cohort", {
  d <- study_frame()
  x <- fit_logistic(d, "high", "ERBB2", covariates = c("age", "grade"))
  d$ERBB2 <- d$ERBB2 / sd(d$ERBB2)
  model <- glm(high ~ ERBB2 + age + grade, binomial, d,
    control = glm.control(epsilon = 1e-14, maxit = 100))
  wald <- confint.default(model)
  expect_equal(x$term, c("ERBB2", "age", "grade[II]", "grade[III]"))
  expect_equal(x$estimate, unname(exp(coef(model))[-1]), tolerance = 1e-9)
  expect_equal(x$std_error, unname(summary(model)$coefficients[-1, 2]), tolerance = 1e-7)
  expect_equal(x$conf_low, unname(exp(wald[-1, 1])), tolerance = 1e-7)
  expect_equal(x$n_events, rep(sum(d$high), 4))
})

test_that("strata use their own rows, and the standard deviation that was asked for", {
  d <- study_frame()
  cohort <- fit_logistic(d, "high", "ERBB2", by = "hr")
  own <- fit_logistic(d, "high", "ERBB2", by = "hr", sd = "stratum")
  expect_equal(cohort$stratum, c("hr=negative", "hr=positive"))
  inside <- d$ERBB2[d$hr == "positive"]
  expect_equal(log(own$estimate[2]) / log(cohort$estimate[2]), sd(inside) / sd(d$ERBB2))
})

test_that("profile limits are where the deviance has risen by the quantile", {
  d <- study_frame()
  x <- fit_logistic(d, "high", "ERBB2", per_sd = FALSE, ci = "profile")
  model <- glm(high ~ ERBB2, binomial, d, control = glm.control(epsilon = 1e-14))
  for (limit in log(c(x$conf_low, x$conf_high))) {
    held <- glm(high ~ 1, binomial, d, offset = limit * ERBB2,
      control = glm.control(epsilon = 1e-14))
    expect_equal(deviance(held) - deviance(model), qchisq(0.95, 1), tolerance = 1e-9)
  }
})

test_that("a poor start does not send the profile to a wrong maximum", {
  set.seed(1)
  n <- 343
  d <- data.frame(
    h = rbinom(n, 1, 0.4), x = rnorm(n, 7, 2),
    hr = factor(sample(c("neg", "pos"), n, TRUE, c(0.2, 0.8)))
  )
  x <- fit_interaction(d, "h", "x", "hr", per_sd = FALSE, ci = "profile")
  expect_equal(x$conf_low[1], 0.8104404, tolerance = 1e-6)
})

test_that("what has no finite odds ratio is flagged, with its counts", {
  d <- data.frame(y = c(0, 0, 0, 1, 1, 1), x = 1:6, z = c(1, 1, 2, 2, 3, 3), k = 5, two = 2 * (1:6))
  code <- function(...) her2stats:::flag_code(fit_logistic(...)$flag)[1]
  expect_equal(code(d, "y", "x"), "separation")
  expect_equal(code(transform(d, y = 1), "y", "x"), "constant outcome")
  expect_equal(code(d, "y", "k"), "constant exposure")
  expect_equal(code(transform(d, x = NA_real_), "y", "x"), "missing variable")
  expect_equal(code(d, "y", "x", covariates = "two"), "rank deficient")
  expect_equal(fit_logistic(d, "y", "x")$n, 6)
  expect_true(is.na(fit_logistic(d, "y", "x")$estimate))
})

test_that("a zero cell is separation, though glm converges without a word", {
  d <- data.frame(y = rep(c(0, 1, 0), c(8, 6, 6)), x = rep(c(0, 1), c(8, 12)))
  expect_equal(her2stats:::flag_code(fit_logistic(d, "y", "x")$flag), "separation")
})

test_that("rows are dropped for missing values of the model's own variables only, and counted", {
  d <- study_frame()
  d$ERBB2[1:3] <- NA
  d$age[4] <- NA
  expect_equal(fit_logistic(d, "high", "ERBB2")$n_missing, 3)
  expect_equal(fit_logistic(d, "high", "ERBB2", covariates = "age")$n_missing, c(4, 4))
})

test_that("the order of the rows changes no bit", {
  d <- study_frame()
  shuffled <- d[sample(nrow(d)), ]
  expect_identical(fit_logistic(d, "high", "ERBB2"), fit_logistic(shuffled, "high", "ERBB2"))
})

test_that("bad input is told in one sentence", {
  d <- study_frame()
  expect_error(fit_logistic(d, "high", "ERBB3"), "column missing from the data: 'ERBB3'")
  expect_error(fit_logistic(d, "age", "ERBB2"), "is not 0/1")
  expect_error(fit_logistic(d, "high", "grade"), "holds text, not numbers")
})
