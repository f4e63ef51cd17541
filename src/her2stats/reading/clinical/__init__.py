"""A clinical table into the controlled vocabulary, and the study population from it."""
