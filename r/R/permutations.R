# Permutations that Python makes, too: each orders the numbers of a stream of L'Ecuyer's generator
# MRG32k3a, whose products stay below 2^53, so that doubles hold them exactly.

permutation_moduli <- c(4294967087, 4294944443)

# One step of the generator: six whole numbers, or vectors of them.
next_number <- function(state) {
  first <- (1403580 * state[[2]] - 810728 * state[[1]]) %% permutation_moduli[1]
  second <- (527612 * state[[6]] - 1370589 * state[[4]]) %% permutation_moduli[2]
  list(
    state = list(state[[2]], state[[3]], first, state[[5]], state[[6]], second),
    number = (first - second) %% permutation_moduli[1]
  )
}

# States of `count` generators, a column each, drawn from one that the seed has started.
permutation_streams <- function(seed, count) {
  x <- seed %% 2^32
  words <- numeric(56)
  for (place in seq_along(words)) words[place] <- x <- (69069 * x + 1) %% 2^32
  state <- as.list(words[51:56] %% rep(permutation_moduli, each = 3))
  drawn <- numeric(6 * count)
  for (place in seq_along(drawn)) {
    step <- next_number(state)
    state <- step$state
    drawn[place] <- step$number
  }
  found <- matrix(drawn, 6)
  found[4:6, ] <- found[4:6, ] %% permutation_moduli[2]
  found
}

# Places of the values after each permutation, a column each, 1000 at a time; the strata lie one
# after the other.
permute_within <- function(sizes, count, seed, use) {
  streams <- permutation_streams(seed, count)
  for (first in seq(1, count, by = 1000)) {
    block <- first:min(count, first + 999)
    state <- lapply(1:6, function(word) streams[word, block])
    keys <- matrix(0, sum(sizes), length(block))
    for (place in seq_len(nrow(keys))) {
      step <- next_number(state)
      state <- step$state
      keys[place, ] <- step$number
    }
    places <- matrix(0L, nrow(keys), ncol(keys))
    before <- 0L
    for (size in sizes) {
      own <- before + seq_len(size)
      part <- keys[own, , drop = FALSE]
      sorted <- order(col(part), part, method = "radix") # column by column
      places[own, ] <- before + sorted - size * (col(part) - 1L)
      before <- before + size
    }
    use(block, places)
  }
}

# Statistics less their mean over the permutations, by their standard deviation; the first column
# is the data.
standardised <- function(statistics) {
  drawn <- statistics[, -1, drop = FALSE]
  middle <- rowMeans(drawn)
  spread <- sqrt(rowSums((drawn - middle)^2) / (ncol(drawn) - 1))
  spread[spread <= 1e-10 * apply(abs(statistics), 1, max)] <- NA
  (statistics - middle) / spread
}

# Share of permutations, the data among them, at least as far out; equal but for rounding counts.
own_p <- function(sizes, data = sizes[, 1]) {
  rowMeans(sizes >= data - 1e-9)
}

# Westfall and Young's step-down p values of the maximum.
step_down <- function(sizes) {
  by_size <- order(-sizes[, 1])
  farthest <- sizes[by_size, , drop = FALSE]
  for (place in rev(seq_len(nrow(farthest) - 1))) {
    farthest[place, ] <- pmax(farthest[place, ], farthest[place + 1, ])
  }
  found <- numeric(nrow(sizes))
  found[by_size] <- cummax(own_p(farthest, sizes[by_size, 1]))
  found
}
