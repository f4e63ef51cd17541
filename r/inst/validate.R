# Fits every model of this results folder again in R and compares; needs R with emmeans and MASS,
# not her2stats.
#
# Rscript validate.R prints the comparison; exit status 3 when R disagrees, 4 when it could check
# nothing,
#                                 5 when it agrees but could not check some numbers
#   source("validate.R")          the same in a session; the comparison is in `checked`

her2stats_here <- local({
  script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  sourced <- unlist(lapply(sys.frames(), function(frame) frame$ofile))
  place <- c(rev(sourced), script)[1]
  if (is.na(place)) getwd() else dirname(normalizePath(place))
})
for (needed in c("emmeans", "MASS")) {
  if (!requireNamespace(needed, quietly = TRUE)) {
    stop("the R package '", needed, "' is missing; install.packages(\"", needed, "\") installs it",
      call. = FALSE)
  }
}
her2stats <- new.env()
sys.source(file.path(her2stats_here, "her2stats.R"), her2stats)
checked <- her2stats$validate_results(her2stats_here)
if (!interactive() && sys.nframe() == 0L) {
  if (any(checked$verdict == "disagree")) quit(status = 3)
  if (!any(checked$verdict == "agree")) quit(status = 4)
  if (any(checked$verdict == "not checked")) quit(status = 5)
}
