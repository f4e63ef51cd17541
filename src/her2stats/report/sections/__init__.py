"""Each section of the page: what it says, made from the tables of the results folder."""
