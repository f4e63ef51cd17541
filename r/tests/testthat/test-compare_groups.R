test_that("W, p, shift and limits are those of wilcox.test where it is exact", {
  set.seed(2)
  d <- data.frame(y = rnorm(30), g = rep(c("a", "b"), c(12, 18)))
  x <- compare_groups(d, "y", "g")
  test <- wilcox.test(d$y[d$g == "b"], d$y[d$g == "a"], conf.int = TRUE)
  expect_equal(c(x$statistic, x$p_value, x$estimate),
    unname(c(test$statistic, test$p.value, test$estimate)))
  expect_equal(c(x$conf_low, x$conf_high), as.vector(test$conf.int))
  expect_equal(x$superiority, x$statistic / (12 * 18))
})

test_that("ties or fifty rows bring the normal approximation, with correction", {
  set.seed(3)
  d <- data.frame(y = round(rnorm(40), 1), g = rep(c("a", "b"), 20))
  x <- compare_groups(d, "y", "g")
  test <- suppressWarnings(wilcox.test(y ~ relevel(factor(g), "b"), d, exact = FALSE,
    correct = TRUE))
  expect_equal(x$p_value, test$p.value)
})

test_that("proportions: chi-squared without correction, Fisher beside it when a count is small", {
  d <- data.frame(y = rep(c(0, 1, 0, 1), c(8, 0, 6, 6)), g = rep(c("a", "b"), c(8, 12)))
  x <- compare_groups(d, "y", "g")
  expect_equal(x$term, c("g", "g (Fisher exact)"))
  expect_equal(x$statistic[1],
    unname(suppressWarnings(chisq.test(table(d$g, d$y), correct = FALSE)$statistic)))
  expect_equal(x$p_value[2], fisher.test(table(d$g, d$y))$p.value)
  expect_equal(x$estimate[1], 0.5)
})

test_that("a group without two levels is an empty level", {
  d <- data.frame(y = 1:6, g = "a")
  expect_equal(her2stats:::flag_code(compare_groups(d, "y", "g")$flag), "empty level")
})
