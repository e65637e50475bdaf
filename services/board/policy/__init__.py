"""The regulation as the board keeps it: one file for each article, one function for each paragraph; facts in, refusal or None out."""
