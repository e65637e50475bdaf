"""The regulation as code: one paragraph, one function; facts in, a refusal or nothing out."""
