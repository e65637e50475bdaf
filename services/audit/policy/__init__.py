"""The regulation on inspecting: pure functions, one for each paragraph; facts in, a refusal or nothing out."""
