#' Specification curve
#'
#' One question by every choice that might as well have been made (exposure,
#' measure of the outcome, its scale, covariates), each specification as
#' \code{correlate} answers it, and a joint test of them all over
#' permutations of the rows of exposures. The permutations are those of
#' Python, to the last one.
#'
#' @inheritParams fit_logistic
#' @param outcomes Names of columns of numbers.
#' @param exposures Names of columns of numbers that measure the same exposure.
#' @param types Of each outcome, what it measures: outcomes of one type share
#'   a curve.
#' @param amounts Of each outcome, how it measures ("absolute", "relative",
#'   "markers").
#' @param within Name of a grouping column: ranks are taken, and exposures
#'   permuted, within its levels.
#' @param covariates Names of columns, in the order in which they are added; one
#'   that is the same in every row is left out.
#' @param ci As in \code{correlate}, without the bootstrap.
#' @param alpha Below it a specification counts as significant.
#' @param permutations,seed How many, and where their numbers start.
#' @return Data frame: a row a specification, and after those of a type the
#'   median of z and the share that is significant in its direction, with the
#'   p values of the joint test.
#' @examples
#' d <- data.frame(ERBB2 = c(5, 7, 6, 9, 8, 4), b_cells = c(2, 3, 5, 4, 6, 1))
#' specification_curve(d, "b_cells", "ERBB2", permutations = 99)
#' @export
specification_curve <- function(data, outcomes, exposures, types = outcomes,
  amounts = rep("", length(outcomes)),
                                within = NULL, covariates = character(), ci = "bonett-wright",
                                conf_level = 0.95,
                                alpha = 0.05, permutations = 2000, seed = 1, cohort = "") {
  check_choice("ci", ci, setdiff(names(spearman_intervals), "bootstrap"))
  check_level(conf_level)
  check_strata(within)
  check_distinct(c(outcomes, exposures, within, covariates))
  check_permutations(alpha, permutations)
  stopifnot(length(types) == length(outcomes), length(amounts) == length(outcomes))
  names <- c(within, exposures, outcomes, covariates)
  data <- check_columns(data, names)
  check_numbers(data, c(exposures, outcomes))
  frame <- curve_samples(as_groups(data, within), names, within, exposures)
  mark <- attr(frame, "mark")
  covariates <- Filter(function(name) length(unique(frame[[name]][!is.na(frame[[name]])])) > 1,
    covariates)
  choices <- curve_choices(outcomes, exposures, types, amounts, covariates, mark)
  rows <- curve_rows(frame, choices, within, ci, conf_level, nrow(data))
  able <- vapply(rows, function(row) !nzchar(row$flag), NA)
  z <- curve_z(frame, choices[able], within, permutations, seed)
  type <- vapply(choices, `[[`, "", "type")
  found <- list()
  for (name in unique(types)) {
    own <- z[type[able] == name, , drop = FALSE]
    found <- c(found, rows[type == name],
      joint_rows(name, own, nrow(frame), within, alpha, permutations))
  }
  result_table(found, cohort)
}

check_permutations <- function(alpha, permutations) {
  good <- is.numeric(alpha) && length(alpha) == 1 && !is.na(alpha) && alpha > 0 && alpha < 1
  if (!good) stop("alpha is not a number between 0 and 1; 0.05 is usual", call. = FALSE)
  if (!isTRUE(permutations > 1 / alpha)) {
    stop("no p value of so few permutations can be below alpha; thousands are usual", call. = FALSE)
  }
}

