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
# reads files and compares numbers, witness_models.R with the estimators, witness_follows.R with
# E-values and misread groups, and witness_study_wide.R with the permutations.
here <- dirname(normalizePath(sub("^--file=", "",
  grep("^--file=", commandArgs(FALSE), value = TRUE))))
for (part in paste0("witness_", c("files", "models", "follows", "study_wide"), ".R")) {
  source(file.path(here, part), encoding = "UTF-8")
}

## ---- 1. Study population and variables ----------------------------------------------------------
read_clinical <- function(cohort) {
  table <- raw("clinical", cohort)
  column <- function(name) {
    if (!name %in% table$header) stop("the clinical table has no column ", name)
    table$cells[[match(name, table$header)]]
  }
  ids <- column(one("sample", "sample", cohort))
  # of a barcode: 01 is the primary tumour
  kind <- sub("^TCGA.[^.-]+.[^.-]+[.-]([0-9]{2}).*", "\\1", ids)
  keep <- !ids %in% said("exclude", cohort) & !(grepl("^[0-9]{2}$", kind) & kind != "01")
  where <- said("where", cohort)
  plain <- function(x) tolower(trimws(gsub("[[:space:]]+", " ", x)))
  for (name in unique(names(where))) {
    keep <- keep & plain(column(name)) %in% plain(where[names(where) == name])
  }
  columns <- said("column", cohort)
  read <- lapply(setNames(names(columns), names(columns)), function(variable) {
    words <- column(columns[[variable]])[keep]
    meaning <- said(paste("word", variable), cohort)
    values <- unname(ifelse(words %in% names(meaning), meaning[words], words))
    values[values == ""] <- NA
    # of a measurement; below 0 where it is counted backwards
    divisor <- as.numeric(one("divisor", variable, cohort))
    if (is.na(divisor)) values else suppressWarnings(as.numeric(values)) / divisor
  })
  data.frame(read, row.names = ids[keep], check.names = FALSE, stringsAsFactors = FALSE)
}
# IHC 0, 1+, 2+ without amplification; 2+ needs a negative test where there is any
her2_negative <- function(d) {
  has <- function(name) if (name %in% names(d)) d[[name]] else rep(NA, nrow(d))
  ihc <- has("her2_ihc")
  status <- has("her2_status")
  group <- has("her2_group")
  fish <- has("her2_fish")
  other <- has("her2_amplified")
  amplified <- ifelse(is.na(fish) | other %in% "positive", other, fish)
  # outweighs a summary that says positive
  settled <- ihc %in% c("0", "1+", "2+") & amplified %in% "negative"
  positive <- ihc %in% "3+" | amplified %in% "positive" | group %in% "HER2-positive" |
    (status %in% "positive" & !settled)
  tested <- any(c("her2_fish", "her2_amplified", "her2_status") %in% names(d)) ||
    ("her2_group" %in% names(d) &&
      (!"her2_ihc" %in% names(d) || any(!is.na(group) & ihc %in% c("0", "2+", "3+"))))
  cleared <- amplified %in% "negative" | status %in% "negative" | group %in% c("HER2-0", "HER2-low")
  !positive & (ihc %in% c("0", "1+") | cleared | (ihc %in% "2+" & !tested))
}
population <- function(cohort) {
  d <- read_clinical(cohort)
  if (one("cohort", "on_mismatch", cohort) == "intersect" &&
    paste(cohort, "expression") %in% names(paths)) {
    d <- d[row.names(d) %in% colnames(expression_of(cohort)), , drop = FALSE]
  }
  d <- d[her2_negative(d), , drop = FALSE]
  if ("her2_ihc" %in% names(d)) {
    group <- unname(c("0" = "HER2-0", "1+" = "HER2-low", "2+" = "HER2-low")[d$her2_ihc])
    d$her2_group <- if (is.null(d$her2_group)) {
      group
    } else {
      ifelse(is.na(d$her2_group), group, d$her2_group)
    }
  }
  # one positive receptor is enough; negative needs both; a cohort with one goes by that one
  if (is.null(d$hr)) {
    if (is.null(d$er) || is.null(d$pgr)) d$hr <- if (is.null(d$er)) d$pgr else d$er
    else d$hr <- ifelse(d$er %in% "positive" | d$pgr %in% "positive", "positive",
                        ifelse(d$er %in% "negative" & d$pgr %in% "negative", "negative", NA))
  }
  restrict <- said("restrict", cohort)
  for (v in unique(names(restrict))) {
    d <- d[as.character(d[[v]]) %in% restrict[names(restrict) == v], , drop = FALSE]
  }
  d
}
table_one <- function(d) {
  rows <- list(list(variable = "Patients", level = "", n = nrow(d)))
  add <- function(...) rows[[length(rows) + 1]] <<- list(variable = one("table one", v), ...)
  for (v in intersect(names(said("table one")), names(d))) {
    x <- d[[v]]
    printed <- said(paste("level", v))
    upper <- said(paste("class", v))
    if (is.numeric(x) && !length(printed) && !length(upper)) {
      q <- if (all(is.na(x))) {
        rep(NaN, 3)
      } else {
        quantile(x, c(0.25, 0.5, 0.75), na.rm = TRUE, names = FALSE)
      }
      add(level = "median (IQR)", n = sum(!is.na(x)), median = q[2], q1 = q[1], q3 = q[3])
    } else {
      x <- as.character(if (length(upper)) cut(x, c(-Inf, as.numeric(upper)), names(upper)) else x)
      x <- unname(ifelse(x %in% names(printed), printed[x], x))
      for (l in setdiff(c(printed, names(upper), x), NA)) {
        add(level = l, n = sum(x %in% l), percent = 100 * mean(x %in% l))
      }
    }
    lacks <- is.na(x)
    of <- said(paste("divides", v))  # beyond this level of another variable nothing is missing
    for (other in intersect(names(of), names(d))) lacks <- lacks & d[[other]] %in% c(of[other], NA)
    add(level = "missing", n = sum(lacks), percent = 100 * mean(lacks))
  }
  bind(rows)
}

