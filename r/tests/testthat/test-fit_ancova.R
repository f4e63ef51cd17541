test_that("Type III tests are drop1 with sum-to-zero contrasts and a centred score", {
  d <- study_frame()
  x <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, quantity = "tests")
  d$y <- d[["T cells (CD8)"]]
  d$s <- d$ERBB2 - mean(d$ERBB2)
  model <- lm(y ~ (hr + her2_ihc + s)^2, d,
    contrasts = list(hr = "contr.sum", her2_ihc = "contr.sum"))
  dropped <- drop1(model, . ~ ., test = "F")
  expect_equal(x$term, c("hr", "her2_ihc", "ERBB2", "hr:her2_ihc", "hr:ERBB2", "her2_ihc:ERBB2"))
  expect_equal(x$statistic, dropped[["F value"]][-1], tolerance = 1e-9)
  expect_equal(x$p_value, dropped[["Pr(>F)"]][-1], tolerance = 1e-9)
})

test_that("the marginal slope is emtrends', and its test the Type III test of the centred score", {
  d <- study_frame()
  x <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, covariates = "age")
  model <- lm(`T cells (CD8)` ~ (hr + her2_ihc + ERBB2)^2 + age, d)
  trend <- as.data.frame(suppressMessages(emmeans::emtrends(model, ~1, var = "ERBB2", data = d)))
  expect_equal(x$estimate[1], trend$ERBB2.trend, tolerance = 1e-8)
  expect_equal(x$std_error[1], trend$SE, tolerance = 1e-8)
  tests <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, covariates = "age",
    quantity = "tests")
  expect_equal(x$statistic[1]^2, tests$statistic[tests$term == "ERBB2"], tolerance = 1e-8)
})

test_that("curves are emmeans' for every kind of weights", {
  d <- study_frame()
  model <- lm(`T cells (CD8)` ~ (hr + her2_ihc + ERBB2)^2, d)
  places <- seq(min(d$ERBB2), max(d$ERBB2), length.out = 5)
  for (weights in c("equal", "proportional", "outer", "cells")) {
    x <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, quantity = "curve", points = 5,
      weights = weights)
    mean <- as.data.frame(suppressMessages(
      emmeans::emmeans(model, ~ ERBB2 | hr, at = list(ERBB2 = places), weights = weights, data = d)
    ))
    mine <- x[x$stratum %in% c("hr=negative", "hr=positive"), ]
    expect_equal(mine$estimate, mean$emmean, tolerance = 1e-9)
    expect_equal(mine$conf_high, mean$upper.CL, tolerance = 1e-9)
    expect_equal(mine$at, rep(places, 2))
  }
})

test_that("a 0/1 covariate is a number at its mean, not two levels", {
  d <- study_frame()
  d$old <- as.numeric(d$age > 60)
  x <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, covariates = "old", quantity = "curve",
    points = 2)
  model <- lm(`T cells (CD8)` ~ (hr + her2_ihc + ERBB2)^2 + old, d)
  new <- expand.grid(
    hr = levels(d$hr), her2_ihc = levels(d$her2_ihc), ERBB2 = min(d$ERBB2), old = mean(d$old)
  )
  expect_equal(x$estimate[1], mean(predict(model, new)), tolerance = 1e-9)
})

test_that("an empty cell: main effects not estimable, the interaction with what df it has", {
  d <- study_frame()
  d <- d[!(d$hr == "negative" & d$her2_ihc == "2+"), ]
  x <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, quantity = "tests")
  codes <- setNames(her2stats:::flag_code(x$flag), x$term)
  expect_equal(unname(codes[c("hr", "her2_ihc", "hr:her2_ihc", "ERBB2")]), c(
    "not estimable", "not estimable", "rank deficient", ""
  ))
  expect_equal(x$df[x$term == "hr:her2_ihc"], 1)
  curve <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, quantity = "curve", points = 2)
  expect_equal(unique(curve$flag[curve$stratum == "hr=positive"]), "")
  expect_equal(unique(her2stats:::flag_code(curve$flag[curve$stratum == "all"])), "not estimable")
  slopes <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc)
  expect_equal(unique(slopes$flag), "")
})

test_that("a level that no row has is flagged and the rest is fitted", {
  d <- study_frame()
  levels(d$her2_ihc) <- c("0", "1+", "2+")
  d <- d[d$her2_ihc != "2+", ]
  x <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc)
  expect_equal(her2stats:::flag_code(x$flag[x$stratum == "her2_ihc=2+"]), "empty level")
  expect_false(is.na(x$estimate[1]))
})

test_that("extra terms are products of the model's variables", {
  d <- study_frame()
  x <- fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, covariates = "age",
    extra_terms = "age:hr", quantity = "tests")
  expect_true("hr:age" %in% x$term)
  expect_error(fit_ancova(d, "T cells (CD8)", "ERBB2", hr_and_ihc, extra_terms = "hr:age"),
    "not a product")
})
