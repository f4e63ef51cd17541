# Writes the reference scores of this folder: Rscript --vanilla tests/reference/scores/generate.R [folder]
#
#   expression.csv  a seeded matrix, genes x samples, log2 scale
#   sets.gmt        gene sets of 2 to 80 genes
#   scores.csv      method, set, sample, value
#   sessionInfo.txt which R and which GSVA gave them
#
# ssGSEA (not divided by the range) and the combined z-score are GSVA's (Bioconductor, Debian r-bioc-gsva). singscore is
# written out from its paper (Foroutan et al. 2018, doi 10.1186/s12859-018-2435-4), for Debian has no package of it.

suppressPackageStartupMessages(library(GSVA))
script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
target <- c(commandArgs(TRUE), dirname(normalizePath(script)))[1]
set.seed(11, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

genes <- sprintf("G%03d", 1:300)
samples <- sprintf("s%02d", 1:9)
x <- round(matrix(rnorm(300 * 9, 6, 2), 300, 9, dimnames = list(genes, samples)) + rnorm(300), 6)
x[1:40, ] <- x[1:40, ] + rep(seq(0, 3, length.out = 9), each = 40)
sets <- list(two = genes[c(3, 250)], up = genes[1:20], mixed = genes[seq(1, 300, 6)], eighty = genes[101:180])

singscore <- function(x, set) {
  low <- (length(set) + 1) / 2
  high <- (2 * nrow(x) - length(set) + 1) / 2
  apply(x, 2, function(v) (mean(rank(v, ties.method = "min")[match(set, rownames(x))]) - low) / (high - low) - 0.5)
}
scored <- list(
  ssgsea = gsva(x, sets, method = "ssgsea", ssgsea.norm = FALSE, tau = 0.25, verbose = FALSE),
  "combined z" = gsva(x, sets, method = "zscore", verbose = FALSE),
  singscore = t(sapply(sets, function(set) singscore(x, set)))
)
rows <- do.call(rbind, lapply(names(scored), function(method) {
  found <- scored[[method]]
  data.frame(method = method, set = rownames(found)[row(found)], sample = colnames(found)[col(found)],
    value = sprintf("%.17g", found))
}))
write.csv(rows, file.path(target, "scores.csv"), row.names = FALSE, quote = FALSE, eol = "\n")
write.csv(data.frame(gene = genes, x), file.path(target, "expression.csv"), row.names = FALSE, quote = FALSE, eol = "\n")
writeLines(vapply(names(sets), function(name) paste(c(name, "https://example.org", sets[[name]]), collapse = "\t"), ""),
  file.path(target, "sets.gmt"))
writeLines(c(R.version.string, paste("GSVA", packageVersion("GSVA"))), file.path(target, "sessionInfo.txt"))
