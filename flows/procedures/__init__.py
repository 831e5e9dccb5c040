"""Procedures as data: the tree of steps that a process owner draws, its check, its compiling and its trying out."""
