test_that("the least correlation is the printed rule, and strata cost tumours", {
  expect_equal(power_correlation(63)$effect, tanh((qnorm(0.975) + qnorm(0.8)) * sqrt(1.06 / 60)),
    tolerance = 1e-5)
  expect_equal(power_correlation(100, strata = 2)$effect, power_correlation(99)$effect)
  expect_equal(power_correlation(power_correlation(rho = 0.2)$n, 0.2)$power >= 0.8, TRUE)
  expect_error(power_correlation(), "two of n, effect and power")
  expect_error(power_correlation(50, 1), "no meaning")
  expect_error(power_correlation(50, alpha = 0), "alpha")
})

test_that("response has a least odds ratio on each side, or says that it has none", {
  found <- power_response(585, share = 0.3, split = c(272, 313))
  expect_equal(found$power, c(0.8, 0.8))
  expect_true(found$effect[1] < 1 && found$effect[2] > 1)
  expect_match(power_response(30, share = 0.1)$flag, "^not estimable: no effect on this side")
  expect_match(power_response(72, share = c(0.1, 0.3), split = rbind(c(20, 30), c(10, 12)))$flag[2],
    "below 5")
})

test_that("printed E-values come out", {
  expect_equal(unname(e_value(10.73, 8.02, 14.36, measure = "risk_ratio")[2:3]),
    c(20.94777, 15.52336), tolerance = 1e-6)
  expect_equal(e_value(1.02, 0.7, 1.5)[["e_value_limit"]], 1)
  expect_error(e_value(-1), "is no odds_ratio")
  expect_error(e_value(2, 3, 1), "outside its interval")
})

test_that("printed corrections for misreading come out, and impossible ones have no number", {
  d <- data.frame(her2 = rep(c("low", "0", "low", "0"), c(215, 1449, 668, 4296)),
    pcr = rep(c(1, 0), c(1664, 4964)))
  odds <- response_odds(d, "pcr", "her2", reference = "0")
  found <- bias_ihc(odds, c(0.78, 0.9), c(0.99, 0.8))
  expect_equal(unlist(found[2, c("estimate", "conf_low", "conf_high")], use.names = FALSE),
    c(0.9491, 0.7896, 1.1408),
    tolerance = 1e-4
  )
  expect_true(all(is.na(found$estimate[found$specificity == 0.8])))
  expect_match(found$flag[found$specificity == 0.8], "refute")
  d$hr <- rep(c("a", "b", "b"), length.out = nrow(d))
  d$hr[d$her2 == "low"][1:200] <- "b"
  expect_error(bias_ihc(response_odds(d, "pcr", "her2", reference = "0", covariates = "hr")),
    "not that of its counts")
  expect_error(bias_ihc(odds, kappa = 2), "at most 1")
})
