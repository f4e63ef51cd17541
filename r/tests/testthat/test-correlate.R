test_that("rho, t and p are those of cor.test without exactness", {
  d <- study_frame()
  x <- correlate(d, "ERBB2", c("T cells (CD8)", "age"), by = "hr")
  one <- d[d$hr == "positive", ]
  test <- suppressWarnings(cor.test(one$ERBB2, one$age, method = "spearman", exact = FALSE))
  expect_equal(x$estimate[4], unname(test$estimate))
  expect_equal(x$p_value[4], test$p.value, tolerance = 1e-9)
  expect_equal(x$df, x$n - 2)
})

test_that("Bonett and Wright's limits give the printed interval at n = 318", {
  limits <- her2stats:::spearman_limits(list(rho = -0.44), 318, "bonett-wright", 0.95)
  expect_equal(round(c(limits$low, limits$high), 2), c(-0.53, -0.34))
})

test_that("each convention has its own standard error", {
  m <- list(rho = 0.3)
  se <- function(ci) her2stats:::spearman_limits(m, 50, ci, 0.95)$std_error
  expect_equal(se("fieller"), sqrt(1.06 / 47))
  expect_equal(se("fisher"), se("sas"))
  expect_equal(se("caruso-cliff"), sqrt(1 / 48 + atanh(0.3) / (300 + 4 * sqrt(50))))
  expect_true(is.na(se("bootstrap")))
})

test_that("an unknown convention is refused, and none is guessed from its beginning", {
  d <- study_frame(20)
  expect_error(correlate(d, "ERBB2", "age", ci = "fischer"),
    "'fischer' is not a choice; use one of 'bonett-wright'")
  expect_error(correlate(d, "ERBB2", "age", ci = "fish"), "is not a choice")
})

test_that("only PROC CORR takes a bias off z", {
  middle <- function(ci) {
    limits <- her2stats:::spearman_limits(list(rho = 0.5), 6, ci, 0.9)
    mean(atanh(c(limits$low, limits$high)))
  }
  for (ci in c("bonett-wright", "fieller", "caruso-cliff", "fisher")) {
    expect_equal(middle(ci), atanh(0.5))
  }
  expect_equal(middle("sas"), atanh(0.5) - 0.5 / 10)
})

test_that("degenerate pairs are flagged", {
  code <- function(x, y) her2stats:::flag_code(correlate(data.frame(x, y), "x", "y")$flag)
  expect_equal(code(1:3, c(2, 1, 3)), "too few observations")
  expect_equal(code(1:5, rep(1, 5)), "constant outcome")
  expect_equal(code(rep(1, 5), 1:5), "constant exposure")
  expect_equal(code(1:5, 5:1), "perfect correlation")
  expect_equal(code(1:5, rep(NA_real_, 5)), "missing variable")
})
