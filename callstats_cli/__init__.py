"""Statistics over LLM call logs, answered on one's own machine."""
