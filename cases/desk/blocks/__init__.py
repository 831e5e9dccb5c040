"""Parts of Wagtail's editor that forms, procedures and letters are built with: texts side by side, conditions.

Each has a definition (plain JSON, the truth) and a stream (what Wagtail's editor holds); the way there and back loses
nothing.
"""
