"""How a study is run: lives that are asked for, their records on disk, intervals, tables, figures and the page."""
