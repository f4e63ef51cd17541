"""What every figure looks like: colours, fonts, words and files."""
