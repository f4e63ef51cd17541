# The bridge from Python where rpy2 is not there: Rscript --vanilla serve.R functions.R Each line
# on standard input is a folder with a question (see exchange.R) and a tab and a time limit in
# seconds; each answer is a line that begins with the mark, and a file answer.csv in that folder.

arguments <- commandArgs(TRUE)
her2stats <- new.env()
sys.source(arguments[1], her2stats)

mark <- "her2stats>"
say <- function(...) {
  cat("\n", mark, ..., "\n", sep = "\t")
  flush(stdout())
}

say("hello", her2stats$greeting())
questions <- file("stdin", "r")
repeat {
  line <- readLines(questions, 1)
  if (!length(line)) break
  parts <- strsplit(line, "\t", fixed = TRUE)[[1]]
  # The asking process ends this one after the limit; should it be gone by then, R stops by itself.
  setTimeLimit(elapsed = 2 * as.numeric(parts[2]), transient = TRUE)
  problem <- tryCatch(
    {
      model <- her2stats$read_models(parts[1])[[1]]
      table <- her2stats$run_spec(model$spec, model$data)
      her2stats$write_exact(table, file.path(parts[1], "answer.csv"))
      ""
    },
    error = function(e) paste("R stopped:", conditionMessage(e))
  )
  setTimeLimit()
  say("answer", gsub("[\r\n\t]+", " ", problem))
}
