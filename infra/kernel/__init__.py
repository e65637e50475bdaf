"""The few words that every part of the system shares; the only infra that policy, domain and messages may import."""
