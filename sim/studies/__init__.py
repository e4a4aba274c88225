"""One file per study; its docstring holds the question, where the figure comes from, and the protocol."""
