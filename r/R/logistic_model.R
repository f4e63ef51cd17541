# One logistic model: refuses what has no finite maximum, fits the rest to the last digit.

tight <- function() glm.control(epsilon = 1e-14, maxit = 100)

# y: 0/1; X: design matrix with its intercept. Either `flag` says why there is no fit, or coef and
# vcov are there.
logistic_model <- function(X, y) {
  flagged <- function(...) list(flag = flag(...))
  why <- no_design(X)
  if (nzchar(why)) {
    return(list(flag = why))
  }
  if (is_separated(X, y)) {
    return(flagged("separation", "the maximum of the likelihood is at infinity"))
  }
  X <- unit_size(X) # steps, ranks and weights then know nothing of units
  fit <- quiet_glm(X, y)
  if (!at_maximum(fit, X, y)) {
    return(flagged("not converged", fit$iter, " iterations"))
  }
  # glm's own covariance has the weights of the iterate before the last, half the digits short
  # even at this epsilon.
  weights <- fit$fitted.values * (1 - fit$fitted.values)
  covariance <- chol2inv(qr.R(qr(sqrt(weights) * X, tol = 0)))
  list(flag = "", coef = unname(fit$coefficients), vcov = covariance, deviance = fit$deviance,
    X = X, y = y)
}

# Why no likelihood has a single maximum over these columns, penalised or not; empty when one may.
no_design <- function(X) {
  if (nrow(X) <= ncol(X)) {
    flag("too few observations", nrow(X), " complete cases for ", ncol(X), " coefficients")
  } else if (matrix_rank(X) < ncol(X)) {
    flag("rank deficient", matrix_rank(X), " of ", ncol(X), " columns are independent")
  } else {
    ""
  }
}

# Columns divided by their size, which the attribute remembers.
unit_size <- function(X) {
  size <- sqrt(colMeans(X^2))
  size[size == 0] <- 1
  structure(sweep(X, 2, size, "/"), size = size)
}

# glm's steps may overshoot and end with a deviance of thousands where far-off values meet a poor
# start. Its answer is taken where the score is zero; else Newton's steps lead to the maximum, and
# glm starts there. "Did not converge" at epsilon 1e-14 means only that the deviance flickers in
# its last bit; `at_maximum` judges.
quiet_glm <- function(X, y) {
  try_from <- function(start) {
    withCallingHandlers(
      glm.fit(X, y, family = binomial(), start = start, control = tight()),
      warning = function(w) {
        if (grepl("did not converge", conditionMessage(w), fixed = TRUE)) {
          invokeRestart("muffleWarning")
        }
      }
    )
  }
  fit <- tryCatch(try_from(NULL), error = function(e) NULL)
  if (!is.null(fit) && at_maximum(fit, X, y)) fit else try_from(newton(X, y)$coef)
}

# At the maximum the score is zero in each parameter, judged against the parameter's own
# information.
at_maximum <- function(fit, X, y) {
  weights <- fit$fitted.values * (1 - fit$fitted.values)
  score <- drop(crossprod(X, y - fit$fitted.values))
  information <- colSums(X^2 * weights)
  all(is.finite(fit$coefficients)) && all(information > 0) && all(score^2 / information < 1e-12)
}

# The rank must not depend on units, hence columns of mean 0 (the intercept apart) and size 1.
matrix_rank <- function(X) {
  if (!nrow(X)) 0L else qr(standardise_columns(X), tol = 1e-7)$rank
}

# Why the question cannot be put to these complete cases at all; empty when it can.
no_model <- function(frame, outcome, exposure, missing) {
  if (length(missing)) {
    flag("missing variable", missing, " has no value")
  } else if (nrow(frame) < 2) {
    flag("too few observations", nrow(frame), " complete cases")
  } else if (is_constant(frame[[outcome]])) {
    flag("constant outcome", outcome, " is always ", frame[[outcome]][1])
  } else if (is_constant(frame[[exposure]])) {
    flag("constant exposure", exposure, " has one value")
  } else {
    ""
  }
}

# Treatment coding of the covariates. A level without cases has no column and its term is flagged;
# where that is the reference, so are all terms of the factor, which would be set against another
# level than the declared one.
covariate_design <- function(frame, covariates) {
  columns <- list()
  terms <- list()
  for (name in covariates) {
    x <- frame[[name]]
    if (!is.factor(x)) {
      columns <- c(columns, list(x))
      terms <- c(terms, list(list(parts = c(name, ""), column = length(columns), flag = "")))
      next
    }
    present <- levels(droplevels(x))
    reference <- levels(x)[1] %in% present
    dummies <- if (reference) setdiff(present, levels(x)[1]) else present[-1]
    before <- length(columns)
    columns <- c(columns, lapply(dummies, function(level) as.numeric(x == level)))
    terms <- c(terms, lapply(levels(x)[-1], function(level) {
      column <- if (reference && level %in% dummies) before + match(level, dummies) else NA
      why <- if (is.na(column)) {
        flag("empty level", name, "=", if (reference) level else levels(x)[1])
      } else {
        ""
      }
      list(parts = c(name, level), column = column, flag = why)
    }))
  }
  list(columns = do.call(cbind, columns), terms = terms)
}

# What is asked of a model: a linear combination of its coefficients, as a row of a result on the
# odds-ratio scale.
odds_ratio_row <- function(model, combination, ci, conf_level) {
  if (nzchar(model$flag)) {
    return(list(flag = model$flag))
  }
  combination <- combination / attr(model$X, "size")
  log_odds <- sum(combination * model$coef)
  std_error <- sqrt(drop(combination %*% model$vcov %*% combination))
  z <- log_odds / std_error
  row <- list(std_error = std_error, statistic = z, p_value = 2 * pnorm(-abs(z)), flag = "")
  if (abs(log_odds) > log(.Machine$double.xmax)) {
    row$flag <- flag("not estimable", "the odds ratio per unit leaves the range of numbers")
    return(row)
  }
  limits <- if (ci == "profile") {
    profile_limits(model, combination, log_odds, std_error, conf_level)
  } else {
    log_odds + c(-1, 1) * qnorm((1 + conf_level) / 2) * std_error
  }
  if (anyNA(limits)) row$flag <- flag("not converged", "a profile limit was not found")
  c(list(estimate = exp(log_odds), conf_low = exp(limits[1]), conf_high = exp(limits[2])), row)
}

interval_words <- function(ci, conf_level) {
  paste0(
    percent(conf_level), " CI ", if (ci == "profile") "profile likelihood" else "Wald",
    "; z and p Wald"
  )
}
