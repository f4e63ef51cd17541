"""The controlled vocabulary of clinical variables: their levels, in their order."""

HR_LEVELS = ("negative", "positive")
IHC_LEVELS = ("0", "1+", "2+")
HER2_GROUPS = ("HER2-0", "HER2-low")
GRADES = ("I", "II", "III")
