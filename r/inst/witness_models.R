# The estimators of the witness, written from the methods: association, odds ratios, covariance
# analysis, pooling. Each adds rows of numbers to `rows`; `witness.R` beside it asks the
# questions.

## ---- 5. Association -----------------------------------------------------------------------------
rows <- list()
# `family`: corrected together, NA for none
row <- function(table, stratum, outcome, term, family, ...) {
  family <- if (!is.na(family)) paste(table, family)
  about <- list(table = table, stratum = stratum, outcome = outcome, term = term, family = family)
  rows[[length(rows) + 1]] <<- c(about, ...)
}
level <- as.numeric(one("analysis", "conf_level"))
z <- qnorm(0.5 + level / 2)
# what the data cannot give
no <- function(names) sapply(strsplit(names, " ")[[1]], function(name) list(NaN))
constant <- function(x) length(unique(x)) < 2
has <- function(d, v) v %in% names(d) && !constant(d[[v]][!is.na(d[[v]])])
strata <- function(d, by) {
  if (is.null(by)) list(all = d) else setNames(split(d, d[[by]]), paste0(by, "=", levels(d[[by]])))
}

# may be of the stratum: counted as missing
unplaced <- function(d, by) if (is.null(by)) 0 else sum(is.na(d[[by]]))

interval <- function(rho, n) {  # on Fisher's z
  ci <- one("analysis", "correlation_ci")
  variance <- switch(ci, "bonett-wright" = (1 + rho^2 / 2) / (n - 3), "fieller" = 1.06 / (n - 3),
                     "caruso-cliff" = 1 / (n - 2) + abs(atanh(rho)) / (6 * n + 4 * sqrt(n)),
                     "sas" = , "fisher" = 1 / (n - 3), NA)  # the bootstrap is not seen
  bias <- if (ci == "sas") rho / (2 * (n - 1)) else 0
  limits <- tanh(atanh(rho) - bias + c(-1, 1) * z * sqrt(variance))
  list(estimate = rho, std_error = sqrt(variance), conf_low = limits[1], conf_high = limits[2])
}
spearman <- function(table, d, x, y, by = NULL, family = "") {
  for (s in names(strata(d, by))) {
  e <- strata(d, by)[[s]]
  ok <- complete.cases(e[c(x, y)])
  n <- sum(ok)
  a <- rank(digits(e[[x]][ok]))
  b <- rank(digits(e[[y]][ok]))
  found <- no("estimate std_error conf_low conf_high statistic p_value")
  if (n >= 4 && !constant(a) && !constant(b)) {
    rho <- cor(a, b)
    t <- rho * sqrt((n - 2) / (1 - rho^2))
    found <- c(interval(rho, n), statistic = t, df = n - 2, p_value = 2 * pt(-abs(t), n - 2))
  }
  row(table, s, y, x, paste(family, s), found, measure = "rho", n = n,
    n_missing = sum(!ok) + unplaced(d, by))
}
}
# ranks within the receptor groups, presence as it is; van Elteren's test
given_receptor <- function(d, x, y, family, into = "correlation_given_hr") {
  ok <- complete.cases(d[c(x, y, "hr")])
  parts <- lapply(split(d[ok, c(x, y)], d$hr[ok], drop = TRUE), function(part) {
    share <- function(v) rank(digits(v)) / (length(v) + 1)
    present <- all(d[[y]][ok] %in% c(0, 1))
    u <- share(part[[x]]) - 0.5
    v <- if (present) part[[y]] - mean(part[[y]]) else share(part[[y]]) - 0.5
    c(uu = sum(u^2), vv = sum(v^2), uv = sum(u * v),
      variance = sum(u^2) * sum(v^2) / max(1, length(u) - 1))
  })
  total <- Reduce(`+`, parts)
  free <- sum(ok) - (length(parts) - 1)
  found <- no("estimate std_error conf_low conf_high statistic p_value")
  if (free >= 4 && total[["uu"]] > 0 && total[["vv"]] > 0) {
    t <- total[["uv"]] / sqrt(total[["variance"]])
    rho <- total[["uv"]] / sqrt(total[["uu"]] * total[["vv"]])
    found <- c(interval(rho, free), statistic = t, p_value = 2 * pnorm(-abs(t)))
  }
  row(into, "all", y, x, family, found, measure = "rho", given = "hr", n = sum(ok),
    n_missing = sum(!ok))
}
# ranks of a score less those of a count, percent of all tumours that have both
ranks_apart <- function(d, x, y, by = NULL) {
  both <- complete.cases(d[c(x, y)])
  d$apart <- NA
  share <- function(v) 100 * rank(digits(d[[v]][both])) / sum(both)
  d$apart[both] <- share(y) - share(x)
  for (s in names(strata(d, by))) {
    e <- strata(d, by)[[s]]
    v <- e$apart[!is.na(e$apart)]
    found <- no("estimate std_error conf_low conf_high statistic p_value rank_sd loa_low loa_high
      loa_error share_near")
    if (length(v) >= 4 && !constant(d[[x]][both]) && !constant(d[[y]][both])) {
      middle <- if (is.null(by)) 0 else mean(v)
      se <- sd(v) / sqrt(length(v))
      found <- list(estimate = middle, rank_sd = sd(v), loa_low = middle - z * sd(v),
        loa_high = middle + z * sd(v),
        loa_error = sd(v) * sqrt(1 / length(v) + z^2 / (2 * (length(v) - 1))),
        share_near = mean(abs(v) <= 25 * (1 + 1e-12)))
      if (!is.null(by) && se > 0) {
        reach <- qt(0.5 + level / 2, length(v) - 1) * se
        found <- c(found, list(std_error = se, conf_low = middle - reach,
          conf_high = middle + reach, statistic = middle / se, df = length(v) - 1,
          p_value = 2 * pt(-abs(middle / se), length(v) - 1)))
      }
    }
    row("pathologist", s, y, x, NA, found, measure = "rank_difference", n = length(v),
      n_missing = sum(is.na(e$apart)) + unplaced(d, by))
  }
}
# a pathologist's count beside scores and cell types
pathologist <- function(d, split, scores, immune, present) {
  for (count in Filter(function(v) has(d, v), said("count"))) {
    for (by in list(NULL, if (has(d, "hr")) "hr")[c(TRUE, has(d, "hr"))]) {
      for (t in c(scores, immune)) spearman("pathologist", d, count, t, by, count)
      for (t in present) two_groups("pathologist", split, count, t, by, count)
      for (t in immune) ranks_apart(d, count, t, by)
    }
    if (has(d, "hr")) for (t in c(scores, immune)) {
      given_receptor(d, count, t, paste(count, "given"), "pathologist")
    }
  }
}
two_groups <- function(table, d, y, group, by = NULL, family = "") {
  for (s in names(strata(d, by))) {
  e <- strata(d, by)[[s]]
  ok <- complete.cases(e[c(y, group)])
  v <- digits(e[[y]][ok])
  g <- factor(e[[group]][ok])
  binary <- all(d[[y]] %in% c(0, 1, NA))
  about <- list(n = length(v), n_missing = sum(!ok) + unplaced(d, by),
    n_events = if (binary) sum(v))
  add <- function(...) row(table, s, y, group, paste(family, s), about, ...)
  if (nlevels(g) != 2) {
    add(no("estimate p_value"))
    next
  }
  a <- v[as.integer(g) == 1]
  b <- v[as.integer(g) == 2]
  middle <- if (binary) mean else median
  about <- c(about, n_reference = length(a), n_comparison = length(b), value_reference = middle(a),
             value_comparison = middle(b))
  if (constant(v)) {
    add(no("estimate p_value"))
  } else if (!binary) {
    add(rank_sum(a, b))
  } else {
    counts <- rbind(c(sum(a), sum(1 - a)), c(sum(b), sum(1 - b)))
    add(proportions(mean(a), mean(b), length(a), length(b), counts))
    if (min(suppressWarnings(chisq.test(counts)$expected)) < 5) {
      fisher <- fisher.test(counts)$p.value
      row(table, s, y, paste(group, "(Fisher exact)"), NA, about[!grepl("value", names(about))],
        p_value = fisher)
    }
  }
}
}
# chi-squared without continuity correction, Wald limits
proportions <- function(p, q, m, n, counts) {
  se <- sqrt(p * (1 - p) / m + q * (1 - q) / n)
  if (se == 0) se <- NaN
  test <- suppressWarnings(chisq.test(counts, correct = FALSE))
  list(estimate = q - p, std_error = se, conf_low = q - p - z * se, conf_high = q - p + z * se,
       statistic = test$statistic[[1]], df = 1, p_value = test$p.value)
}
# Wilcoxon, exact below 50 without ties; Hodges-Lehmann from all differences
rank_sum <- function(a, b) {
  m <- length(a)
  n <- length(b)
  exact <- m < 50 && n < 50 && !anyDuplicated(c(a, b))
  test <- suppressWarnings(wilcox.test(b, a, exact = exact))
  k <- if (exact) {
    max(1, qwilcox((1 - level) / 2, m, n))
  } else {
    floor(m * n / 2 - z * sqrt(m * n * (m + n + 1) / 12))
  }
  # even the whole range is short of the level
  if (k < 1 || (exact && pwilcox(0, m, n) > (1 - level) / 2)) k <- NA
  differences <- sort(outer(b, a, "-"))
  limits <- if (is.na(k)) c(NaN, NaN) else differences[c(k, m * n + 1 - k)]
  list(estimate = median(differences), conf_low = limits[1], conf_high = limits[2],
    statistic = test$statistic[[1]],
       p_value = test$p.value, superiority = test$statistic[[1]] / (m * n))
}

## ---- 6. Models ----------------------------------------------------------------------------------
# of a log odds ratio; profile limits are not seen
wald <- function(b, se, ci = one("analysis", "odds_ratio_ci")) {
  limits <- if (ci == "wald") exp(b + c(-1, 1) * z * se) else c(NA, NA)
  list(estimate = exp(b), std_error = se, conf_low = limits[1], conf_high = limits[2],
    statistic = b / se,
       p_value = 2 * pnorm(-abs(b / se)))
}
no_odds <- no("estimate std_error conf_low conf_high statistic p_value")
# maximum likelihood to the last digit; the variance is that at the estimate itself
logit <- function(X, y) {
  fit <- suppressWarnings(glm.fit(X, y, family = binomial(),
    control = list(epsilon = 1e-14, maxit = 100)))
  p <- plogis(drop(X %*% fit$coefficients))
  v <- solve(crossprod(X * sqrt(p * (1 - p))))
  list(deviance = fit$deviance,
    odds = function(L) wald(sum(L * fit$coefficients), sqrt(drop(L %*% v %*% L))))
}
# not where a value of x divides events from the others: glm would "converge" all the same
can_fit <- function(x, y) {
  length(y) > 2 && !constant(y) && !constant(x) &&
    max(x[y == 1]) > min(x[y == 0]) && max(x[y == 0]) > min(x[y == 1])
}
# high abundance per SD of the exposure
logistic <- function(d, y, x, by = NULL, into = "odds_ratios", given = NULL) {
  for (s in names(strata(d, by))) {
  e <- strata(d, by)[[s]]
  unit <- sd((if (one("analysis", "sd") == "cohort") d else e)[[x]], na.rm = TRUE)
  ok <- complete.cases(e[c(x, y, given)])
  v <- (e[[x]][ok] - mean(e[[x]][ok])) / unit
  high <- e[[y]][ok]
  also <- if (length(given)) as.integer(e[[given]][ok])
  fits <- can_fit(v, high) && (is.null(also) || !constant(also))
  at <- c(0, 1, rep(0, length(given)))
  found <- if (fits) logit(cbind(1, v, also), high)$odds(at) else no_odds
  row(into, s, y, x, if (into == "odds_ratios") s else NA, found, n = sum(ok), n_events = sum(high),
    n_missing = sum(!ok) + unplaced(d, by))
}
}
# outcome ~ exposure * HR, in five rows
by_receptor <- function(table, d, outcome, exposure, unit, at_zero = FALSE) {
  ok <- complete.cases(d[c(outcome, exposure, "hr")])
  y <- d[[outcome]][ok]
  middle <- mean(d[[exposure]][ok])
  x <- (d[[exposure]][ok] - middle) / unit
  side <- as.integer(d$hr) - 1
  h <- side[ok]
  whole <- list(exposure = exposure, n = sum(ok), n_events = sum(y), n_missing = sum(!ok))
  fits <- sapply(0:1, function(l) can_fit(x[h == l], y[h == l]))
  joint <- all(fits) && length(y) > 4
  full <- if (joint) logit(cbind(1, x, h, x * h), y)
  read <- function(...) if (joint) full$odds(c(...)) else no_odds
  # there the types are one family a question
  one_family <- if (table == "clinical") outcome else ""
  # which is never corrected
  family <- function(name) if (table == "response_by_hr") NA else paste(one_family, name)
  for (l in 0:1) {  # one model; where it cannot be had, each level by itself, with its own counts
    own <- h == l
    about <- if (joint) whole else list(exposure = exposure, n = sum(own), n_events = sum(y[own]),
                                        n_missing = sum(side %in% c(l, NA)) - sum(own))
    found <- if (!joint && fits[l + 1]) {
      logit(cbind(1, x[own]), y[own])$odds(c(0, 1))
    } else {
      read(0, 1, 0, l)
    }
    row(table, paste0("hr=", levels(d$hr)[l + 1]), outcome, exposure, family(l), about, found)
  }
  positive <- paste0("hr[", levels(d$hr)[2], "]")
  # the receptor's own row: at low abundance, or at the mean exposure
  zero <- if (at_zero) -middle / unit else 0
  row(table, "all", outcome, positive, NA, whole, read(0, 0, 1, zero))
  product <- paste0(exposure, ":", positive)
  row(table, "all", outcome, product, family("product"), whole, read(0, 0, 0, 1))
  chi <- if (joint) logit(cbind(1, x, h), y)$deviance - full$deviance else NaN
  row(table, "all", outcome, paste(product, "(likelihood ratio)"), NA, whole, statistic = chi,
      df = 1 + 0 * chi, p_value = pchisq(chi, 1, lower.tail = FALSE))
}
# All pairs of the factors and the score, and the others beside them.
ancova <- function(into, d, outcome, score, factors, covariates = NULL, model = "") {
  vars <- c(factors, score, covariates)
  ok <- complete.cases(d[c(vars, outcome)])
  e <- droplevels(d[ok, ])
  y <- e[[outcome]]
  about <- list(n = sum(ok), n_missing = sum(!ok), model = model)
  terms <- c(as.list(vars), combn(c(factors, score), 2, simplify = FALSE))
  grouped <- vars[vapply(e[vars], is.factor, TRUE)]
  middle <- colMeans(e[setdiff(vars, grouped)])
  centre <- middle * (one("analysis", "centre") == "true")
  part <- function(v, g) {  # sum-to-zero contrasts of a factor; a number less its mean
    if (v %in% grouped) {
      contr.sum(nlevels(e[[v]]))[as.integer(g[[v]]), , drop = FALSE]
    } else {
      cbind(g[[v]] - centre[[v]])
    }
  }
  columns <- function(term, g) {
    first <- part(term[1], g)
    if (length(term) == 1) return(first)
    second <- part(term[2], g)
    do.call(cbind, lapply(seq_len(ncol(second)), function(j) first * second[, j]))
  }
  design <- function(g) cbind(1, do.call(cbind, lapply(terms, columns, g)))
  # by singular values, so that empty cells of HR x IHC are seen as lost rank
  decomposed <- function(X) {
    size <- sqrt(colSums(X^2))
    size[size == 0] <- 1
    s <- svd(sweep(X, 2, size, "/"), nv = ncol(X))
    r <- sum(s$d > 1e-7)
    u <- s$u[, 1:r, drop = FALSE]
    rss <- sum((y - mean(y) - u %*% crossprod(u, y - mean(y)))^2)
    list(size = size, r = r, u = u, v = s$v, d = s$d[1:r], rss = rss)
  }
  able <- length(y) > 1 && !constant(y) && !constant(e[[score]]) &&
    all(vapply(e[grouped], nlevels, 0L) > 1)
  if (able) {
    s <- decomposed(design(e))
    df <- length(y) - s$r
    able <- df > 0
  }
  nothing <- no("estimate std_error conf_low conf_high df")
  # HC2 errors, Bell and McCaffrey's degrees of freedom, by the whole hat matrix
  robust <- function(L) {
    plain <- estimate(L)
    if (is.nan(plain$estimate)) return(plain)
    hat <- tcrossprod(s$u)
    a <- drop(s$u %*% (drop(crossprod(s$v[, 1:s$r], L / s$size)) / s$d))
    left <- 1 - diag(hat)
    alone <- left < 1e-10
    if (any(abs(a[alone]) > 1e-10 * sqrt(sum(a^2)))) return(nothing)
    w <- (a^2 / left)[!alone]
    rest <- (diag(length(y)) - hat)[!alone, !alone]^2
    d <- sum(w * left[!alone])^2 / sum(w * (rest %*% w))
    se <- sqrt(sum(w * drop(y - mean(y) - s$u %*% crossprod(s$u, y - mean(y)))[!alone]^2))
    limits <- plain$estimate + c(-1, 1) * qt(0.5 + level / 2, d) * se
    list(estimate = plain$estimate, std_error = se, conf_low = limits[1], conf_high = limits[2],
      df = d)
  }
  # nothing where the data leave it open: there L is not made of rows of the design
  estimate <- function(L) {
    L <- L / s$size
    seen <- drop(crossprod(s$v[, 1:s$r], L))
    if (sqrt(sum((L - s$v[, 1:s$r] %*% seen)^2)) > 1e-6 * sqrt(sum(L^2))) return(nothing)
    b <- sum(seen / s$d * crossprod(s$u, y))
    se <- sqrt(s$rss / df * sum((seen / s$d)^2))
    limits <- b + c(-1, 1) * qt(0.5 + level / 2, df) * se
    list(estimate = b, std_error = se, conf_low = limits[1], conf_high = limits[2], df = df)
  }
  # the reference grid: every combination of levels, numbers at their mean, equal weights
  if (able) {
    grid <- expand.grid(lapply(e[grouped], function(f) factor(levels(f), levels(f))))
    for (v in names(middle)) grid[[v]] <- middle[[v]]
  }
  marginal <- function(name, cells) {
    average <- function(value) {
      cells[[score]] <- value
      colMeans(design(cells))
    }
    here <- !is.null(cells)
    if (here) {
      start <- average(0)
      slope <- average(1) - start
    }  # both are linear in the score
    found <- if (here) estimate(slope) else nothing
    t <- found$estimate / found$std_error
    row(into[["slopes"]], name, outcome, score, paste(name, "slope", model), about, found,
      measure = "slope",
        statistic = t, p_value = if (here) 2 * pt(-abs(t), df) else NaN)
    if (is.na(into["curves"])) return()
    found <- if (here) robust(slope) else nothing
    t <- found$estimate / found$std_error
    row(into[["robust"]], name, outcome, score, paste(name, "slope", model), about, found,
      measure = "slope",
        statistic = t, p_value = if (here) 2 * pt(-abs(t), found$df) else NaN)
    found <- if (here) estimate(slope) else nothing
    at <- if (is.nan(found$estimate)) {
      NaN
    } else {
      seq(min(e[[score]]), max(e[[score]]), length.out = points)
    }
    for (x in at) {
      row(into[["curves"]], name, outcome, "mean", NA, about, at = x,
          if (is.nan(x)) nothing else estimate(start + x * slope))
    }
  }
  points <- as.numeric(one("analysis", "points"))
  if (one("analysis", "weights") == "equal") {
    marginal("all", if (able) grid)
    for (f in factors) for (l in levels(d[[f]])) {
      marginal(paste0(f, "=", l), if (able && l %in% levels(e[[f]])) grid[grid[[f]] == l, ])
    }
  }
  block <- if (able) c(0, rep(seq_along(terms), vapply(lapply(terms, columns, e), ncol, 0L)))
  # Type III: what a term adds to all others; not where its meaning hangs on empty cells
  for (i in seq_along(terms)) {
    found <- no("statistic df p_value df_residual")
    if (able) {
      less <- decomposed(design(e)[, block != i])
      k <- s$r - less$r
      f <- (less$rss - s$rss) / k / (s$rss / df)
      touched <- length(block) > s$r && any(abs(s$v[block == i, -(1:s$r)]) > 1e-7)
      inside <- any(vapply(terms, function(t) {
        length(t) > length(terms[[i]]) &&
        all(terms[[i]] %in% t)
      }, TRUE))
      if (k > 0 && !(touched && inside)) {
        found <- list(statistic = f, df = k, p_value = pf(f, k, df, lower.tail = FALSE))
      }
      found$df_residual <- df
    }
    name <- paste(terms[[i]], collapse = ":")
    row(into[["tests"]], "all", outcome, name, paste(name, model), about, found, measure = "test")
  }
}
risk_beside <- function(cell) {  # risk difference with Newcombe's limits, and the exact mid-p
  n <- c(sum(cell[1:2]), sum(cell[3:4]))
  if (any(n == 0)) return(no("risk_difference rd_low rd_high p_mid"))
  p <- cell[c(1, 3)] / n
  reach <- z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))
  low <- (p + z^2 / (2 * n) - reach) / (1 + z^2 / n)
  high <- (p + z^2 / (2 * n) + reach) / (1 + z^2 / n)
  d <- p[1] - p[2]
  above <- phyper(cell[1], n[1], n[2], cell[1] + cell[3], lower.tail = FALSE)
  mid <- above + dhyper(cell[1], n[1], n[2], cell[1] + cell[3]) / 2
  list(risk_difference = d, rd_low = d - sqrt((p[1] - low[1])^2 + (high[2] - p[2])^2),
       rd_high = d + sqrt((high[1] - p[1])^2 + (p[2] - low[2])^2),
       p_mid = min(1, 2 * min(mid, 1 - mid)))
}
# each HER2 group against the first
response <- function(d, y, into = "response", s = "all", lost = 0, given = NULL) {
  ok <- complete.cases(d[c(y, "her2_group", given)])
  of <- sapply(levels(d$her2_group), function(l) d[[y]][ok & d$her2_group %in% l], simplify = FALSE)
  usable <- names(of)[vapply(of, function(events) length(unique(events)) == 2, TRUE)]
  zero <- of[[1]]
  for (level in names(of)[-1]) {
    low <- of[[level]]
    cell <- c(sum(low), sum(1 - low), sum(zero), sum(1 - zero))
    found <- if (any(cell == 0)) {
      no_odds
    } else if (length(given)) {  # among tumours of the same receptor, all groups in one model
      used <- ok & d$her2_group %in% usable
      groups <- sapply(usable[-1], function(l) d$her2_group[used] == l)
      logit(cbind(1, groups, as.integer(d$hr)[used] - 1),
        d[[y]][used])$odds(c(0, usable[-1] == level, 0))
    } else {  # of the 2 x 2 table
      wald(log(cell[1] * cell[4] / cell[2] / cell[3]), sqrt(sum(1 / cell)))
    }
    row(into, s, y, paste0("her2_group[", level, "]"), NA, found, risk_beside(cell), n = sum(ok),
        n_events = sum(d[[y]][ok]), n_missing = sum(!ok) + lost, n_reference = length(zero),
        n_events_reference = sum(zero), n_comparison = length(low), n_events_comparison = sum(low))
  }
}
response_by_hr <- function(d, y) {
  response(d, y, "response_by_hr", given = "hr")
  for (s in names(strata(d, "hr"))) {
    response(strata(d, "hr")[[s]], y, "response_by_hr", s, unplaced(d, "hr"))
  }
  for (level in levels(d$her2_group)[-1]) {
    d[[level]] <- ifelse(d$her2_group %in% level, 1,
      ifelse(d$her2_group %in% levels(d$her2_group)[1], 0, NA))
    by_receptor("response_by_hr", d, y, level, 1)
  }
}
reml <- function(b, v) {  # variance between cohorts at the highest restricted likelihood
  fall <- function(t) {
    w <- 1 / (v + t)
    log(sum(w)) - sum(log(w)) + sum(w * (b - sum(w * b) / sum(w))^2)
  }
  rise <- function(t) {
    w <- 1 / (v + t)
    sum(w) - sum(w^2) / sum(w) - sum(w^2 * (b - sum(w * b) / sum(w))^2)
  }
  places <- (10 * var(b) + min(v)) * seq(0, 1, 0.0025)^2
  best <- which.min(sapply(places, fall))
  ends <- places[c(max(best - 1, 1), min(best + 1, length(places)))]
  if (rise(ends[1]) >= 0) 0 else uniroot(rise, ends, tol = 1e-15 * ends[2])$root
}
# inverse variance; effects vary between cohorts, or are one
pooled_row <- function(table, part, b, v, back, ...) {
  model <- one("analysis", "pooling")
  level <- 0.5 + as.numeric(one("analysis", "conf_level")) / 2
  df <- length(b) - 1
  w <- 1 / v
  found <- no_odds
  if (df > 0) {
    q <- sum(w * (b - sum(w * b) / sum(w))^2)
    tau2 <- if (model == "random") reml(b, v) else max(0, (q - df) / (sum(w) - sum(w^2) / sum(w)))
    if (model != "fixed") w <- 1 / (v + tau2)
    mean <- sum(w * b) / sum(w)
    se <- 1 / sqrt(sum(w))
    d <- NA_real_
    reach <- qnorm(level) * se
    seen <- se * sqrt(sum(w * (b - mean)^2) / df)
    wide <- if (model != "fixed" && df > 2) qt(level, df - 1) * sqrt(tau2 + se^2) else NA_real_
    if (model == "random" && qt(level, df) * seen > reach) {
      se <- seen
      d <- df
      reach <- qt(level, df) * se
    }
    found <- list(estimate = back(mean), std_error = se, conf_low = back(mean - reach),
      conf_high = back(mean + reach),
                  statistic = mean / se, df = d,
                  p_value = 2 * if (is.na(d)) pnorm(-abs(mean / se)) else pt(-abs(mean / se), d),
                  q = q, q_p_value = pchisq(q, df, lower.tail = FALSE), i2 = max(0, 1 - df / q),
                  tau2 = tau2,
                  pi_low = back(mean - wide), pi_high = back(mean + wide))
  }
  row(table, part$stratum[1], part$outcome[1], part$term[1], NA, found, k = df + 1, ...)
}
# what two cohorts have: odds ratios on the log scale, correlations as z
pooled <- function(asked, kinds_of) {
  keep <- c("table", "stratum", "outcome", "term", "measure", "estimate", "std_error", "n")
  taken <- function(d) {  # a cohort of response alone has no correlations
    d[setdiff(keep, names(d))] <- NA
    d[keep]
  }
  all <- do.call(rbind, lapply(names(asked),
    function(c) if (NROW(asked[[c]])) cbind(cohort = c, taken(asked[[c]]))))
  if (is.null(all)) return()
  product <- grepl(":", all$term, fixed = TRUE) &
    !grepl("(likelihood ratio)", all$term, fixed = TRUE)
  odds <- all[all$table == "odds_ratios" | (all$table == "interaction" & product), ]
  kinds <- unlist(lapply(unname(kinds_of), function(k) k[k > 0]))
  # cut in two ways
  otherwise <- Filter(function(t) !constant(kinds[names(kinds) == t]), unique(names(kinds)))
  questions <- function(d) {
    Filter(function(part) !constant(part$cohort),
      split(d, paste(d$stratum, d$outcome, d$term), drop = TRUE))
  }
  for (part in questions(odds)) {
    use <- part[is.finite(part$estimate) & is.finite(part$std_error) & !part$outcome %in% otherwise,
      ]
    pooled_row("pooled_odds_ratios", part, log(use$estimate), use$std_error^2, exp, n = sum(use$n))
  }
  for (given in c("", "hr")) {
    from <- if (given == "") c("correlation", "correlation_by_hr") else "correlation_given_hr"
    for (part in questions(all[all$table %in% from & all$measure %in% "rho", ])) {
      use <- part[is.finite(part$estimate) & is.finite(part$std_error), ]
      pooled_row("pooled_correlations", part, atanh(use$estimate), use$std_error^2, tanh,
        n = sum(use$n), given = given)
    }
  }
}
