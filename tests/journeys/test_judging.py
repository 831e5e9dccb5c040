"""The judge says what shuts people out, and leaves matters of taste alone."""

PICTURE = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
PAGE = '<html lang="en"><title>A page</title><main><h1>A page</h1>{}</main></html>'


def test_a_picture_without_words_is_found(new_page, axe):
    page = new_page()
    page.set_content(PAGE.format(PICTURE))

    assert [violation.split(": ")[1] for violation in axe(page)] == ["image-alt"]


def test_letters_too_pale_to_read_are_found(new_page, axe):
    page = new_page()
    page.set_content(PAGE.format('<p style="color: #ddd; background: #fff">Pale</p>'))

    assert [violation.split(": ")[1] for violation in axe(page)] == ["color-contrast"]


def test_a_step_between_headings_is_no_barrier(new_page, axe):
    page = new_page()
    page.set_content(PAGE.format("<h4>Far down</h4>"))

    assert axe(page) == []
