# What base R, MASS and emmeans say about a frame: one line a number, "key<TAB>value".
# Called by test_against_r.py with the path of a csv file; knows nothing of this project's own R package.

suppressMessages({
  library(MASS)
  library(emmeans)
})
d <- read.csv(commandArgs(TRUE)[1], colClasses = c(hr = "character", her2_ihc = "character", pam50 = "character"))
d$hr <- factor(d$hr, levels = c("negative", "positive"))
d$her2_ihc <- factor(d$her2_ihc, levels = c("0", "1+", "2+"))
d$pam50 <- factor(d$pam50)
say <- function(key, values) cat(sprintf("%s\t%.17g\n", paste0(key, seq_along(values)), as.numeric(values)), sep = "")

rho <- suppressWarnings(cor.test(d$her2, d$cd8, method = "spearman", exact = FALSE))
say("spearman", c(rho$estimate, 2 * pt(-abs(rho$estimate * sqrt((nrow(d) - 2) / (1 - rho$estimate^2))), nrow(d) - 2)))

for (y in c("plasma", "cd8")) {
  halves <- list(all = seq_len(nrow(d)), few = 1:60)
  for (part in names(halves)) {
    values <- split(d[[y]][halves[[part]]], d$hr[halves[[part]]])
    test <- suppressWarnings(wilcox.test(values$positive, values$negative, conf.int = TRUE))
    exact <- grepl("exact", test$method)
    say(paste("wilcoxon", y, part, ""), c(test$statistic, test$p.value, exact, if (exact) c(test$conf.int, test$estimate)))
  }
}
counts <- table(d$hr, d$cd8_high)
say("chi", unlist(chisq.test(counts, correct = FALSE)[c("statistic", "p.value")]))
say("fisher", fisher.test(counts)$p.value)

d$per_sd <- d$her2 / sd(d$her2)
formula <- cd8_high ~ per_sd + age + pam50
tight <- glm(formula, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100))
tight <- glm(formula, binomial, d, start = coef(tight), control = glm.control(epsilon = 1e-14, maxit = 100))
loose <- glm(formula, binomial, d)
say("logit", coef(tight)[-1])
say("logit error", sqrt(diag(vcov(tight)))[-1])
say("logit loose error", sqrt(diag(vcov(loose)))[-1])
say("logit wald", exp(confint.default(tight)[-1, ]))
say("logit profile", exp(suppressMessages(confint(tight)))[-1, ])
both <- glm(cd8_high ~ per_sd * hr, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100))
either <- glm(cd8_high ~ per_sd + hr, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100))
say("ratio", both$null.deviance - both$deviance - (either$null.deviance - either$deviance))

for (holes in c("full", "empty")) {
  e <- if (holes == "full") d else d[!(d$hr == "negative" & d$her2_ihc == "2+"), ]
  fit <- lm(plasma ~ (hr + her2_ihc + her2)^2 + age + pam50 + hr:age, e)
  for (w in c("equal", "proportional", "outer", "cells")) {
    for (by in c("1", "hr", "her2_ihc")) {
      specs <- as.formula(paste("~", by))
      slope <- suppressMessages(as.data.frame(emtrends(fit, specs, var = "her2", weights = w)))
      level <- suppressMessages(as.data.frame(emmeans(fit, specs, weights = w, at = list(her2 = max(e$her2)))))
      key <- paste(holes, w, by, "")
      # estimate, SE, df and limits; the limits have another name where something is not estimable
      say(paste("slope", key), unlist(as.list(slope)[2:6]))
      say(paste("mean", key), unlist(as.list(level)[2:6]))
    }
  }
  if (holes == "full") {
    for (name in c("her2", "age")) e[[name]] <- e[[name]] - mean(e[[name]])
    summed <- list(hr = contr.sum, her2_ihc = contr.sum, pam50 = contr.sum)
    tests <- drop1(lm(formula(fit), e, contrasts = summed), . ~ ., test = "F")[-1, ]
    say("type iii", unlist(tests[c("F value", "Df", "Pr(>F)")]))
  }
}
