# Writes the reference numbers of this folder with R alone: Rscript --vanilla tests/reference/generate.R [folder]
#
#   frame_<name>.csv  seeded frames, numbers with 17 digits, missing as empty cells
#   levels.csv        levels of their factors: frame, variable, position, level
#   cases.csv         what is asked: case, frame, field, position, value (the fields of a spec)
#   results.csv       R's answers: case and the columns of a result
#   closed_forms.csv  powers, E-values and corrections for misreading
#   corrections.csv   families of p values, and what p.adjust makes of them
#   sessionInfo.txt   which R gave them
#
# Python's suite compares every number with these without R; with R, it runs this script again and compares the files.

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
here <- dirname(normalizePath(script))
target <- c(commandArgs(TRUE), here)[1]
for (file in sort(list.files(file.path(here, "..", "..", "r", "R"), "\\.R$", full.names = TRUE), method = "radix")) {
  source(file)
}

# ---- frames ---------------------------------------------------------------------------------------------------------

patients <- function(seed, n, digits = 15) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
  score <- round(rnorm(n), digits)
  hr <- factor(sample(c("negative", "positive"), n, TRUE, c(0.3, 0.7)), c("negative", "positive"))
  ihc <- factor(sample(c("0", "1+", "2+"), n, TRUE), c("0", "1+", "2+"))
  age <- round(rnorm(n, 55, 10))
  data.frame(
    score = score, cells = round(0.4 * score + 0.3 * (hr == "positive") + rnorm(n), digits),
    t_cells = round(rnorm(n), digits), age = age,
    high = rbinom(n, 1, plogis(0.6 * score * ifelse(hr == "positive", 1, -0.5))), older = as.numeric(age > 55),
    rare = rbinom(n, 1, 0.08), hr = hr, her2_ihc = ihc,
    grade = factor(sample(c("I", "II", "III"), n, TRUE), c("I", "II", "III"))
  )
}

with_missing <- function(d) {
  for (name in names(d)) d[[name]][sample(nrow(d), nrow(d) %/% 12)] <- NA
  d
}

frames <- list(
  well = patients(1, 160), small = patients(2, 30), ties = patients(3, 120, digits = 0),
  missing = with_missing(patients(4, 200)),
  empty_cell = subset(patients(5, 150), !(hr == "negative" & her2_ihc == "2+")),
  empty_level = subset(patients(6, 90), her2_ihc != "1+"),
  one_hr = subset(patients(7, 80), hr == "positive"),
  huge = transform(patients(8, 100), score = 1e6 * score, cells = 1e-8 * cells),
  constant = transform(patients(9, 40), score = 3.25, high = 1, cells = 2),
  nothing = transform(patients(10, 40), score = NA_real_, her2_ihc = factor(NA, c("0", "1+", "2+"))),
  half = transform(patients(13, 60), high = ifelse(hr == "negative", 1, high)),
  separated = transform(patients(11, 60), high = as.numeric(score > 0), older = as.numeric(hr == "positive")),
  collinear = transform(patients(12, 70), age = 2 * score, t_cells = score),
  zero_cell = data.frame(
    high = rep(c(0, 1, 0), c(8, 6, 6)), rare = rep(c(0, 1, 0, 1), c(3, 5, 9, 3)),
    score = c(seq_len(19), 40), hr = factor(rep(c("negative", "positive"), c(8, 12)))
  ),
  tiny = patients(13, 5), perfect = data.frame(score = 1:12, cells = exp(1:12), t_cells = -(1:12) / 7)
)

# ---- cases: every function, every option, every degenerate case -----------------------------------------------------

cases <- list()
case <- function(name, frame, verb, ...) cases[[name]] <<- list(frame = frame, spec = c(list(verb = verb), list(...)))
intervals <- c("bonett-wright", "fieller", "caruso-cliff", "fisher", "sas")

for (ci in intervals) case(paste0("correlate.", ci), "well", "correlate", x = "score", y = c("cells", "age"), by = "hr", ci = ci)
for (frame in c("small", "ties", "missing", "huge", "constant", "nothing", "tiny", "perfect")) {
  y <- if (frame == "perfect") c("cells", "t_cells") else c("cells", "t_cells", "older")
  case(paste0("correlate.", frame), frame, "correlate", x = "score", y = y)
}
for (ci in intervals) {
  for (frame in c("ties", "tiny", "perfect")) {
    case(paste("correlate", ci, frame, sep = "."), frame, "correlate", x = "score", y = "cells", ci = ci, conf_level = 0.9)
  }
}
case("correlate.level99", "well", "correlate", x = "score", y = "cells", conf_level = 0.99)

