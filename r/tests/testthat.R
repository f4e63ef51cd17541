library(testthat)
library(her2stats)

test_check("her2stats")
