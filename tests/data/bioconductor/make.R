# Writes the rds files beside it: Rscript make.R, in this folder; R 4.2.2, Bioconductor 3.16 (SummarizedExperiment 1.28,
# Biobase 2.58, SingleCellExperiment 1.20), Matrix 1.5.3. All values are invented.
suppressMessages({library(SummarizedExperiment); library(Biobase); library(Matrix); library(SingleCellExperiment)})
genes <- c("ERBB2", "ESR1", "PGR", "MKI67")
counts <- matrix(c(50L, NA, 30L, 10L, 70L, 10L, 20L, 90L, 40L, 60L, 80L, 20L), 4,
                 dimnames = list(paste0("ENSG", 1:4), c("007", "s-2", "s3")))
tumours <- data.frame(er = factor(c("pos", NA, "neg"), levels = c("pos", "neg")), pgr = c(TRUE, NA, FALSE),
                      her2_ihc = c("0", "1+", NA), age = c(50L, NA, 61L), ki67 = c(1.5, NA, 20),
                      row.names = colnames(counts))
rows <- DataFrame(gene_name = genes, bp_length = c(1000, 2000, 500, 4000))
save_here <- function(x, name) saveRDS(x, paste0(name, ".rds"), version = 2)

columns <- DataFrame(tumours, arm = Rle(c("A", "A", "B")))
columns$visits <- IRanges::IntegerList(1:2, 3L, 4L)
se <- SummarizedExperiment(list(counts = counts, tpm = counts / 2), colData = columns, rowData = rows)
save_here(se, "se")
nameless <- se
rownames(nameless) <- NULL
save_here(nameless, "se_nameless")
ranges <- GRanges("chr17", IRanges(1:4, width = 10), gene_name = genes)
names(ranges) <- rownames(counts)
save_here(SummarizedExperiment(list(unname(counts)), rowRanges = ranges, colData = DataFrame(tumours)), "ranged")
save_here(SummarizedExperiment(list(a = DelayedArray::DelayedArray(counts)), colData = DataFrame(tumours)), "delayed")

whole <- replace(counts, is.na(counts), 0L) * 1.0
sparse <- Matrix(whole, sparse = TRUE)
save_here(SingleCellExperiment(list(counts = sparse, logcounts = log1p(sparse))), "single_cell")
for (kind in c("CsparseMatrix", "RsparseMatrix", "TsparseMatrix", "unpackedMatrix")) {
  m <- as(sparse, kind)
  save_here(m, class(m))
}
twice <- new("dgTMatrix", i = c(0L, 0L, 1L), j = c(0L, 0L, 1L), x = c(1, 2, 5), Dim = dim(counts), Dimnames = dimnames(counts))
save_here(twice, "twice")
broken <- sparse
broken@i[1] <- 99L
save_here(broken, "broken")

eset <- ExpressionSet(counts * 1.0, AnnotatedDataFrame(tumours),
                      AnnotatedDataFrame(data.frame(Symbol = genes, row.names = rownames(counts))))
save_here(eset, "eset")
storageMode(eset) <- "list"
save_here(eset, "eset_list")

# As DESeq2 and edgeR make them, without either: the same classes and slots, a closure and a formula among them.
setClass("DESeqDataSet", contains = "RangedSummarizedExperiment",
         representation(design = "ANY", dispersionFunction = "function"))
ranged <- as(SummarizedExperiment(list(counts = counts), colData = columns, rowData = rows), "RangedSummarizedExperiment")
save_here(new("DESeqDataSet", ranged, design = ~ er, dispersionFunction = function() NULL), "deseq")
setClass("DGEList", representation("list"))
parts <- list(counts = whole, samples = cbind(lib.size = colSums(whole), tumours),
              genes = data.frame(gene_name = genes, Length = c(1000, 2000, 500, 4000), row.names = rownames(counts)))
edger <- new("DGEList", parts)
names(edger) <- names(parts)
save_here(edger, "edger")
