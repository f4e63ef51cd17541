# The witness: this study once more, from its raw files, in base R, and every number held against
# those of its tables.
#
#   Rscript r/witness.R [STUDY_DIR] [--fractions=60] [--results=DIR] [--write=FILE.csv]
#
# STUDY_DIR is where the study file lies (where it lay, unless told). --fractions says of how many
# tumours the fractions are fitted anew: a number, shared by the cohorts, "all", or 0. Exit
# status: 0 agrees, 3 disagrees (each place is printed), 4 could not check. Before the comparison
# it reads the raw files and r/witness.tsv, which holds settings of the study: columns, words,
# scale, genes, cuts, and no result. Taken as given, and said: cell fractions (e1071 fits them
# anew, to compare), and what base R has no reader for. The sections follow the order of the
# methods. Nothing here is shared with her2stats.R. Beside it lie witness_files.R, which finds and
# reads files and compares numbers, witness_data.R with population and scores, witness_models.R
# with the estimators, witness_follows.R with E-values and misread groups, and
# witness_study_wide.R with the permutations.
here <- dirname(normalizePath(sub("^--file=", "",
  grep("^--file=", commandArgs(FALSE), value = TRUE))))
for (part in paste0("witness_", c("files", "data", "models", "follows", "study_wide"), ".R")) {
  source(file.path(here, part), encoding = "UTF-8")
}

## ---- 3. Cell fractions: nu-SVR, to compare; what follows takes the fractions as they are given --
svr_weights <- function(X, y) {  # of three nu the one whose mixture is nearest
  best <- list(error = Inf)
  for (nu in c(0.25, 0.5, 0.75)) {
    m <- e1071::svm(X, y, type = "nu-regression", kernel = "linear", nu = nu, cost = 1,
      scale = FALSE, tolerance = 1e-5)
    w <- pmax(drop(crossprod(m$coefs, m$SV)), 0)
    error <- sqrt(mean((X %*% (w / sum(w)) - y)^2))
    if (isTRUE(error < best$error * (1 - 1e-9))) best <- list(error = error, w = w)
  }
  best$w
}
# what TIMER2.0 puts behind names of types
program <- "_(quantiseq|epic|xcell|mcpcounter|timer|cibersort(-abs)?)$"
see_fractions <- function(cohort, d) {
  if (length(published[[cohort]])) {  # columns of the clinical table
    types <- tables$abundance$type[tables$abundance$cohort == cohort]
    found <- published[[cohort]][row.names(d), types, drop = FALSE]
    return(hold("fractions", cohort, data.frame(sample = row.names(d), found, check.names = FALSE),
      "sample"))
  }
  # another program has made them: its file against the table
  if (paste(cohort, "fractions") %in% names(paths)) {
    table <- raw("fractions", cohort)
    table$header <- sub(program, "", table$header, ignore.case = TRUE)
    types <- tables$abundance$type[tables$abundance$cohort == cohort]
    renamed <- said("cell type", cohort)
    written <- ifelse(types %in% names(renamed), renamed[types], types)
    if (!all(written %in% table$header)) {  # its types stand in rows
      rows <- sub(program, "", table$cells[[1]], ignore.case = TRUE)
      samples <- table$header[-1]
      table <- list(header = c("", rows),
        cells = c(list(samples), asplit(do.call(cbind, table$cells[-1]), 1)))
    }
    found <- lapply(table$cells[match(written, table$header)],
      function(x) type.convert(c(x), as.is = TRUE))
    found <- data.frame(sample = table$cells[[1]], setNames(found, types), check.names = FALSE,
      stringsAsFactors = FALSE)
    return(hold("fractions", cohort, found[found$sample %in% row.names(d), c("sample", types)],
      "sample"))
  }
  table <- raw("signature matrix", "", NA)
  profiles <- as.matrix(table$cells[-1])
  dimnames(profiles) <- list(table$cells[[1]], table$header[-1])
  x <- on_linear(named_as(expression_of(cohort)[, row.names(d)], rownames(profiles), cohort),
    scale_of(cohort))
  genes <- intersect(rownames(profiles), rownames(x))
  mode <- one("deconvolution", "mode")
  middle <- as.numeric(c(one("deconvolution", "reference_median"), one("given", "median", cohort),
    max(median(x), 1)))
  middle <- middle[!is.na(middle)][1]
  found <- data.frame(sample = row.names(d), coverage = length(genes) / nrow(profiles),
    stringsAsFactors = FALSE)
  simple <- one("deconvolution", "quantile_normalise") == "false" &&
    one("deconvolution", "batch_correction") == "none"
  level <- apply(x[genes, ], 2, median) / middle  # sig.score of absolute mode
  if (simple && mode == "absolute") found$score <- level
  hold("fractions", cohort, found, "sample")
  many <- if (is.na(option("fractions"))) 60 else option("fractions")
  with_matrix <- settings$setting == "cohort" & settings$name == "scale"
  many <- if (many == "all") nrow(d) else ceiling(as.numeric(many) / sum(with_matrix))
  why <- if (many < 1) "as was asked" else if (
    !simple) "their batch or quantile correction is not followed here"
         else if (!requireNamespace("e1071", quietly = TRUE)) "the R package e1071 is not installed"
  if (!is.null(why)) return(say(cohort, ": cell fractions are taken as given, ", why))
  chosen <- unique(round(seq(1, nrow(d), length.out = min(many, nrow(d)))))
  say(cohort, ": fractions of ", length(chosen), " of ", nrow(d),
    " tumours are fitted anew, the others taken as given")
  X <- profiles[genes, ]
  X <- (X - mean(X)) / sd(X)
  w <- sapply(chosen, function(i) svr_weights(X, as.numeric(scale(x[genes, i]))))
  if (mode != "no.sumto1") {
    w <- sweep(w, 2, colSums(w) / (if (mode == "absolute") level[chosen] else 1), "/")
  }
  found <- setNames(as.data.frame(t(w)), colnames(profiles))
  found$sample <- row.names(d)[chosen]
  # libsvm is no nearer to the optimum
  hold("fractions", cohort, found, "sample", whole = FALSE, absolute = 5e-4)
}

