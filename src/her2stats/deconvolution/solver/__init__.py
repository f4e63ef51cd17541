"""The exact optimum of nu-support-vector regression with a linear kernel."""
