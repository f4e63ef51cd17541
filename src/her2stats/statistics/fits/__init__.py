"""Models fitted and tests computed: arrays in, numbers and flags out, without a word of how an answer is laid out."""
