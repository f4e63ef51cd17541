# What the bridge from Python calls: a spec and columns in, a table or a problem out, never an
# error.

answer <- function(spec, numbers, levels) {
  problem <- ""
  table <- tryCatch(
    run_spec(spec, frame_of(numbers, levels)),
    error = function(e) {
      problem <<- paste("R stopped:", conditionMessage(e))
      NULL
    }
  )
  list(table = table, problem = problem)
}

# A variable with levels comes as the positions of its levels, missing as NaN.
frame_of <- function(numbers, levels) {
  columns <- lapply(setNames(names(numbers), names(numbers)), function(name) {
    x <- numbers[[name]]
    if (is.null(levels[[name]])) x else factor(levels[[name]][x], levels = levels[[name]])
  })
  as_frame(columns)
}

# Versions, and the packages that are missing.
greeting <- function() {
  needed <- c("emmeans", "MASS")
  here <- vapply(needed, requireNamespace, NA, quietly = TRUE)
  c(r_version(), emmeans_version(), paste(needed[!here], collapse = " "))
}