# Samples with every exposure, level by level of `within`, in an order of their values; outcomes
# split at their median.
curve_samples <- function(data, names, within, exposures) {
  frame <- as_frame(lapply(setNames(names, names), function(name) variable(data, name)))
  frame <- without_noise(frame, names)
  first <- c(within, exposures)
  keys <- frame[c(first, sort(setdiff(names, first), method = "radix"))]
  kept <- which(complete.cases(frame[first]))
  keys <- lapply(keys, function(x) (if (is.factor(x)) as.integer(x) else x)[kept])
  kept <- kept[do.call(order, c(unname(keys), list(method = "radix", na.last = TRUE)))]
  mark <- "high "
  while (any(paste0(mark, names) %in% names)) mark <- paste0("high ", mark)
  for (name in Filter(function(name) is.numeric(frame[[name]]), names)) {
    frame[[paste0(mark, name)]] <- as.numeric(frame[[name]] >= median(frame[[name]], na.rm = TRUE))
  }
  frame <- frame[kept, , drop = FALSE]
  rownames(frame) <- NULL
  structure(frame, mark = mark)
}

# Every specification: exposure by exposure, measure, scale, and one covariate more each time.
curve_choices <- function(outcomes, exposures, types, amounts, covariates, mark) {
  choices <- list()
  for (type in unique(types)) for (exposure in exposures) for (k in which(types == type)) {
    for (scale in c("rank", "median split")) for (count in 0:length(covariates)) {
      choices[[length(choices) + 1]] <- list(
        type = type, exposure = exposure, covariates = covariates[seq_len(count)],
        amount = amounts[k], scale = scale,
        column = paste0(if (scale == "rank") "" else mark, outcomes[k])
      )
    }
  }
  choices
}

# Places of the samples that have what a specification needs.
curve_cases <- function(frame,
  choice) {
  which(complete.cases(frame[c(choice$column, choice$covariates)]))
}

# Each specification as `correlate` answers it.
curve_rows <- function(frame, choices, within, ci, conf_level, total) {
  key <- function(choice) paste(c(choice$exposure, choice$covariates), collapse = "\r")
  keys <- vapply(choices, key, "")
  columns <- unique(vapply(choices, `[[`, "", "column"))
  answers <- lapply(setNames(choices[!duplicated(keys)], unique(keys)), function(choice) {
    correlate(frame, choice$exposure, columns, within = within, covariates = choice$covariates,
      ci = ci, conf_level = conf_level)
  })
  lapply(choices, function(choice) {
    answer <- answers[[key(choice)]]
    row <- as.list(answer[match(choice$column, answer$outcome), ])
    row[c("outcome", "amount", "scale", "given")] <- c(
      choice$type, choice$amount, choice$scale, paste(c(within, choice$covariates), collapse = ", ")
    )
    row$n_missing <- total - row$n
    row$stratum <- "all"
    row$role <- "specification"
    row
  })
}

# Z of every specification, of the data and of each permutation, a row each.
curve_z <- function(frame, choices, within, permutations, seed) {
  found <- matrix(0, length(choices), 1 + permutations)
  if (!length(choices)) {
    return(found)
  }
  strata <- if (is.null(within)) factor(rep("all", nrow(frame))) else droplevels(frame[[within]])
  cases <- lapply(choices, function(choice) curve_cases(frame, choice))
  group <- vapply(seq_along(choices), function(k) {
    paste(c(choices[[k]]$exposure, choices[[k]]$covariates, cases[[k]]), collapse = "\r")
  }, "")
  models <- lapply(split(seq_along(choices), factor(group, unique(group))), function(rows) {
    own <- cases[[rows[1]]]
    choice <- choices[[rows[1]]]
    outcomes <- vapply(rows, function(k) frame[[choices[[k]]$column]][own], numeric(length(own)))
    given <- c(within, choice$covariates)
    statistic <- if (length(within) && !length(choice$covariates)) {
      z_within(outcomes, droplevels(strata[own]))
    } else {
      z_given(outcomes, frame[own, given, drop = FALSE])
    }
    list(rows = rows, cases = own, exposure = frame[[choice$exposure]], statistic = statistic)
  })
  fill <- function(block, places) {
    for (model in models) {
      found[model$rows, block] <<- model$statistic(model$exposure,
        places[model$cases, , drop = FALSE])
    }
  }
  fill(1, matrix(seq_len(nrow(frame))))
  permute_within(as.integer(table(strata)), permutations, seed,
    function(block, places) fill(1 + block, places))
  found
}