## ---- 4. The zero rule and the median split ------------------------------------------------------
# values that differ by the rounding of two computations are the same
digits <- function(x) signif(x, 12)
zero_rule <- function(fractions) {
  of <- function(f) vapply(fractions, function(x) as.numeric(f(x[!is.na(x)])), 0)
  share <- of(function(x) mean(x == 0))
  data.frame(type = names(fractions), share_zero = share, n_zero = of(function(x) sum(x == 0)),
    n = of(length),
             median = of(median),
             # excluded, dichotomised, continuous
             kind = ifelse(share > 0.75, 0, ifelse(share >= 0.25, 1, 2)),
             borderline = pmin(abs(share - 0.25), abs(share - 0.75)) <= 0.02 + 1e-12,
             stringsAsFactors = FALSE)
}
split_high <- function(x,
  kind) {
  as.numeric(if (kind == 1) x > 0 else digits(x) >= digits(median(x, na.rm = TRUE)))
}

## ---- 5. and 6. The questions: association and models --------------------------------------------
cell_questions <- function(cohort, d) {
  scores <- scores_of(cohort, d)
  given <- tables$fractions[tables$fractions$cohort == cohort, ]
  if (!nrow(given)) return()
  see_fractions(cohort, d)
  # the names alone: which columns are cell types
  types <- tables$abundance$type[tables$abundance$cohort == cohort]
  fractions <- lapply(setNames(types, types),
    function(t) as.numeric(given[match(row.names(d), given$sample), t]))
  kinds <- zero_rule(fractions)
  hold("abundance", cohort, kinds, "type")
  kind <- kinds_of[[cohort]] <<- setNames(kinds$kind, types)
  numeric <- types[kind == 2]
  present <- types[kind == 1]
  kept <- c(numeric, present)
  if (!length(kept)) return()
  exposure <- one("exposure", "name")
  also <- intersect(said("scores")[names(said("scores")) == "also"], names(scores))
  predictors <- unique(c(exposure, also))
  til <- intersect("Total TIL", names(scores))
  high <- mapply(split_high, fractions[kept], kind[kept])
  amounts <- data.frame(d, scores, fractions[numeric], check.names = FALSE)
  split <- data.frame(d, scores, high, check.names = FALSE)
  measured[[cohort]] <<- list(amounts = amounts, split = split, numeric = numeric,
    present = present, til = til,
                              exposure = exposure, factors = character())
  hr <- has(d, "hr")
  pathologist(amounts, split, predictors, c(til, numeric), present)

  for (by in list(NULL, if (hr) "hr")[c(TRUE, hr)]) {
    table <- if (is.null(by)) "correlation" else "correlation_by_hr"
    for (x in predictors) {
      for (t in numeric) spearman(table, amounts, x, t, by, x)
      for (t in present) two_groups(table, split, x, t, by, x)
    }
    for (x in if (length(til)) predictors) spearman(table, amounts, x, til, by, "total")
    if (adjusted_odds == "") for (t in kept) logistic(split, t, exposure, by)
  }
  if (!hr) return()
  scaled <- paste(exposure, "per SD")
  amounts[[scaled]] <- amounts[[exposure]] / sd(amounts[[exposure]])
  for (t in til) {
    ancova(c(slopes = "infiltration_by_hr", tests = "infiltration_by_hr"), amounts, t, scaled, "hr")
  }
  if (one("analysis", "model_covariates") == "") for (x in predictors) {
    for (t in kept) given_receptor(if (t %in% numeric) amounts else split, x, t, x)
    for (t in til) given_receptor(amounts, x, t, "total")
  }
  pairs <- combn(c(predictors, numeric), 2)
  for (i in seq_len(ncol(pairs))) {
    spearman("correlation_matrix", amounts, pairs[1, i], pairs[2, i], "hr")
  }
  for (t in numeric) two_groups("group_comparison", amounts, t, "hr")
  for (t in present) two_groups("group_comparison", split, t, "hr")
  if (adjusted_odds == "") {
    for (t in kept) by_receptor("interaction", split, t, exposure, sd(scores[[exposure]]))
    # age > 50, size > 2 cm, grade III
    for (cut in names(said("cut of"))) if (has(d, said("cut of")[[cut]])) {
      x <- d[[said("cut of")[[cut]]]]
      at <- said("cut")[[cut]]
      split[[cut]] <- as.numeric(if (is.numeric(x)) x > as.numeric(at) else as.character(x) == at)
      if (has(split, cut)) for (t in kept) by_receptor("clinical", split, cut, t, 1, at_zero = TRUE)
    }
  }
  # the groups that are declared
  her2 <- if (one("analysis", "her2_groups") == "paper") "her2_ihc" else "her2_group"
  if (!has(d, her2) || !length(numeric)) return()
  counts <- table(d[[her2]][!is.na(d$hr)])  # a level of fewer than three tumours has no slope
  amounts <- droplevels(amounts[!d[[her2]] %in% names(counts)[counts < 3], ])
  if (nlevels(amounts[[her2]]) < 2) return()
  if (one("analysis", "weights") == "equal") {
    measured[[cohort]]$factors <<- c("hr", her2)
    measured[[cohort]]$amounts[[her2]] <<- factor(d[[her2]], levels(amounts[[her2]]))
  }
  into <- c(tests = "ancova_tests", slopes = "ancova_slopes", robust = "ancova_slopes_hc2",
    curves = "ancova_curves")
  covariates <- Filter(function(v) has(d, v),
    unname(said("analysis")[names(said("analysis")) == "covariates"]))
  for (extra in unique(list(character(), covariates))) for (t in numeric) {
    model <- if (length(extra)) {
      paste("adjusted for", paste(extra, collapse = ", "))
    } else {
      "unadjusted"
    }
    ancova(into, amounts, t, exposure, c("hr", her2), extra, model)
  }
}
# for everything that was asked of a family, also for what gave no number
corrected <- function(d) {
  d$p_adjusted <- d$p_bh <- d$family_size <- rep(NA_real_, nrow(d))
  for (f in unique(d$family[!is.na(d$family)])) {
    own <- which(d$family %in% f)
    tested <- own[!is.na(d$p_value[own])]
    d$family_size[own] <- length(own)
    d$p_adjusted[own] <- d$p_bh[own] <- NaN
    d$p_adjusted[tested] <- p.adjust(d$p_value[tested], one("analysis", "correction"), length(own))
    d$p_bh[tested] <- p.adjust(d$p_value[tested], "BH", length(own))
  }
  d
}

