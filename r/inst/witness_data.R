# Whom the study is about and what their scores are: sections 1 and 2 of the witness, which
# sources this file.

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
# scores that stand in the clinical table; total TIL is the mean of Danaher's types where all do
published_scores <- function(cohort, d) {
  own <- published[[cohort]][row.names(d), , drop = FALSE]
  member <- said("member")
  if (length(member) && !"Total TIL" %in% names(own) && all(member %in% names(own))) {
    own[["Total TIL"]] <- rowMeans(own[member])
  }
  types <- tables$abundance$type[tables$abundance$cohort == cohort]
  own <- own[setdiff(names(own), types)]
  hold("scores", cohort, data.frame(sample = row.names(d), own, check.names = FALSE), "sample")
  own
}
scores_of <- function(cohort, d) {  # the exposure, single genes, Danaher's cell types, total TIL
  if (length(published[[cohort]])) {
    return(published_scores(cohort, d))
  }
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