for (frame in c("well", "small", "ties", "missing", "huge", "constant", "nothing", "one_hr", "tiny")) {
  y <- c("score", "cells", "high", "rare")
  case(paste0("compare_groups.", frame), frame, "compare_groups",
    y = y, kinds = rep(c("continuous", "binary"), each = 2), group = "hr"
  )
}
case("compare_groups.strata", "well", "compare_groups",
  y = c("cells", "rare"), kinds = c("continuous", "binary"), group = c("hr", "older"), by = "grade", conf_level = 0.9
)
case("compare_groups.zero_cell", "zero_cell", "compare_groups",
  y = c("high", "rare", "score"), kinds = c("binary", "binary", "continuous"), group = "hr"
)

for (frame in c("well", "small", "ties", "missing", "empty_level", "one_hr", "huge", "constant", "nothing", "separated", "collinear", "tiny")) {
  case(paste0("fit_logistic.", frame), frame, "fit_logistic",
    outcomes = c("high", "older"), exposure = "score", covariates = c("age", "grade")
  )
  case(paste0("fit_logistic.strata.", frame), frame, "fit_logistic", outcomes = c("high", "rare"), exposure = "score", by = "hr")
}
case("fit_logistic.unit", "well", "fit_logistic", outcomes = "high", exposure = "score", per_sd = FALSE, conf_level = 0.9)
case("fit_logistic.stratum_sd", "missing", "fit_logistic", outcomes = "high", exposure = "score", by = "hr", sd = "stratum")
case("fit_logistic.profile", "well", "fit_logistic",
  outcomes = c("high", "rare"), exposure = "score", covariates = "her2_ihc", ci = "profile"
)
case("fit_logistic.zero_cell", "zero_cell", "fit_logistic", outcomes = c("high", "rare"), exposure = "score", covariates = "hr")

for (frame in c("well", "small", "ties", "missing", "one_hr", "huge", "constant", "nothing", "separated", "collinear", "tiny")) {
  case(paste0("fit_interaction.", frame), frame, "fit_interaction", outcomes = c("high", "rare"), exposure = "score", moderator = "hr")
}
for (frame in c("small", "separated", "missing", "ties", "huge")) {
  case(paste0("fit_logistic.profile.", frame), frame, "fit_logistic",
    outcomes = c("high", "rare"), exposure = "score", by = "hr", ci = "profile", conf_level = 0.9
  )
  case(paste0("fit_interaction.profile.", frame), frame, "fit_interaction",
    outcomes = "high", exposure = "score", moderator = "hr", ci = "profile"
  )
}
case("fit_interaction.zero_cell", "zero_cell", "fit_interaction", outcomes = c("high", "rare"), exposure = "score", moderator = "hr")
for (ci in c("wald", "profile")) {
  case(paste0("fit_interaction.half.", ci), "half", "fit_interaction", outcomes = "high", exposure = "score", moderator = "hr", ci = ci)
}
case("fit_interaction.half.adjusted", "half", "fit_interaction",
  outcomes = "high", exposure = "score", moderator = "hr", covariates = c("age", "grade")
)
case("fit_clinical.half", "half", "fit_clinical", outcomes = "high", exposures = c("older", "rare"), moderator = "hr")
case("fit_interaction.adjusted", "well", "fit_interaction",
  outcomes = "high", exposure = "score", moderator = "hr", covariates = c("age", "grade"), per_sd = FALSE
)
case("fit_interaction.profile", "well", "fit_interaction",
  outcomes = "high", exposure = "score", moderator = "hr", ci = "profile", conf_level = 0.9
)
case("fit_clinical.well", "well", "fit_clinical", outcomes = c("older", "rare"), exposures = c("high", "cells"), moderator = "hr")
for (frame in c("small", "ties", "missing", "one_hr", "huge", "constant", "nothing", "separated", "collinear", "tiny")) {
  case(paste0("fit_clinical.", frame), frame, "fit_clinical",
    outcomes = c("older", "rare"), exposures = c("high", "t_cells"), moderator = "hr", covariates = "score"
  )
}
case("fit_clinical.zero_cell", "zero_cell", "fit_clinical", outcomes = "rare", exposures = c("high", "score"), moderator = "hr")
case("fit_clinical.profile", "missing", "fit_clinical",
  outcomes = "older", exposures = c("high", "cells"), moderator = "hr", covariates = "grade", ci = "profile"
)