# in the clinical table, left out in all, analysed, by receptor, known
tumours_left <- function(cohort, d) {
  rows <- list()
  add <- function(...) rows[[length(rows) + 1]] <<- setNames(list(...), c("step", "what", "n"))
  given <- one("given", "clinical", cohort) != ""  # then the population alone lies there
  start <- if (given) NA_real_ else length(raw("clinical", cohort)$cells[[1]])
  add("start", "samples in the clinical table", start)
  add("left out", "in all", start - nrow(d))
  add("analysed", "tumours analysed", nrow(d))
  for (l in levels(d$hr)) add("group", paste0("HR-", l), sum(d$hr %in% l))
  if ("hr" %in% names(d)) add("group", "HR unknown", sum(is.na(d$hr)))
  for (v in intersect(c(if ("her2_ihc" %in% names(d)) "her2_ihc" else "her2_group",
    "complete_response", "pcr"), names(d))) {
    add("known", paste(one("table one", v), "known"), sum(!is.na(d[[v]])))
  }
  given <- tables$fractions[tables$fractions$cohort == cohort, ]
  if (nrow(given)) add("known", "cell fractions estimated", nrow(given))
  theirs <- tables$flow[tables$flow$cohort == cohort, c("step", "what", "n")]
  out <- theirs$step == "left out"
  all_out <- data.frame(step = "left out", what = "in all", n = sum(as.numeric(theirs$n[out])))
  theirs <- rbind(theirs[!out, ], all_out[any(out), ])
  hold("flow", cohort, bind(rows), c("step", "what"), whole = FALSE, theirs = theirs)
}

