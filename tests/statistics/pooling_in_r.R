# Pooling as a linear model with known variances: P = W - W X (X'WX)^-1 X'W, the general method of moments.
input <- read.csv(commandArgs(trailingOnly = TRUE)[1])
y <- log(input$estimate)
v <- input$std_error^2
x <- matrix(1, length(y), 1)
pool <- function(v) {
  w <- diag(1 / v)
  variance <- solve(t(x) %*% w %*% x)
  list(b = drop(variance %*% t(x) %*% w %*% y), se = sqrt(drop(variance)), p = w - w %*% x %*% variance %*% t(x) %*% w)
}
fixed <- pool(v)
q <- drop(t(y) %*% fixed$p %*% y)
df <- length(y) - 1
tau2 <- max(0, (q - df) / sum(diag(fixed$p)))
random <- pool(v + tau2)
row <- function(fit) {
  c(exp(fit$b), fit$se, exp(fit$b - qnorm(0.975) * fit$se), exp(fit$b + qnorm(0.975) * fit$se),
    fit$b / fit$se, 2 * pnorm(-abs(fit$b / fit$se)))
}
heterogeneity <- c(q, pchisq(q, df, lower.tail = FALSE), max(0, (q - df) / q), tau2)
for (value in c(row(fixed), heterogeneity, row(random), heterogeneity)) cat(sprintf("%.17g\n", value))
