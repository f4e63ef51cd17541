# The error of the whole study, for the witness: every test of the exposure over the same
# permutations within HR, a gate of the primary question, and Westfall and Young's step-down
# maximum. `witness.R` beside it asks for it.

## ---- Permutations: the order of generators MRG32k3a's numbers, one a permutation ------------
one_number <- function(s) {
  a <- (1403580 * s[[2]] - 810728 * s[[1]]) %% 4294967087
  b <- (527612 * s[[6]] - 1370589 * s[[4]]) %% 4294944443
  list(list(s[[2]], s[[3]], a, s[[5]], s[[6]], b), (a - b) %% 4294967087)
}
orders <- function(sizes, count, seed) {  # a column a permutation: whose value each place gets
  limits <- rep(c(4294967087, 4294944443), each = 3)
  x <- seed %% 2^32
  words <- numeric(56)
  for (i in 1:56) words[i] <- x <- (69069 * x + 1) %% 2^32
  s <- as.list(words[51:56] %% limits)
  starts <- matrix(0, 6, count)
  for (i in seq_along(starts)) {
    found <- one_number(s)
    s <- found[[1]]
    starts[i] <- found[[2]]
  }
  s <- lapply(1:6, function(i) starts[i, ] %% limits[i])
  keys <- matrix(0, sum(sizes), count)
  for (i in seq_len(nrow(keys))) {
    found <- one_number(s)
    s <- found[[1]]
    keys[i, ] <- found[[2]]
  }
  stratum <- rep(seq_along(sizes), sizes)
  ordered <- order(rep(seq_len(count), each = nrow(keys)), rep(stratum, count), keys,
    method = "radix")
  matrix((ordered - 1) %% nrow(keys) + 1, nrow(keys))
}
farthest_p <- function(Z) {  # step-down, the largest first; equal but for rounding counts
  by_size <- order(-Z[, 1])
  p <- numeric(nrow(Z))
  last <- 0
  for (k in seq_along(by_size)) {
    most <- apply(Z[by_size[k:length(by_size)], , drop = FALSE], 2, max)
    p[by_size[k]] <- last <- max(last, mean(most >= Z[by_size[k], 1] - 1e-9))
  }
  p
}

