test_that("the certificate agrees with what the fit does on small integer designs", {
  set.seed(4)
  for (i in 1:200) {
    n <- sample(6:25, 1)
    X <- cbind(1, sample(0:2, n, TRUE), sample(0:2, n, TRUE))
    y <- rbinom(n, 1, 0.5)
    if (length(unique(y)) < 2 || qr(X)$rank < 3) next
    fit <- suppressWarnings(glm.fit(X, y, family = binomial(), control = glm.control(1e-14, 200)))
    expect_identical(her2stats:::is_separated(X, y), max(abs(fit$linear.predictors)) > 12)
  }
})