for (quantity in c("tests", "slopes", "curve")) {
  for (frame in c("well", "small", "missing", "empty_cell", "empty_level", "one_hr", "huge", "constant", "nothing", "collinear", "tiny")) {
    case(paste("fit_ancova", quantity, frame, sep = "."), frame, "fit_ancova",
      outcomes = "cells", score = "score", quantity = quantity, points = 4
    )
  }
  for (weights in c("proportional", "outer", "cells")) {
    for (frame in c("missing", "empty_cell")) {
      case(paste("fit_ancova", quantity, weights, frame, sep = "."), frame, "fit_ancova",
        outcomes = "cells", score = "score", covariates = c("age", "grade"), extra_terms = "hr:age", weights = weights,
        quantity = quantity, points = 3, conf_level = 0.9
      )
    }
  }
  for (frame in c("ties", "collinear", "separated")) {
    case(paste("fit_ancova", quantity, "adjusted", frame, sep = "."), frame, "fit_ancova",
      outcomes = c("cells", "t_cells"), score = "score", covariates = "age", quantity = quantity, points = 3
    )
  }
  case(paste("fit_ancova", quantity, "one_factor", sep = "."), "missing", "fit_ancova",
    outcomes = "cells", score = "score", factors = "her2_ihc", quantity = quantity, points = 3
  )
  case(paste("fit_ancova", quantity, "uncentred", sep = "."), "well", "fit_ancova",
    outcomes = c("cells", "t_cells"), score = "score", factors = "hr", covariates = "older", centre = FALSE,
    quantity = quantity, points = 3
  )
}
for (frame in c("well", "missing", "empty_cell", "ties", "small")) {
  for (covariance in c("ols", "hc2")) {
    case(paste("fit_ancova.slopes.permuted", covariance, frame, sep = "."), frame, "fit_ancova",
      outcomes = c("cells", "t_cells"), score = "score", covariates = if (frame != "well") "age" else character(),
      covariance = covariance, permutations = 199, seed = 5
    )
  }
}
for (quantity in c("slopes", "curve")) {
  for (frame in c("well", "small", "missing", "empty_cell", "empty_level", "huge", "collinear", "tiny", "half")) {
    case(paste("fit_ancova", quantity, "hc2", frame, sep = "."), frame, "fit_ancova",
      outcomes = "cells", score = "score", quantity = quantity, points = 3, covariance = "hc2"
    )
  }
  case(paste("fit_ancova", quantity, "hc3", sep = "."), "missing", "fit_ancova",
    outcomes = "cells", score = "score", covariates = "age", quantity = quantity, points = 3, covariance = "hc3"
  )
}

for (frame in c("well", "small", "ties", "missing", "empty_level", "one_hr", "constant", "nothing", "separated", "tiny")) {
  case(paste0("response_odds.", frame), frame, "response_odds", outcomes = c("high", "rare"), group = "her2_ihc", reference = "1+")
}
case("response_odds.zero_cell", "zero_cell", "response_odds", outcomes = c("high", "rare"), group = "hr", reference = "positive")
case("response_odds.profile.zero_cell", "zero_cell", "response_odds",
  outcomes = c("high", "rare"), group = "hr", reference = "negative", ci = "profile"
)
case("response_odds.empty_reference", "one_hr", "response_odds", outcomes = "high", group = "hr", reference = "negative")
case("response_odds.profile", "well", "response_odds",
  outcomes = "high", group = "her2_ihc", reference = "0", ci = "profile", conf_level = 0.9
)

for (frame in c("well", "small", "missing", "ties", "separated", "one_hr", "constant", "tiny")) {
  asked <- list(frame, "response_odds", outcomes = c("high", "rare"), group = "her2_ihc", reference = "0")
  do.call(case, c(list(paste0("response_odds.by.", frame)), asked, by = "hr"))
  do.call(case, c(list(paste0("response_odds.adjusted.", frame)), asked, list(covariates = c("hr", "age"))))
}

