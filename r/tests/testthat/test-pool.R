pairs <- function(estimate, std_error) {
  data.frame(
    stratum = "all", outcome = "m1", term = "her2", cohort = letters[seq_along(estimate)], estimate = estimate,
    std_error = std_error, n = 100
  )
}

test_that("two equal cohorts give their own odds ratio with a smaller error", {
  found <- pool(pairs(c(0.5, 0.5), c(0.2, 0.2)))
  expect_equal(found$estimate, 0.5)
  expect_equal(found$std_error, 0.2 / sqrt(2))
  expect_equal(found$tau2, 0)
  expect_equal(found$n, 200L)
})

test_that("random effects are less sure than a fixed effect where cohorts differ", {
  rows <- pairs(c(0.3, 1.2, 0.8), c(0.1, 0.15, 0.2))
  expect_gt(pool(rows)$std_error, pool(rows, "fixed")$std_error)
  expect_equal(pool(rows, "fixed")$std_error, 1 / sqrt(sum(1 / rows$std_error^2)))
})

test_that("what a term is is carried over, a second test left out, and nothing else is pooled", {
  rows <- transform(pairs(c(0.5, 0.5), c(0.2, 0.2)), role = "exposure", variable = "her2", measure = "odds_ratio")
  found <- pool(rbind(rows, transform(rows, term = "lr", measure = "second_test")))
  expect_equal(as.data.frame(found)[c("term", "role", "variable", "level")], data.frame(
    term = "her2", role = "exposure", variable = "her2", level = ""
  ))
  expect_error(pool(transform(rows, measure = "rho")), "'rho' cannot be pooled")
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
