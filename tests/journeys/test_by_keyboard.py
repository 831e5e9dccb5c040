"""The officials' desk without a mouse: from the list to a case, its task done, and back where it is gone."""

from tests.journeys.people import Official

MOST_TABS = 15


class Hands:
    """An official's hands, both on the keyboard. How often Enter was pressed is counted: it stands for a click."""

    def __init__(self, official: Official) -> None:
        self.official, self.page = official, official.page
        self.keys = official.page.keyboard
        self.pressed = 0

    def enter(self) -> None:
        self.pressed += 1
        with self.page.expect_navigation():
            self.keys.press("Enter")
        self.official.look()

    def where(self) -> str:
        """What the cursor stands on, as its label or its words say."""
        return self.page.evaluate("""(() => {
            const here = document.activeElement;
            return (here.labels?.[0] ?? here).innerText.trim().split("\\n")[0];
        })()""")

    def tab_to(self, words: str) -> None:
        passed: list[str] = []
        while self.where() != words:
            passed.append(self.where())
            assert len(passed) <= MOST_TABS, f"{words!r} is not among {passed}"
            self.keys.press("Tab")

    def numbers(self) -> list[str]:
        return [number.strip() for number in self.page.locator("td.desk-number").all_inner_texts()]

    def goes_to(self, number: str) -> None:
        """One row too far, and one back."""
        [place] = [place for place, shown in enumerate(self.numbers()) if shown.endswith(number)]
        for _row in range(place + 2):
            self.keys.press("j")
        if place < len(self.numbers()) - 1:
            self.keys.press("k")


def test_an_officer_checks_and_a_head_resolves_by_keyboard_alone(resident, office):
    first, second = resident().files(), resident().files()
    officer, head = Hands(office["officer"]), Hands(office["head"])

    officer.official.open("/office/tasks/")
    officer.goes_to(first.number)
    officer.enter()
    officer.tab_to("It is complete")
    officer.enter()

    assert officer.pressed == 2
    officer.official.sees("Complete: the head decides who handles it.")
    assert (first.number in officer.numbers(), second.number in officer.numbers()) == (False, True)

    head.official.open("/office/tasks/")
    head.goes_to(first.number)
    head.enter()
    head.tab_to("Who handles it")
    head.keys.type("Ognyan Petrov")
    head.tab_to("What to do (if any)")
    head.keys.type("Look at the tree and answer.")
    head.tab_to("Resolve")
    head.enter()

    assert head.pressed == 2
    head.official.sees("Resolved.")
    assert first.number not in head.numbers()
    officer.official.open("/office/tasks/")
    assert first.number in officer.numbers()