for (frame in c("well", "small", "missing", "separated", "constant", "tiny")) {
  for (covariates in list(character(), "age")) {
    case(paste("fit_logistic.firth", frame, length(covariates), sep = "."), frame, "fit_logistic",
      outcomes = "high", exposure = "score", covariates = covariates, penalty = "firth"
    )
  }
}

for (frame in c("well", "small", "ties", "missing", "one_hr", "huge", "constant", "nothing", "tiny")) {
  asked <- list(frame, "correlate", x = "score", y = c("cells", "t_cells", "high"))
  do.call(case, c(list(paste0("correlate.within.", frame)), asked, within = "hr"))
  do.call(case, c(list(paste0("correlate.given.", frame)), asked, list(within = "hr", covariates = c("age", "her2_ihc"))))
}

for (frame in c("well", "small", "ties", "missing", "one_hr", "huge", "constant", "nothing", "half", "separated", "collinear", "tiny")) {
  asked <- list(frame, "fit_ordinal", outcomes = c("cells", "t_cells", "high"), exposure = "score")
  do.call(case, c(list(paste0("fit_ordinal.strata.", frame)), asked, by = "hr"))
  do.call(case, c(list(paste0("fit_ordinal.given.", frame)), asked, list(covariates = c("hr", "age")), conf_level = 0.9))
  do.call(case, c(list(paste0("fit_ordinal.interaction.", frame)), asked, moderator = "hr", per_sd = FALSE))
}
case("fit_ordinal.adjusted", "missing", "fit_ordinal",
  outcomes = c("cells", "age"), exposure = "score", moderator = "hr", covariates = c("her2_ihc", "grade")
)
case("fit_ordinal.zero_cell", "zero_cell", "fit_ordinal", outcomes = c("high", "rare"), exposure = "score", covariates = "hr")
case("fit_ordinal.perfect", "perfect", "fit_ordinal", outcomes = c("cells", "t_cells"), exposure = "score")

for (frame in c("well", "small", "ties", "missing", "one_hr", "huge", "constant", "nothing", "tiny")) {
  asked <- list(frame, "agree_ranks", x = "score", y = c("cells", "t_cells", "high"))
  do.call(case, c(list(paste0("agree_ranks.", frame)), asked))
  do.call(case, c(list(paste0("agree_ranks.strata.", frame)), asked, by = "hr", conf_level = 0.9))
}

for (frame in c("well", "small", "ties", "missing", "empty_cell", "one_hr", "huge", "constant", "nothing", "half", "separated", "tiny")) {
  case(paste0("study_wide.", frame), frame, "study_wide",
    exposure = "score", outcomes = c("cells", "rare"), high = c("high", "older"), totals = "t_cells", within = "hr",
    factors = c("hr", "her2_ihc"), slope_covariates = "age", alpha = 0.3, permutations = 300, seed = 7
  )
}
for (frame in c("well", "missing", "half")) {
  for (primary in c("odds", "interaction", "slopes")) {
    case(paste("study_wide", primary, frame, sep = "."), frame, "study_wide",
      exposure = "score", outcomes = c("cells", "t_cells"), high = c("high", "older"), within = "hr", factors = "her2_ihc",
      covariates = c("age", "grade"), primary = primary, primary_outcomes = "cells", alpha = 0.5, permutations = 200
    )
  }
}
case("study_wide.plain", "well", "study_wide", exposure = "score", totals = c("cells", "t_cells"), primary = "correlation")

for (frame in c("well", "small", "ties", "missing", "one_hr", "huge", "constant", "nothing", "half", "separated", "collinear", "tiny")) {
  case(paste0("specification_curve.", frame), frame, "specification_curve",
    exposures = c("score", if (frame != "collinear") "age"), outcomes = c("cells", "t_cells", "rare"),
    types = c("cells", "cells", "rare"), amounts = c("absolute", "markers", "absolute"), within = "hr",
    covariates = c("older", "her2_ihc"), permutations = 300, seed = 3
  )
}
case("specification_curve.plain", "missing", "specification_curve",
  exposures = "score", outcomes = c("cells", "t_cells"), types = c("a", "b"), amounts = c("absolute", "absolute"),
  ci = "fieller", alpha = 0.2
)

