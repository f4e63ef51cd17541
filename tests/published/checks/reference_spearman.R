# Writes reference_spearman.csv: rho and the p-value that R's cor.test gives it without ties.
# Rscript --vanilla tests/published/checks/reference_spearman.R > tests/published/checks/reference_spearman.csv
set.seed(1)
cat("n,rho,p\n")
for (n in c(10, 12, 15, 20, 40, 80, 200, 1000)) {
  for (slope in c(-0.6, -0.2, 0, 0.1, 0.5)) {
    x <- rnorm(n)
    test <- cor.test(x, slope * x + rnorm(n), method = "spearman", exact = TRUE)
    cat(sprintf("%d,%.15g,%.10g\n", n, test$estimate, test$p.value))
  }
}