## ---- The study, cohort by cohort ----------------------------------------------------------------
# What is not followed here is not asked here, and its numbers count as not seen.
adjusted_odds <- if (one("analysis", "penalty") != "none") {
  "Firth's likelihood"
} else {
  one("analysis", "model_covariates")
}
if (adjusted_odds != "") {
  say("odds ratios and clinical models are not followed (", adjusted_odds, ")")
}
followed <- c("correlation", "correlation_by_hr", "correlation_given_hr", "infiltration_by_hr",
  "correlation_matrix",
              "group_comparison", "odds_ratios", "interaction", "clinical", "ancova_tests",
              "ancova_slopes",
              "ancova_slopes_hc2", "ancova_curves", "study_wide", "pathologist", "response",
              "response_by_hr",
              "pooled_odds_ratios", "pooled_correlations")
not_followed <- c(setdiff(names(tables), followed),
                  if (one("analysis", "model_covariates") != "") {
                    c("correlation_given_hr", "response_by_hr", "pooled_correlations", "study_wide")
                  },
                  if (adjusted_odds != "") c("odds_ratios", "interaction", "clinical",
                    "pooled_odds_ratios"),
                  if (one("analysis", "weights") != "equal" ||
                    one("analysis", "covariance") != "ols") {
                    c("infiltration_by_hr", "ancova_slopes", "ancova_slopes_hc2", "ancova_curves")
                  })