# Draws of two amounts: one with many zeros, one without; the fifth of the first is constant.
drawn <- function(d) {
  n <- nrow(d)
  d$many_zeros <- pmax(0, round(d$t_cells, 6))
  for (k in 1:6) {
    d[[paste0("cells, draw ", k)]] <- d$cells + 0.1 * k * sin(seq_len(n) * k)
    d[[paste0("many_zeros, draw ", k)]] <- pmax(0, d$many_zeros + 0.05 * k * cos(seq_len(n)) - 0.02 * k^2)
  }
  d[["many_zeros, draw 5"]] <- 0
  d
}
for (frame in c("well", "small", "ties", "missing", "one_hr", "constant", "nothing", "tiny", "perfect")) {
  d <- frames[[frame]]
  name <- paste0("drawn_", frame)
  frames[[name]] <- drawn(d)
  case(paste0("correlate_draws.", frame), name, "correlate_draws",
    x = "score", y = c("cells", "many_zeros"), draws = 6, within = if ("hr" %in% names(d)) "hr" else ""
  )
}
case("correlate_draws.plain", "drawn_missing", "correlate_draws",
  x = "score", y = c("cells", "many_zeros"), draws = 6, ci = "sas", conf_level = 0.9
)

# What a spec says where a case does not: the defaults of the specs in Python.
defaults <- list(
  correlate = list(cohort = "", by = "", within = "", covariates = character(), ci = "bonett-wright", conf_level = 0.95, draws = 2000, seed = 0),
  correlate_draws = list(cohort = "", within = "", ci = "bonett-wright", conf_level = 0.95),
  agree_ranks = list(cohort = "", by = "", conf_level = 0.95),
  compare_groups = list(cohort = "", by = "", conf_level = 0.95),
  fit_logistic = list(
    cohort = "", by = "", covariates = character(), per_sd = TRUE, sd = "cohort", ci = "wald", penalty = "none",
    conf_level = 0.95
  ),
  fit_ordinal = list(cohort = "", by = "", moderator = "", covariates = character(), per_sd = TRUE, conf_level = 0.95),
  fit_interaction = list(cohort = "", covariates = character(), per_sd = TRUE, ci = "wald", conf_level = 0.95),
  fit_clinical = list(cohort = "", covariates = character(), ci = "wald", conf_level = 0.95),
  fit_ancova = list(
    cohort = "", factors = c("hr", "her2_ihc"), covariates = character(), extra_terms = character(), weights = "equal",
    centre = TRUE, quantity = "slopes", points = 25, covariance = "ols", permutations = 0, seed = 1,
    conf_level = 0.95
  ),
  response_odds = list(cohort = "", by = "", covariates = character(), ci = "wald", conf_level = 0.95),
  study_wide = list(
    cohort = "", outcomes = character(), high = character(), totals = character(), within = "", factors = character(),
    covariates = character(), slope_covariates = character(), primary = "given", primary_outcomes = character(),
    alpha = 0.05, permutations = 10000, seed = 1
  ),
  specification_curve = list(
    cohort = "", within = "", covariates = character(), ci = "bonett-wright", conf_level = 0.95, alpha = 0.05,
    permutations = 2000, seed = 1
  )
)

# ---- writing --------------------------------------------------------------------------------------------------------

as_text <- function(value) {
  if (is.logical(value)) tolower(value) else if (is.numeric(value)) sprintf("%.17g", value) else value
}

write_plain <- function(table, name) {
  cells <- as.data.frame(lapply(table, function(x) {
    text <- if (is.factor(x)) as.character(x) else if (is.double(x)) sprintf("%.17g", x) else as.character(x)
    ifelse(is.na(x), "", text)
  }), optional = TRUE)
  write.csv(cells, file.path(target, name), row.names = FALSE, quote = TRUE, eol = "\n")
}

for (name in names(frames)) write_plain(frames[[name]], paste0("frame_", name, ".csv"))

