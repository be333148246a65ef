"""The bureau's own words: a draft, its versions, and which one the matcher reads by."""