limits_seen <- !one("analysis", "correlation_ci") %in% "bootstrap" &&
  one("analysis", "odds_ratio_ci") == "wald" &&
  !any(c("correlation_given_hr", "odds_ratios") %in% not_followed)
is_result <- vapply(tables, function(t) "estimate" %in% names(t), TRUE)
keys <- c("stratum", "outcome", "term", "exposure", "model")
asked <- list()
kinds_of <- list()
measured <- list()
published <- list()
follow <- function(cohort) {
  rows <<- list()
  d <- with_levels(if (one("given", "clinical", cohort) !=
    "") given_population(cohort) else population(cohort))
  own <- names(said("published", cohort))
  published[[cohort]] <<- d[own]
  d <- d[setdiff(names(d), own)]
  cat(sprintf("%s: %d tumours, HR-positive %d, HR-negative %d\n", cohort, nrow(d),
    sum(d$hr %in% "positive"),
              sum(d$hr %in% "negative")))
  tumours_left(cohort, d)
  one_table <- table_one(d)
  names(one_table) <- sub("^(n|percent|median|q1|q3)$", paste0(cohort, " \\1"), names(one_table))
  hold("table_one", cohort, one_table, c("variable", "level"), whole = FALSE,
    theirs = tables$table_one)
  if (one("cohort", "scale", cohort) != "" || length(published[[cohort]])) {
    cell_questions(cohort, d)
  }
  if (!is.null(measured[[cohort]]) && !"study_wide" %in% not_followed) {
    study_wide(measured[[cohort]])
  }
  if (has(d, "her2_group")) for (y in Filter(function(v) has(d, v),
    c("complete_response", "pcr"))) {
    response(d, y)
    if (has(d, "hr") && !"response_by_hr" %in% not_followed) response_by_hr(d, y)
  }
  # per SD of what is measured; given arms, too, it is not followed
  own <- measured[[cohort]]$amounts
  if (!is.null(own) && adjusted_odds == "" && !has(d, "arm")) {
    asked_of <- c(Filter(function(v) has(d, v), said("count")), one("exposure", "name"),
      measured[[cohort]]$til)
    for (y in Filter(function(v) has(d, v), c("complete_response", "pcr"))) for (x in asked_of) {
      logistic(own, y, x, into = "response_further", given = if (has(d, "hr")) "hr")
    }
  }
  til <- measured[[cohort]]
  if (length(til$til) && has(d, "her2_group")) for (by in list(NULL,
    if (has(d, "hr")) "hr")[c(TRUE, has(d, "hr"))]) {
    two_groups("her2_til", til$amounts, til$til, "her2_group", by)
  }
  found <- if (length(rows)) corrected(bind(rows)) else data.frame(table = character())
  for (name in setdiff(names(tables)[is_result], c("pooled_odds_ratios", "pooled_correlations"))) {
    slopes_and_tests <- if (name == "infiltration_by_hr") "measure"
    if (name == "pathologist") slopes_and_tests <- c("measure", "given")
    # a cohort that answers nothing has no column but the first
    mine <- found[found$table == name, , drop = FALSE]
    hold(name, cohort, mine, c(keys, slopes_and_tests), whole = !name %in% not_followed)
  }
  if (nrow(found)) {
    if (limits_seen) {
      hold("e_values", cohort, e_values(found, one("exposure", "name")), c(keys, "given"), FALSE)
    }
    hold("misread_ihc", cohort, misread(found), c("stratum", "outcome", "assumed"), whole = FALSE)
  }
  asked[[cohort]] <<- found[found$table != "her2_til", ]
}
cohorts <- unique(settings$cohort[settings$cohort != ""])
failed <- list()
for (cohort in cohorts) {
  tryCatch(follow(cohort), error = function(e) failed[[cohort]] <<- conditionMessage(e))
}
if (!length(failed)) {
  rows <- list()
  pooled(asked, kinds_of)
  for (name in intersect(c("pooled_odds_ratios", "pooled_correlations"), names(tables))) {
    mine <- Filter(function(r) r$table == name, rows)
    more <- if (name == "pooled_correlations") "given"
    if (length(mine)) {
      hold(name, "pooled", bind(mine), c(keys, more), whole = !name %in% not_followed)
    }
  }
}
finish(failed)
