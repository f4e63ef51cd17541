test_that("p values are corrected within the families that are named", {
  d <- study_frame(80)
  found <- adjust(correlate(d, "ERBB2", c("age", "T cells (CD8)"), by = "hr"),
    by = c("cohort", "stratum"), asked = "all")
  expect_equal(found$p_adjusted, pmin(1, 2 * found$p_value))
  expect_equal(unique(found$family),
    paste0("Bonferroni over 2 tests: all, stratum hr=", c("negative", "positive")))
  expect_equal(found$p_bh[1:2], stats::p.adjust(found$p_value[1:2], "BH"))
})

test_that("a test that failed counts in its family", {
  rows <- data.frame(
    stratum = "all", measure = "shift", role = "exposure", p_value = c(0.01, NA, 0.3),
    flag = c("", "separation: x", "")
  )
  found <- adjust(rows, by = "stratum")
  expect_equal(found$p_adjusted, c(0.03, NA, 0.9))
  expect_equal(found$p_bh, c(0.03, NA, 0.45))
  expect_equal(unique(found$family), "Bonferroni over 3 tests: stratum all")
  compared <- compare_families(list(m = list(python = cbind(found, cohort = "a", outcome = "y",
    term = "x"))))
  expect_equal(compared$verdict, rep("agree", 4))
})

test_that("rows that are no test, moderators alone and second tests are in no family", {
  rows <- data.frame(
    cohort = "a", stratum = "all", term = "x",
    measure = c("shift", "second_test", "shift", "odds_ratio"),
    p_value = c(0.01, 0.02, NA, 0.03), role = c("group", "group", "group", "moderator"), flag = ""
  )
  found <- adjust(rows, by = "stratum", method = "holm")
  expect_equal(found$family, c("Holm over 1 tests: stratum all", "", "", ""))
  expect_equal(found$p_adjusted, c(0.01, NA, NA, NA))
  expect_equal(found$family_size, c(1L, NA, NA, NA))
  expect_equal(found$correction, c("holm", "", "", ""))
  expect_error(adjust(rows, by = "moon"), "'moon'")
})

test_that("a family with a member missing is a disagreement", {
  python <- adjust(correlate(study_frame(60), "ERBB2", c("age", "T cells (CD8)")), by = "stratum")
  whole <- compare_families(list(m = list(python = python)))
  expect_equal(unique(whole$verdict), "agree")
  fewer <- compare_families(list(m = list(python = python[1, ])))
  expect_equal(unique(fewer$verdict), "disagree")
  expect_match(fewer$reason[1], "1 tests are there of the family 'Bonferroni over 2 tests")
  wrong <- compare_families(list(m = list(python = transform(python, p_bh = p_bh / 2))))
  expect_equal(wrong$quantity[wrong$verdict == "disagree"], c("p_bh", "p_bh"))
})

test_that("a warning outside the rows is a note on all of them", {
  d <- study_frame(40)
  spec <- list(verb = "correlate", x = "ERBB2", y = c("age", "high"), ci = "fisher",
    conf_level = "0.95")
  expect_null(run_spec(spec, d)$note)
  noisy <- function() {
    warning("the moon is full; twice")
    answer_spec(spec, d)
  }
  expect_equal(with_notes(noisy())$note, rep("the moon is full, twice", 2))
})