## ---- 2. Expression and scores -------------------------------------------------------------------
# name: the symbol of today; value: an earlier one
symbols <- settings[settings$setting == "symbol", ]
today <- function(genes) {
  old <- ifelse(genes == "", NA, symbols$name[match(genes, symbols$value)])
  hyphen <- gsub("[._]", "-", genes)  # HLA.DRA
  ifelse(genes %in% symbols$name, genes,
    ifelse(!is.na(old), old, ifelse(hyphen %in% symbols$name, hyphen, genes)))
}
# rows under the names by which a signature calls the same genes
named_as <- function(x, wanted, cohort) {
  wanted <- unique(wanted)
  if (one("study", "rename_genes") != "true") {  # literally, but for what the signature itself says
    also <- said("also called")
    also <- also[names(also) %in% wanted & !names(also) %in% rownames(x)]
    return(`rownames<-`(x, ifelse(rownames(x) %in% also, names(also)[match(rownames(x), also)],
      rownames(x))))
  }
  now <- today(wanted)
  # two wanted genes are one today: neither gets a row of a third name
  now[now %in% now[duplicated(now)]] <- NA
  free <- !rownames(x) %in% wanted
  gene <- wanted[match(today(rownames(x)[free]), now)]
  names <- rownames(x)
  names[free] <- ifelse(is.na(gene), names[free], gene)
  merged(x, names, cohort)
}
scale_of <- function(cohort) {
  list(log = one("cohort", "scale", cohort) == "log2",
    offset = as.numeric(one("cohort", "offset", cohort)))
}
on_log2 <- function(x, s) if (s$log) x else log2(x + if (s$offset > 0) s$offset else 1)
on_linear <- function(x, s) if (s$log) pmax(2^x - s$offset, 0) else x
z_scores <- function(x) {
  s <- apply(x, 1, sd)
  varies <- s > 1e-12 * pmax(apply(abs(x), 1, max), 1)
  ((x - rowMeans(x)) / s)[varies, , drop = FALSE]
}
# a gene, or a signature: weighted z-scores, first component, or mean
exposure_score <- function(log2_as) {
  gene <- one("scores", "exposure")
  if (!" signature" %in% names(paths)) {
    return(list(score = log2_as(gene)[gene, ], total = 1, found = 1))
  }
  table <- raw("signature")
  names(table$cells) <- tolower(table$header)
  genes <- table$cells$gene
  weights <- table$cells$weight
  anchor <- one("scores", "anchor")
  if (is.null(genes)) stop("the signature file has no column gene")
  x <- log2_as(c(genes, anchor[anchor != ""]))
  have <- intersect(genes, rownames(x))
  z <- z_scores(x[have, , drop = FALSE])
  method <- one("scores", "method")
  if (method == "auto") method <- if (is.null(weights)) "pc1" else "weighted"
  # a component has no sign
  toward <- function(s) s * sign(cor(s, x[if (anchor == "") "ERBB2" else anchor, ]))
  at <- match(have, genes)
  own <- table$cells
  # by the means and SDs of the file
  frozen <- !is.null(weights) && all(c("mean", "sd") %in% names(own))
  if (method == "weighted" && frozen) {
    z <- (x[have, , drop = FALSE] - as.numeric(own$mean[at])) / as.numeric(own$sd[at])
  }
  score <- switch(method, "mean" = colMeans(x[have, , drop = FALSE]), "mean-z" = colMeans(z),
                  "weighted" = colSums(as.numeric(weights[match(rownames(z), genes)]) * z),
                  "pc1" = toward(drop(crossprod(z, svd(z, 1, 0)$u))),
                  stop("a score by ", method, " is not followed here"))
  list(score = score, total = length(genes), found = length(have))
}
scores_of <- function(cohort, d) {  # the exposure, single genes, Danaher's cell types, total TIL
  x <- expression_of(cohort)[, row.names(d), drop = FALSE]
  log2_as <- function(genes) on_log2(named_as(x, genes, cohort), scale_of(cohort))
  scores <- coverage <- list()
  add <- function(name, score, total, found, used = 0) {
    scores[[name]] <<- score
    coverage[[name]] <<- list(score = name, genes_total = total, genes_found = found,
      coverage = found / total,
                              used_in_total = used)
  }
  main <- exposure_score(log2_as)
  exposure <- one("exposure", "name")
  add(exposure, main$score, main$total, main$found)
  also <- setdiff(said("scores")[names(said("scores")) == "also"], exposure)
  y <- log2_as(also)
  for (gene in intersect(also, rownames(y))) add(gene, y[gene, ], 1, 1)
  marker <- said("marker")
  member <- said("member")
  y <- log2_as(marker)
  types <- unique(names(marker))
  total <- sapply(types, function(t) sum(names(marker) == t))
  have <- sapply(types, function(t) sum(marker[names(marker) == t] %in% rownames(y)))
  used <- member[have[member] / total[member] >= as.numeric(one("scores", "min_coverage"))]
  if (length(used)) {
    mean_of <- function(t) {
      colMeans(y[intersect(marker[names(marker) == t], rownames(y)), ,
      drop = FALSE])
    }
    m <- sapply(types, mean_of)
    cd4 <- c("T-cells", "CD8 T cells")
    for (t in types) {
      add(paste("Danaher", t), m[, t], total[[t]], have[[t]], as.numeric(t %in% used))
    }
    add("Danaher CD4 T cells", m[, "T-cells"] - m[, "CD8 T cells"], sum(total[cd4]), sum(have[cd4]))
    add("Total TIL", rowMeans(m[, used, drop = FALSE]), sum(total[member]), sum(have[used]))
  }
  hold("scores", cohort, data.frame(sample = row.names(d), scores, check.names = FALSE), "sample")
  hold("coverage", cohort, bind(coverage), "score")
  data.frame(scores, row.names = row.names(d), check.names = FALSE)
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
              "ancova_slopes_hc2", "ancova_curves", "study_wide", "response", "response_by_hr",
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
follow <- function(cohort) {
  rows <<- list()
  d <- with_levels(if (one("given", "clinical", cohort) !=
    "") given_population(cohort) else population(cohort))
  cat(sprintf("%s: %d tumours, HR-positive %d, HR-negative %d\n", cohort, nrow(d),
    sum(d$hr %in% "positive"),
              sum(d$hr %in% "negative")))
  tumours_left(cohort, d)
  one_table <- table_one(d)
  names(one_table) <- sub("^(n|percent|median|q1|q3)$", paste0(cohort, " \\1"), names(one_table))
  hold("table_one", cohort, one_table, c("variable", "level"), whole = FALSE,
    theirs = tables$table_one)
  if (one("cohort", "scale", cohort) != "") cell_questions(cohort, d)
  if (!is.null(measured[[cohort]]) && !"study_wide" %in% not_followed) {
    study_wide(measured[[cohort]])
  }
  if (has(d, "her2_group")) for (y in Filter(function(v) has(d, v),
    c("complete_response", "pcr"))) {
    response(d, y)
    if (has(d, "hr") && !"response_by_hr" %in% not_followed) response_by_hr(d, y)
  }
  til <- measured[[cohort]]
  if (length(til$til) && has(d, "her2_group")) for (by in list(NULL,
    if (has(d, "hr")) "hr")[c(TRUE, has(d, "hr"))]) {
    two_groups("her2_til", til$amounts, til$til, "her2_group", by)
  }
  found <- if (length(rows)) corrected(bind(rows)) else data.frame(table = character())
  for (name in setdiff(names(tables)[is_result], c("pooled_odds_ratios", "pooled_correlations"))) {
    slopes_and_tests <- if (name == "infiltration_by_hr") "measure"
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
