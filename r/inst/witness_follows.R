# What follows from the answers of the witness, written from the methods; `witness.R` beside it
# asks for it.

## ---- What follows from answers: E-values, and HER2 groups that were misread ---------------------
# the least risk ratio of an unmeasured variable that explains an answer away
e_values <- function(found, exposure) {
  if (is.null(found$measure)) found$measure <- NA  # of a cohort that has answers of response alone
  ranked <- found$table %in% c("correlation", "correlation_by_hr", "correlation_given_hr") &
    found$measure %in% "rho" &
    found$term %in% exposure
  d <- found[(ranked | found$table == "odds_ratios" | found$term %in% "her2_group[HER2-low]") &
               !is.nan(found$estimate) & !found$table %in% "her2_til", ]
  if (!nrow(d)) return(d)
  rho <- d$measure %in% "rho"
  d$share <- ifelse(rho, 0.5, d$n_events / d$n)
  adjusted <- d$table == "correlation_given_hr" | (d$table == "response_by_hr" & d$stratum == "all")
  d$given <- ifelse(adjusted, "hr", "")
  # Pearson's r of a rank correlation, d of r, and the risk ratio of d; of common odds the root
  risk <- function(x) {
    r <- 2 * sin(pi * ifelse(rho, x, 0) / 6)
    ifelse(rho, exp(0.91 * r / sqrt(1 - r^2)), ifelse(d$share > 0.15, sqrt(abs(x)), x))
  }
  value <- function(rr) {
    rr <- pmax(rr, 1 / rr)
    rr + sqrt(rr * (rr - 1))
  }
  d$risk_ratio <- risk(d$estimate)
  d$e_value <- value(d$risk_ratio)
  low <- risk(d$conf_low)
  high <- risk(d$conf_high)
  d$e_value_limit <- ifelse(low <= 1 & high >= 1, 1, value(ifelse(d$risk_ratio < 1, high, low)))
  d[c("stratum", "outcome", "term", "given", "estimate", "conf_low", "conf_high", "n", "share",
    "risk_ratio", "e_value",
      "e_value_limit")]
}
# comparisons of HER2-low with HER2-0 by sensitivity and specificity; draws are not seen
misread <- function(found) {
  # declared groups are not seen
  if (!setequal(said("level her2_group"), c("HER2-0", "HER2-low"))) return(found[0, ])
  unadjusted <- found$table == "response" |
    (found$table == "response_by_hr" & found$stratum != "all")
  d <- found[found$table == "her2_til" | (unadjusted & found$term == "her2_group[HER2-low]"), ]
  d <- d[order(d$table == "her2_til"), ]
  if (!nrow(d)) return(d)
  told <- function(name) as.numeric(said("analysis")[names(said("analysis")) == name])
  kappa <- told("ihc_kappa")
  true <- function(read, se, sp) {  # the share of low tumours behind one that was read
    share <- (read - 1 + sp) / (se + sp - 1)
    if (is.na(share) || se + sp <= 1 + 1e-9 || share <= 1e-9 || share >= 1 - 1e-9) NaN else share
  }
  bind(unlist(lapply(split(d, seq_len(nrow(d))), function(r) {
    size <- c(r$n_comparison, r$n_reference)
    skew <- (2 * size[1] / sum(size) - 1)^2
    both <- 0.5 + sqrt(skew + kappa * (1 - skew)) / 2  # of two readers who err alike
    grid <- as.matrix(expand.grid(told("ihc_specificity"), told("ihc_sensitivity"))[2:1])
    names <- c("as read", rep("given", nrow(grid)), if (kappa > 0) "kappa")
    grid <- rbind(1, grid, if (kappa > 0) both)
    # NaN is what the data cannot give; NA are limits that are not seen here
    if (is.nan(r$estimate) || is.nan(r$conf_low)) grid <- grid[1, , drop = FALSE] * NA
    lapply(seq_len(nrow(grid)), function(k) {
      se <- grid[k, 1]
      sp <- grid[k, 2]
      numbers <- c(r$conf_low, r$estimate, r$conf_high)
      if (r$table == "her2_til") {
        read <- size[1] / sum(size)
        share <- true(read, se, sp)
        numbers <- numbers / (se * share / read + sp * (1 - share) / (1 - read) - 1)
      } else if (!is.nan(r$estimate)) {  # of those who respond and those who do not
        events <- c(r$n_events_comparison, r$n_events_reference)
        n <- c(sum(events), sum(size - events))
        read <- c(events[1], (size - events)[1]) / n
        share <- c(true(read[1], se, sp), true(read[2], se, sp))
        error <- sqrt(sum(read * (1 - read) / (n * ((se + sp - 1) * share * (1 - share))^2)))
        numbers <- exp(-diff(qlogis(share)) + c(-1, 0, 1) * z * error)
      }
      list(stratum = r$stratum, outcome = r$outcome, n = r$n, sensitivity = se, specificity = sp,
           assumed = names[k], estimate = numbers[2], conf_low = numbers[1], conf_high = numbers[3])
    })
  }), recursive = FALSE))
}