## ---- The tests ----------------------------------------------------------------------------------
study_wide <- function(m) {
  P <- as.numeric(one("analysis", "permutations"))
  x <- m$exposure
  hr <- has(m$amounts, "hr")
  outcomes <- c(m$numeric, m$present)
  if (P < 1 || !length(outcomes)) return()
  declared <- said("analysis")[names(said("analysis")) == "primary_types"]
  primary <- one("analysis", "primary")
  if (!hr && primary == "given") primary <- "correlation"
  if (length(declared) && !any(declared %in% c(outcomes, m$til)) ||
    (!hr && primary == "interaction") ||
      (!length(m$factors) && primary == "slopes")) return()
  if (!length(declared)) declared <- c(outcomes, m$til)
  covariates <- said("analysis")[names(said("analysis")) == "covariates"]
  covariates <- if (length(m$factors)) {
    Filter(function(v) has(m$amounts, v), unname(covariates))
  } else {
    character()
  }
  high <- setNames(m$split[outcomes], paste("high", outcomes))
  e <- data.frame(m$amounts[unique(c(x, m$numeric, m$til, if (hr) "hr", m$factors, covariates))],
                  m$split[m$present], high, check.names = FALSE)
  all_rows <- nrow(e)
  e <- e[!is.na(e[[x]]) & (!hr | !is.na(e[["hr"]])), ]
  code <- function(v) if (is.factor(v)) as.integer(v) else v
  rest <- sort(setdiff(names(e), c(x, if (hr) "hr")), method = "radix")
  side <- if (hr) as.integer(e$hr) else rep(1, nrow(e))
  at <- do.call(order, c(list(side, e[[x]]), unname(lapply(e[rest], code)), method = "radix",
    na.last = TRUE))
  e <- e[at, ]
  side <- side[at]
  places <- cbind(seq_len(nrow(e)),
    orders(tabulate(side)[tabulate(side) > 0], P, as.numeric(one("study", "seed"))))
  values <- as.numeric(scale(e[[x]]))
  whole <- rank(digits(e[[x]]))
  share <- function(v) rank(digits(v)) / (length(v) + 1) - 0.5
  own <- ave(e[[x]], side, FUN = share)
  permuted <- function(v) matrix(v[places], nrow(places))
  X <- permuted(values)
  ranks <- permuted(whole)
  shares <- permuted(own)
  found <- list()
  statistics <- list()
  add <- function(model, stratum, outcome, term, ok, measured, how, strata = 1) {
    able <- sum(ok) >= 4 && !constant(measured[ok]) && !constant(values[ok])
    t <- if (able) how()
    found[[length(found) + 1]] <<- list(model = model, stratum = stratum, outcome = outcome,
      term = term, n = sum(ok))
    statistics[[length(statistics) + 1]] <<- if (is.null(t)) rep(NaN, P + 1) else t
  }
  sums <- function(weights, scores, ok) drop(crossprod(weights[ok], scores[ok, , drop = FALSE]))
  where <- c(list(all = rep(TRUE, nrow(e))),
             if (hr) setNames(lapply(1:2, function(k) side == k), paste0("hr=", levels(e$hr))))
  product <- if (hr) paste0(x, ":hr[", levels(e$hr)[2], "]")
  fitted <- list() # of the cell types that the same tumours have, by one QR a permutation
  slopes <- function(y, ok, extra) {
    key <- paste(c("given", extra), collapse = " ")
    if (is.null(fitted[[key]]) || !y %in% names(fitted[[key]])) {
      of <- function(name) complete.cases(e[c(name, m$factors, extra)])
      alike <- Filter(function(name) identical(of(name), ok), m$numeric)
      fitted[[key]] <<- c(fitted[[key]], last_t(e, alike, ok, m$factors, extra, X))
    }
    fitted[[key]][[y]]
  }
  for (y in c(outcomes, m$til)) {
    v <- e[[y]]
    if (hr) {
      ok <- !is.na(v)
      w <- v
      w[ok] <- ave(v[ok], side[ok],
        FUN = if (all(v[ok] %in% 0:1)) function(u) u - mean(u) else share)
      add("given", "all", y, x, ok, v, function() sums(w, shares, ok))
    }
    for (s in names(where)) {
      ok <- where[[s]] & !is.na(v)
      w <- v
      w[ok] <- rank(digits(v[ok])) - (sum(ok) + 1) / 2
      add("correlation", s, y, x, ok, v, function() sums(w, if (s == "all") ranks else shares, ok))
    }
    if (y %in% m$til) {
      ok <- !is.na(v)
      if (hr) {
        add("difference", "all", y, product, ok, v,
          function() last_t(e, y, ok, "hr", NULL, X, product = TRUE)[[1]])
      }
      next
    }
    h <- e[[paste("high", y)]]
    for (s in names(where)) {
      ok <- where[[s]] & !is.na(h)
      w <- h - mean(h[ok])
      add("odds", s, y, x, ok, h, function() sums(w, X, ok))
    }
    if (hr) add("interaction", "all", y, product, !is.na(h), h, function() one_step(h, side, X))
    if (!y %in% m$numeric || !length(m$factors)) next
    for (extra in unique(list(character(), covariates))) {
      ok <- complete.cases(e[c(y, m$factors, extra)])
      add(if (length(extra)) "slopes adjusted" else "slopes", "all", y, x, ok, v,
          function() slopes(y, ok, extra))
    }
  }
  statistics <- do.call(rbind, statistics)
  drawn <- statistics[, -1, drop = FALSE]
  spread <- apply(drawn, 1, sd)
  spread[spread <= 1e-10 * apply(abs(statistics), 1, max)] <- NaN
  Z <- (statistics - rowMeans(drawn)) / spread
  able <- !is.na(Z[, 1])
  Z <- abs(Z)
  about <- bind(found)
  first <- about$model == primary & about$outcome %in% declared & able
  about$p_primary <- about$p_study <- NaN
  about$p_primary[first] <- about$p_study[first] <- farthest_p(Z[first, , drop = FALSE])
  gate <- tapply(about$p_primary[first], about$outcome[first], min)
  others <- able & !first
  about$p_study[others] <- 1
  through <- others & about$outcome %in% names(gate)[gate < as.numeric(one("analysis", "alpha"))]
  if (any(through)) {
    about$p_study[through] <- pmax(farthest_p(Z[through, , drop = FALSE]),
      gate[about$outcome[through]])
  }
  for (k in seq_len(nrow(about))) {
    row("study_wide", about$stratum[k], about$outcome[k], about$term[k], NA, model = about$model[k],
      n = about$n[k], n_missing = all_rows - about$n[k],
      statistic = (statistics[k, 1] - mean(drawn[k, ])) / spread[k],
      p_value = if (able[k]) mean(Z[k, ] >= Z[k, 1] - 1e-9) else NaN,
      p_primary = about$p_primary[k], p_study = about$p_study[k])
  }
  beside(about, x, product)
}
# slope of each receptor group after one step from none: score over information
one_step <- function(h, side, X) {
  ok <- !is.na(h)
  if (length(unique(side[ok])) < 2 || any(tapply(h[ok], side[ok], constant))) return(NULL)
  slope <- lapply(1:2, function(k) {
    own <- ok & side == k
    p <- mean(h[own])
    v <- X[own, , drop = FALSE]
    drop(crossprod(h[own] - p, v)) / (p * (1 - p) * colSums(sweep(v, 2, colMeans(v))^2))
  })
  if (!all(is.finite(slope[[1]] + slope[[2]]))) return(NULL)
  slope[[2]] - slope[[1]]
}
# t of the last column in each of the outcomes, by a QR a permutation
last_t <- function(e, outcomes, ok, factors, extra, X, product = FALSE) {
  g <- droplevels(e[ok, ])
  v <- as.matrix(g[outcomes])
  sides <- lapply(g[factors],
    function(f) if (nlevels(f) > 1) contr.sum(nlevels(f))[as.integer(f), , drop = FALSE])
  sides <- do.call(cbind, unname(sides))
  fixed <- model.matrix(reformulate(paste(factors, collapse = " * ")), g)
  for (name in extra) {
    column <- g[[name]]
    fixed <- cbind(fixed, if (is.factor(column)) model.matrix(~column)[, -1] else column -
      mean(column))
  }
  fixed <- qr.Q(qr(fixed))[, seq_len(qr(fixed)$rank), drop = FALSE]
  k <- ncol(fixed) + 1 + ncol(sides)
  df <- nrow(v) - k
  if (df < 4) return(setNames(vector("list", length(outcomes)), outcomes))
  t_of <- function(s) {
    design <- if (product) cbind(fixed, s, -s * sides) else cbind(fixed, s * sides, s)
    q <- qr(design)
    if (q$rank < k) return(rep(NaN, ncol(v)))
    z <- qr.qty(q, v)
    sign(q$qr[k, k]) * z[k, ] / sqrt(colSums(z[-(1:k), , drop = FALSE]^2) / df)
  }
  t <- matrix(apply(X[ok, , drop = FALSE], 2, t_of), ncol(v))
  setNames(lapply(seq_len(ncol(v)), function(j) {
    if (!is.nan(t[j, 1])) ifelse(is.nan(t[j, ]), 0, t[j, ])
  }), outcomes)
}
beside <- function(about, x, product) {  # p_study into the rows of the other questions
  asks <- c(correlation = "correlation", correlation_by_hr = "correlation",
    correlation_given_hr = "given",
            infiltration_by_hr = "difference", odds_ratios = "odds", interaction = "interaction",
            ancova_slopes = "slopes")
  key <- paste(about$model, about$stratum, about$outcome)
  for (i in seq_along(rows)) {
    r <- rows[[i]]
    model <- asks[r$table]
    if (is.na(model)) next
    if (model == "slopes" && r$model != "unadjusted") model <- "slopes adjusted"
    own <- if (model == "interaction") r$term == product
           else if (model == "difference") grepl(":", r$term, fixed = TRUE)
           else x %in% c(r$outcome, r$term)
    p <- about$p_study[match(paste(model, r$stratum, if (r$outcome == x) r$term else r$outcome),
      key)]
    if (own && !is.na(r$p_value)) rows[[i]]$p_study <<- if (is.na(p)) NaN else p
  }
}
