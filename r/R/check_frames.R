# What models were given are the scores and fractions of the tumours, and the zero rule, the split
# and the standard deviation follow from these: what was changed since the run, in frames or
# tables, is named.

rounding <- 1e-11 # relative: some models are given twelve digits of what the tables have

check_frames <- function(folder, models) {
  read <- function(name) {
    path <- file.path(folder, paste0(name, ".csv"))
    if (file.exists(path)) read_typed(path)
  }
  scores <- read("scores")
  fractions <- read("fractions")
  if (is.null(scores) || is.null(fractions)) {
    return(invisible())
  }
  cohort <- sub("\\.[^.]*\\.[^.]*$", "", names(models))
  problems <- unlist(lapply(unique(scores$cohort), function(one) {
    own <- of_cohort(read("abundance"), one)
    known <- known_columns(samples_of(scores, one), samples_of(fractions, one), own$type)
    c(wrong_abundance(own, known$kinds),
      unlist(lapply(names(models)[cohort == one], function(name) {
      strangers_in(models[[name]]$data, known, name)
    })))
  }))
  pooled <- unlist(lapply(names(models)[cohort == "pooled"],
    function(name) lost_answers(models[[name]]$data, models, name)))
  stop_changed(c(problems, pooled), "the models were not given what the tables hold")
}

of_cohort <- function(table, cohort) if (is.null(table)) table else table[table$cohort == cohort, ]

samples_of <- function(table, cohort) {
  own <- of_cohort(table, cohort)
  own <- own[!duplicated(own$sample), ]
  frame <- own[vapply(own, is.numeric, NA)]
  rownames(frame) <- own$sample
  frame
}

# The zero rule: excluded above three quarters of zeros, absent or present from one quarter on.
# Where amounts are below 0, as logarithms are, zero is no absence.
zero_rule <- function(amounts) {
  rows <- lapply(amounts, function(values) {
    present <- values[!is.na(values)]
    share <- mean(present == 0)
    absent <- if (!length(present)) 1 else if (min(present) < 0) 0 else share
    data.frame(
      kind = if (absent > 0.75) "excluded" else if (absent >=
        0.25) "dichotomised" else "continuous",
      share_zero = share, n_zero = sum(present == 0), n = length(present),
      median = median(as.numeric(present))
    )
  })
  data.frame(type = names(amounts), do.call(rbind, rows), row.names = NULL,
    stringsAsFactors = FALSE)
}

high_abundance <- function(values, kind) {
  as.numeric(if (kind == "dichotomised") values > 0 else signif(values, 12) >=
    signif(median(values, na.rm = TRUE), 12))
}

# Every column that a model's frame can have of one cohort, by name; two things can have one name.
known_columns <- function(scores, fractions, types) {
  types <- intersect(types, names(fractions))
  amounts <- fractions[types]
  amounts <- amounts[match(rownames(scores), rownames(amounts)), , drop = FALSE]
  kinds <- if (length(types)) zero_rule(amounts)
  kept <- kinds$type[kinds$kind != "excluded"]
  high <- as_frame(Map(high_abundance, amounts[kept], kinds$kind[kinds$type %in% kept]))
  named <- function(frame, before = "", after = "") {
    setNames(as.list(frame),
    paste0(before, names(frame), after, recycle0 = TRUE))
  }
  # of each tumour: 0 where it has none, and no share of that
  total <- rowSums(amounts, na.rm = TRUE)
  columns <- c(
    named(scores), named(amounts), named(high), named(high, "high "), named(high, "high high "),
    named(lapply(scores, function(x) x / stats::sd(x, na.rm = TRUE)), after = " per SD"),
    named(amounts, after = ", absolute"),
    list("Total TIL, absolute" = ifelse(total == 0, NA, total)),
    named(lapply(amounts, function(x) ifelse(total > 0, x / total, NA)), after = ", relative")
  )
  # the cells of a type have another name among the scores by markers: whichever it is, it has to
  # be one of them
  markers <- unlist(lapply(c(types, "Total TIL"), function(type) {
    named(setNames(as.list(scores), rep(type, length(scores))), after = ", markers")
  }), recursive = FALSE)
  list(kinds = kinds, samples = rownames(scores), columns = c(columns, markers))
}

strangers_in <- function(frame, known, model) {
  at <- match(rownames(frame), known$samples)
  unlist(lapply(intersect(names(frame), names(known$columns)), function(column) {
    same <- lapply(known$columns[names(known$columns) == column],
      function(values) same_measure(frame[[column]], values[at]))
    if (any(vapply(same, all, NA))) {
      return(NULL)
    }
    wrong <- which(!same[[which.max(vapply(same, sum, 0))]])[1]
    paste0("'models/", model, ".data.csv', column '", column, "': sample '", rownames(frame)[wrong],
      "' has ", shown(frame[[column]][wrong]), ", not what the tables hold")
  }))
}

wrong_abundance <- function(said, kinds) {
  said <- said[said$type %in% kinds$type, ]
  found <- kinds[match(said$type, kinds$type), ]
  unlist(lapply(intersect(names(kinds)[-1], names(said)), function(column) {
    a <- said[[column]]
    b <- found[[column]]
    wrong <- which(if (is.numeric(b)) !same_measure(a, b) else a != b)
    if (length(wrong)) {
      paste0("'abundance.csv': ", said$type[wrong], " has the ", column, " ", shown(a[wrong]),
        ", by fractions.csv ", shown(b[wrong]))
    }
  }))
}

# What was pooled are answers of the cohorts; an odds ratio that is not the same thing in all of
# them was left out.
lost_answers <- function(frame, models, model) {
  keys <- c("cohort", "stratum", "outcome", "term")
  if (!all(c(keys, "estimate", "std_error", "n") %in% names(frame))) {
    return(NULL)
  }
  tables <- lapply(models[!startsWith(names(models), "pooled.")],
    function(one) one$python[c(keys, "estimate", "std_error", "n")])
  answers <- do.call(rbind, tables)
  key <- function(table) do.call(paste, c(lapply(table[keys], as.character), sep = "\r"))
  own <- split(seq_len(nrow(answers)), key(answers))
  wrong <- Filter(function(k) {
    candidates <- answers[own[[key(frame[k, ])]], ]
    !any(same_measure(frame$std_error[k], candidates$std_error) &
      same_measure(frame$n[k], candidates$n) &
      (is.na(frame$estimate[k]) | same_measure(frame$estimate[k], candidates$estimate)))
  }, seq_len(nrow(frame)))
  if (length(wrong)) {
    paste0("'models/", model, ".data.csv', row ", wrong + 1, ": no cohort has such an answer")
  }
}

same_measure <- function(a, b) {
  a <- suppressWarnings(as.numeric(as.character(a)))
  b <- as.numeric(b)
  near <- abs(a - b) <= rounding * pmax(abs(b), rounding)
  (is.na(a) & is.na(b)) | (!is.na(near) & near)
}
