# Writes reference_2x2.csv: odds ratios and limits of 2 x 2 tables as R gives them.
# Rscript --vanilla tests/published/exact/reference_2x2.R > tests/published/exact/reference_2x2.csv
suppressMessages(library(MASS))
tables <- rbind(c(23, 13, 36, 14), c(9, 23, 17, 22), c(5, 40, 30, 8), c(1, 19, 7, 25), c(60, 45, 33, 70), c(3, 3, 4, 2))
cat("a,b,c,d,method,estimate,conf_low,conf_high\n")
for (i in seq_len(nrow(tables))) {
  x <- tables[i, ]
  row <- function(method, estimate, limits) {
    cat(sprintf("%d,%d,%d,%d,%s,%.10g,%.10g,%.10g\n", x[1], x[2], x[3], x[4], method, estimate, limits[1], limits[2]))
  }
  data <- data.frame(y = c(1, 0, 1, 0), g = c(1, 1, 0, 0), w = x)
  fit <- glm(y ~ g, binomial, data, weights = w, epsilon = 1e-14)
  b <- coef(fit)[["g"]]
  row("Wald", exp(b), exp(confint.default(fit)["g", ]))
  row("profile likelihood", exp(b), exp(suppressMessages(confint(fit))["g", ]))
  exact <- fisher.test(matrix(x, 2, byrow = TRUE))
  row("exact conditional (Fisher)", exact$estimate, exact$conf.int)
}