# Doubled mid-ranks, centred at 0, of values after each permutation: `places` says where each case
# has its value from.
permuted_ranks <- function(values, places) {
  distinct <- sort(unique(values))
  cells <- match(values, distinct)[places] + length(distinct) * (col(places) - 1)
  counts <- matrix(tabulate(cells, length(distinct) * ncol(places)), length(distinct))
  at_most <- cumsum(counts) - nrow(places) * (col(counts) - 1)
  matrix(2 * at_most[cells] - counts[cells] - nrow(places), nrow(places))
}

# What gives van Elteren's statistic of outcomes (a column each) after permutations.
z_within <- function(outcomes, strata) {
  centred <- apply(outcomes, 2, function(y) {
    ave(y, strata, FUN = if (all(y %in% c(0, 1))) function(v) v - mean(v) else shares_of)
  })
  function(exposure, places) {
    product <- variance <- matrix(0, ncol(outcomes), ncol(places))
    for (own in split(seq_along(strata), strata)) {
      u <- permuted_ranks(exposure, places[own, , drop = FALSE]) / (2 * (length(own) + 1))
      v <- centred[own, , drop = FALSE]
      product <- product + crossprod(v, u)
      variance <- variance + outer(colSums(v^2), colSums(u^2)) / max(1, length(own) - 1)
    }
    ifelse(variance > 0, product / sqrt(variance), 0)
  }
}

# What gives the t of the correlation of residual ranks, as the z of the same probability.
z_given <- function(outcomes, given) {
  for (name in names(given)) if (is.numeric(given[[name]])) given[[name]] <- rank(given[[name]])
  fit <- qr(cbind(rep(1, nrow(outcomes)),
    if (length(given)) covariate_design(given, names(given))$columns), tol = 1e-7)
  basis <- qr.Q(fit)[, seq_len(fit$rank), drop = FALSE]
  rest <- apply(outcomes, 2, function(y) qr.resid(fit, rank(y) - mean(rank(y))))
  rest <- sweep(rest, 2, sqrt(colSums(rest^2)), "/")
  df <- nrow(outcomes) - fit$rank - 1
  function(exposure, places) {
    ranks <- permuted_ranks(exposure, places)
    whole <- colSums(ranks^2)
    left <- whole - colSums(crossprod(basis, ranks)^2)
    able <- left > 1e-9 * whole
    rho <- sweep(crossprod(rest, ranks), 2, ifelse(able, sqrt(pmax(left, 0)), Inf), "/")
    far <- -qnorm(pbeta(pmin(pmax(1 - rho^2, 0), 1), df / 2, 0.5) / 2)
    sign(rho) * pmin(far, 37)
  }
}

# The median of z, and the share of significant specifications, against those of the permutations.
joint_rows <- function(type, z, n, within, alpha, permutations) {
  how <- paste0(
    format(permutations, scientific = FALSE), " permutations of the rows of exposures ",
    if (is.null(within)) "over all samples" else paste("within", within)
  )
  about <- list(
    stratum = "all", outcome = type, term = "all specifications", role = "exposure", n = n,
    specifications = nrow(z),
    alpha = alpha, method = how
  )
  rows <- lapply(c("median_z", "second_test"), function(measure) c(about, measure = measure))
  if (!nrow(z)) {
    return(lapply(rows, function(row) {
      c(row,
      flag = flag("not estimable", "no specification can be made"))
    }))
  }
  middle <- apply(z, 2, median)
  share <- colMeans(sweep(z, 2, sign(middle), "*") > qnorm(1 - alpha / 2))
  p <- unname(own_p(rbind(abs(middle), share)))
  list(c(rows[[1]], estimate = middle[1], p_value = p[1]),
    c(rows[[2]], estimate = share[1], p_value = p[2]))
}
