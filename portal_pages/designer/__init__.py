"""Where communications staff build forms: Wagtail's editor around the JSON that a form is.

The definition (plain JSON, `portal_pages.forms.stored`) is the truth; the stream of blocks is only its editor, and
the way there and back loses nothing (`portal_pages.designer.stream`).
"""
