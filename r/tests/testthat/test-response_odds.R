test_that("the paper's response table: 36/50 against 23/36", {
  d <- data.frame(pcr = rep(c(1, 0, 1, 0), c(36, 14, 23, 13)), g = rep(c("HER2-0", "HER2-low"), c(50, 36)))
  x <- response_odds(d, "pcr", "g", reference = "HER2-0")
  expect_equal(round(c(x$estimate, x$conf_low, x$conf_high), 3), c(0.688, 0.275, 1.724))
  expect_equal(c(x$n_reference, x$n_events_reference, x$n_comparison, x$n_events_comparison), c(50, 36, 36, 23))
})

test_that("only the level with a zero cell is flagged", {
  d <- data.frame(y = c(0, 1, 0, 1, 0, 0, 0, 1, 1), g = rep(c("a", "b", "c"), each = 3))
  d$y[4:6] <- 0
  x <- response_odds(d, "y", "g", reference = "a")
  expect_equal(her2stats:::flag_code(x$flag), c("separation", ""))
})
