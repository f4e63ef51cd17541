test_that("the paper's response table: 36/50 against 23/36", {
  d <- data.frame(pcr = rep(c(1, 0, 1, 0), c(36, 14, 23, 13)),
    g = rep(c("HER2-0", "HER2-low"), c(50, 36)))
  x <- response_odds(d, "pcr", "g", reference = "HER2-0")
  expect_equal(round(c(x$estimate, x$conf_low, x$conf_high), 3), c(0.688, 0.275, 1.724))
  expect_equal(c(x$n_reference, x$n_events_reference, x$n_comparison, x$n_events_comparison),
    c(50, 36, 36, 23))
})

test_that("only the level with a zero cell is flagged", {
  d <- data.frame(y = c(0, 1, 0, 1, 0, 0, 0, 1, 1), g = rep(c("a", "b", "c"), each = 3))
  d$y[4:6] <- 0
  x <- response_odds(d, "y", "g", reference = "a")
  expect_equal(her2stats:::flag_code(x$flag), c("separation", ""))
})

test_that("strata, covariates and the difference of shares", {
  d <- data.frame(
    y = rep(c(1, 0, 1, 0, 1, 0, 1, 0), c(9, 11, 8, 12, 3, 20, 7, 30)),
    g = rep(c("a", "b", "a", "b"), c(20, 20, 23, 37)),
    hr = rep(c("negative", "positive"), c(40, 60))
  )
  by <- response_odds(d, "y", "g", reference = "a", by = "hr")
  expect_equal(by$stratum, c("hr=negative", "hr=positive"))
  expect_equal(by$estimate, c((8 / 12) / (9 / 11), (7 / 30) / (3 / 20)), tolerance = 1e-8)
  adjusted <- response_odds(d, "y", "g", reference = "a", covariates = "hr")
  expect_equal(adjusted$estimate, unname(exp(coef(glm(y ~ g + hr, binomial, d))["gb"])),
    tolerance = 1e-8)
  expect_equal(adjusted$risk_difference, 15 / 57 - 12 / 43)
  expect_true(adjusted$rd_low < adjusted$risk_difference &&
    adjusted$risk_difference < adjusted$rd_high)
})
