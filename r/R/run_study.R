#' Run a whole study by the Python package
#'
#' Calls the command \code{her2stats run} and reads the results folder, so
#' that a team that works in R needs one line.
#'
#' @param path A study file (TOML).
#' @param command The command \code{her2stats}, or a Python that has the
#'   package. By default the environment variable \code{HER2STATS}, the
#'   active virtual environment, the PATH, and the Python of
#'   \pkg{reticulate} are tried in this order.
#' @param overwrite Write into a folder that holds no results, too.
#' @return What \code{\link{read_results}} gives, with the folder as attribute
#'   \code{"folder"}.
#' @examples
#' if (nzchar(Sys.which("her2stats"))) {
#'   system2("her2stats", c("demo", "--help"), stdout = TRUE)
#' }
#' @export
run_study <- function(path, command = NULL, overwrite = FALSE) {
  if (!file.exists(path)) stop("'", path, "' does not exist; give a study file", call. = FALSE)
  asked <- c(find_command(command), "run", path, if (overwrite) "--overwrite")
  said <- suppressWarnings(
    system2(asked[1], vapply(asked[-1], shQuote, ""), stdout = TRUE, stderr = TRUE,
      stdin = nullfile())
  )
  status <- attr(said, "status")
  if (!is.null(status) && status != 0) {
    stop("the study was not run (status ", status, "):\n", paste(said, collapse = "\n"),
      call. = FALSE)
  }
  folder <- dirname(sub("^Report: ", "", grep("^Report: ", said, value = TRUE)))
  if (length(folder) != 1) {
    stop("the command named no report:\n", paste(said, collapse = "\n"), call. = FALSE)
  }
  structure(read_results(folder), folder = folder)
}

# Words of the command: a script of its own, or a Python and the module.
find_command <- function(command = NULL) {
  named <- c(command, Sys.getenv("HER2STATS"))
  named <- named[nzchar(named)]
  if (length(named)) {
    return(as_command(named[1]))
  }
  inside <- file.path(Sys.getenv("VIRTUAL_ENV", "none"),
    if (.Platform$OS.type == "windows") "Scripts" else "bin", "her2stats")
  found <- c(inside[file.exists(inside)], Sys.which("her2stats"))
  found <- found[nzchar(found)]
  if (length(found)) {
    return(unname(found[1]))
  }
  python <- if (requireNamespace("reticulate", quietly = TRUE)) {
    tryCatch(reticulate::py_discover_config()$python, error = function(e) NULL)
  }
  if (length(python) && nzchar(python)) {
    return(as_command(python))
  }
  stop(
    "the Python package is not found; install it (pip install her2stats) and give `command`, ",
    "or set the environment variable HER2STATS to the command her2stats",
    call. = FALSE
  )
}

as_command <- function(path) {
  if (grepl("^python", basename(path))) c(path, "-m", "her2stats.cli") else path
}
