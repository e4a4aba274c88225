"""The live page's robots in this process: paired lanes in lock-step, what befalls them, and what is remembered."""
