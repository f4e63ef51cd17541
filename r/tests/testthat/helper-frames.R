# Seeded frames shared by the tests.

study_frame <- function(n = 120, seed = 1) {
  set.seed(seed)
  d <- data.frame(
    ERBB2 = rnorm(n, 7, 1.5), age = round(rnorm(n, 55, 10)),
    grade = sample(c("I", "II", "III"), n, TRUE),
    hr = factor(sample(c("negative", "positive"), n, TRUE, c(0.3, 0.7))),
    her2_ihc = factor(sample(c("0", "1+", "2+"), n, TRUE))
  )
  d[["T cells (CD8)"]] <- rnorm(n) + 0.2 * d$ERBB2
  d$high <- rbinom(n, 1, plogis(0.4 * (d$ERBB2 - 7)))
  d
}

hr_and_ihc <- c("hr", "her2_ihc")
