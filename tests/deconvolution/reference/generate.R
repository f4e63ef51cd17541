# Writes the data and the outputs of sva's ComBat and preprocessCore's normalize.quantiles that tests compare with.
# Run in this folder: Rscript --vanilla generate.R
suppressMessages({library(sva); library(preprocessCore)})
set.seed(1)
put <- function(x, file) write.table(format(x, digits = 17, trim = TRUE), file, sep = ",", quote = FALSE, row.names = FALSE, col.names = FALSE)

batch <- rep(1:3, c(5, 4, 6))
data <- matrix(rnorm(40 * 15, 6), 40) + rnorm(40, 0, 2) + matrix(rnorm(120, 1, 0.7), 40)[, batch] * (batch - 1)[col(matrix(0, 40, 15))]
data[8, batch == 1] <- 3 # constant within a batch: left alone
put(data, "combat_data.csv")
put(suppressMessages(ComBat(data, batch)), "combat_common.csv")
put(suppressMessages(ComBat(data, batch, ref.batch = 2)), "combat_reference.csv")

values <- round(matrix(rlnorm(50 * 6, 2), 50), rep(c(0, 1, 2), each = 100))
values[1:8, 1:3] <- 0 # ties
put(values, "quantiles_data.csv")
put(normalize.quantiles(values), "quantiles.csv")
writeLines(capture.output(print(sessionInfo())), "sessionInfo.txt")
