#' her2stats: the R twin of the Python package
#'
#' One function per question, a data frame in, a data frame out:
#' \code{\link{correlate}}, \code{\link{compare_groups}},
#' \code{\link{fit_logistic}}, \code{\link{fit_interaction}},
#' \code{\link{fit_clinical}}, \code{\link{fit_ancova}} and
#' \code{\link{response_odds}}; \code{\link{adjust}} corrects p values for
#' many tests. \code{\link{power_correlation}}, \code{\link{power_response}},
#' \code{\link{e_value}} and \code{\link{bias_ihc}} say what a study finds and what
#' its answers could not stand. \code{\link{validate_results}} fits a whole results
#' folder again and compares; \code{\link{read_results}} reads it.
#'
#' @section Columns of every table:
#' \code{cohort}, \code{stratum} ("all" or "variable=level"), \code{outcome},
#' \code{term}, \code{role} (what the term is to the model),
#' \code{measure} (what \code{estimate} is: "rho", "odds_ratio", "shift",
#' "risk_difference", "slope", "mean", "test", "second_test"),
#' \code{estimate}, \code{std_error}, \code{conf_low},
#' \code{conf_high}, \code{conf_level}, \code{statistic}, \code{df}, \code{p_value},
#' \code{p_adjusted}, \code{n} (complete cases used), \code{n_events},
#' \code{n_missing} (rows of the stratum, or of no known stratum, dropped for missing values),
#' \code{method} (the full convention in words) and \code{flag}. A quantity
#' that the data cannot give keeps its row: its numbers are \code{NA} and
#' \code{flag} names the reason, a code followed by details.
#'
#' @importFrom stats ave binomial chisq.test complete.cases contr.sum fisher.test
#'   glm.control glm.fit lm median p.adjust pbeta pchisq pf plogis pnorm pt pwilcox
#'   qnorm qwilcox reformulate relevel setNames uniroot var wilcox.test
#' @importFrom utils combn head modifyList packageVersion read.csv type.convert
#' @keywords internal
"_PACKAGE"