write_plain(do.call(rbind, lapply(names(frames), function(name) {
  d <- Filter(is.factor, frames[[name]])
  do.call(rbind, lapply(names(d), function(variable) {
    data.frame(frame = name, variable = variable, position = seq_along(levels(d[[variable]])), level = levels(d[[variable]]))
  }))
})), "levels.csv")

fields <- list()
answers <- list()
for (name in names(cases)) {
  spec <- cases[[name]]$spec
  spec <- c(spec, defaults[[spec$verb]][setdiff(names(defaults[[spec$verb]]), names(spec))])
  spec <- lapply(spec, as_text)
  fields <- c(fields, lapply(names(spec)[lengths(spec) > 0], function(field) {
    data.frame(case = name, frame = cases[[name]]$frame, field = field, position = seq_along(spec[[field]]), value = spec[[field]])
  }))
  answer <- suppressWarnings(run_spec(spec, frames[[cases[[name]]$frame]]))
  answers[[name]] <- cbind(case = name, answer)
}
write_plain(do.call(rbind, fields), "cases.csv")

columns <- unique(unlist(lapply(answers, names)))
write_plain(do.call(rbind, lapply(answers, function(answer) {
  answer[setdiff(columns, names(answer))] <- NA
  answer[columns]
})), "results.csv")

# Corrections of one small and one larger family, ties and p values of 0 and 1 among them, by p.adjust.
set.seed(21, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
p <- list(few = c(0.04, 0.01, 0.04, 1, 0), many = signif(runif(40)^3, 6), one = 0.2, failed = c(0.01, NA, 0.3, 0.02, NA))
write_plain(do.call(rbind, lapply(names(p), function(family) {
  corrected <- lapply(c(bonferroni = "bonferroni", holm = "holm", bh = "BH"), function(how) {
    p.adjust(p[[family]], how, n = length(p[[family]])) # a test that failed counts
  })
  data.frame(family = family, p_value = p[[family]], corrected)
})), "corrections.csv")

# Planning and sensitivity: closed forms, a row a number; tests/statistics/test_closed_forms.py asks the same in Python.
counts <- data.frame(
  stratum = c("all", "hr=negative"), outcome = "pcr", measure = "odds_ratio", conf_level = 0.95, conf_low = 1, conf_high = 1,
  n_events_comparison = c(126, 23), n_events_reference = c(92, 36), n_comparison = c(197, 36), n_reference = c(316, 50)
)
counts$estimate <- with(counts, n_events_comparison * (n_reference - n_events_reference) /
  (n_events_reference * (n_comparison - n_events_comparison)))
shift <- transform(counts[1, ], measure = "shift", estimate = -0.4, conf_low = -1, conf_high = 0.1)
corrected_rows <- function(rows) {
  found <- bias_ihc(rows, sensitivity = c(0.8, 0.95), specificity = c(0.7, 0.97), kappa = 0.49)
  unlist(found[c("estimate", "conf_low", "conf_high")], use.names = FALSE)
}
closed <- list(
  correlation_least = unlist(lapply(c(10, 63, 318), function(n) power_correlation(n, strata = 2, covariates = 1)$effect)),
  correlation_power = power_correlation(81, -0.25, alpha = 0.01)$power,
  correlation_size = power_correlation(rho = 0.17, power = 0.9)$n,
  response_least = power_response(585, share = 0.3, split = c(272, 313))$effect,
  response_power = power_response(53, 3, share = 0.4, split = c(20, 33))$power,
  response_size = power_response(odds_ratio = 0.5, share = 0.3, split = c(2, 1))$n,
  response_given = power_response(585, share = c(0.45, 0.2), split = rbind(c(150, 95), c(160, 180)))$effect,
  e_value_rare = unname(e_value(0.6, 0.42, 0.86, share = 0.1)),
  e_value_common = unname(e_value(1.26, 0.85, 1.88)),
  e_value_rho = unname(e_value(-0.3, -0.4, -0.19, measure = "rho")),
  misread_response = corrected_rows(counts),
  misread_shift = corrected_rows(shift)
)
write_plain(do.call(rbind, lapply(names(closed), function(name) {
  data.frame(question = name, place = seq_along(closed[[name]]), value = closed[[name]])
})), "closed_forms.csv")

writeLines(c(capture.output(print(sessionInfo(), locale = FALSE)), paste("emmeans", emmeans_version())), file.path(target, "sessionInfo.txt"))
