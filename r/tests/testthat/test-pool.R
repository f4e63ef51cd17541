pairs <- function(estimate, std_error) {
  data.frame(
    stratum = "all", outcome = "m1", term = "her2", cohort = letters[seq_along(estimate)],
    estimate = estimate,
    std_error = std_error, n = 100, measure = "odds_ratio"
  )
}

test_that("two equal cohorts give their own odds ratio with a smaller error", {
  found <- pool(pairs(c(0.5, 0.5), c(0.2, 0.2)))
  expect_equal(found$estimate, 0.5)
  expect_equal(found$std_error, 0.2 / sqrt(2)) # never surer than with known variances
  expect_true(is.na(found$df))
  expect_match(found$flag, "^few degrees of freedom")
  expect_equal(found$tau2, 0)
  expect_equal(found$n, 200L)
})

test_that("random effects are less sure than a fixed effect where cohorts differ", {
  rows <- pairs(c(0.3, 1.2, 0.8), c(0.1, 0.15, 0.2))
  expect_gt(pool(rows)$std_error, pool(rows, "fixed")$std_error)
  expect_equal(pool(rows, "fixed")$std_error, 1 / sqrt(sum(1 / rows$std_error^2)))
})

test_that("what a term is is carried over, a second test left out, and nothing else is pooled", {
  rows <- transform(pairs(c(0.5, 0.5), c(0.2, 0.2)), role = "exposure", variable = "her2",
    measure = "odds_ratio")
  found <- pool(rbind(rows, transform(rows, term = "lr", measure = "second_test")))
  expect_equal(as.data.frame(found)[c("term", "role", "variable", "level")], data.frame(
    term = "her2", role = "exposure", variable = "her2", level = ""
  ))
  expect_error(pool(transform(rows, measure = "shift")), "'shift' cannot be pooled")
})

test_that("an odds ratio of 0 is none", {
  found <- pool(pairs(c(0.5, 0.5, 0), c(0.2, 0.2, 0.2)))
  expect_equal(found$k, 2)
})

test_that("fewer than two cohorts are flagged", {
  found <- pool(pairs(c(0.5, NA), c(0.2, NA)))
  expect_match(found$flag, "^not estimable")
  expect_true(is.na(found$estimate))
})

test_that("the variance between cohorts is at the highest restricted likelihood", {
  b <- c(-0.6, -0.2, -0.75, 0.3)
  v <- c(0.24, 0.27, 0.13, 0.2)^2
  loglik <- function(t) {
    w <- 1 / (v + t)
    sum(log(w)) / 2 - log(sum(w)) / 2 - sum(w * (b - weighted.mean(b, w))^2) / 2
  }
  found <- pool(pairs(exp(b), sqrt(v)))
  expect_equal(found$tau2, optimize(loglik, c(0, 2), maximum = TRUE, tol = 1e-9)$maximum,
    tolerance = 1e-5)
  w <- 1 / (v + found$tau2)
  expect_equal(found$std_error^2, sum(w * (b - weighted.mean(b, w))^2) / 3 / sum(w))
  expect_equal(found$df, 3)
  expect_equal(log(found$pi_high),
    log(found$estimate) + qt(0.975, 2) * sqrt(found$tau2 + 1 / sum(w)))
})

test_that("correlations are pooled on Fisher's z", {
  rows <- transform(pairs(c(0.2, 0.4, 0.3), c(0.1, 0.1, 0.1)), measure = "rho")
  expect_equal(pool(rows, "fixed")$estimate, tanh(mean(atanh(c(0.2, 0.4, 0.3)))))
})
