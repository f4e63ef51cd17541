"""What a claim is worth: study-wide error, specification curves, least effects, E-values and misread IHC."""
