"""The classification plan: a tree in versions, brought in from a file, and the class of a case."""

import datetime as dt

import pytest

from cases import classifying, plan_import
from cases.classifying import ClassifyRefused, ClassSaid, PlanRefused, category_means
from cases.models import RecordClass, Retention
from tests.cases.disposal import due_case
from tests.factories import NOON, RecordClassFactory

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

D = dt.date.fromisoformat
TODAY = NOON.date()


@pytest.fixture
def deed(town) -> dict:
    return {"actor": town.actor("victor"), "at": NOON}


def add(town, code: str, *, parent: str = "", **values) -> RecordClass:
    said = ClassSaid(code=code, titles={"en": f"Class {code}"}, parent=parent, retention_years=5, **values)
    return classifying.add_class(
        town.institution, said, valid_from=D("2026-01-01"), actor=town.actor("victor"), at=NOON
    )


def drawn(nodes: list[classifying.Node]) -> list:
    return [(node.record_class.code, drawn(node.children)) for node in nodes]


def test_the_plan_is_a_tree_in_the_order_of_its_codes(town):
    for code, parent in [("1", ""), ("10", "1"), ("2", ""), ("151", "10"), ("9", "")]:
        add(town, code, parent=parent)

    plan = [line for line in drawn(classifying.plan_on(town.institution, TODAY)) if "." not in line[0]]

    assert plan == [("1", [("10", [("151", [])])]), ("2", []), ("9", [])]


def test_a_new_version_of_a_group_keeps_its_classes(town, deed):
    group = add(town, "1")
    add(town, "10", parent="1")

    said = classifying.replace(classifying.said_of(group), titles={"en": "Renamed"})
    classifying.publish_version(group, said, valid_from=D("2026-06-01"), holds_for_closed=True, **deed)

    plan = {node.record_class.code: node for node in classifying.plan_on(town.institution, TODAY)}
    assert (plan["1"].record_class.titles, [c.record_class.code for c in plan["1"].children]) == (
        {"en": "Renamed"},
        ["10"],
    )
    assert RecordClass.objects.get(pk=group.pk).valid_to == D("2026-05-31")


def test_what_is_used_is_changed_by_a_version_only(town, deed):
    used = town.trees.rules.get().record_class
    town.file()
    said = classifying.replace(classifying.said_of(used), retention_years=7)

    with pytest.raises(PlanRefused, match="make a new version"):
        classifying.edit_class(used, said, **deed)
    with pytest.raises(PlanRefused, match="only be ended"):
        classifying.remove_class(used, at=NOON)
    new = classifying.publish_version(used, said, valid_from=D("2026-12-01"), holds_for_closed=True, **deed)

    assert (new.retention_years, RecordClass.objects.get(pk=used.pk).retention_years) == (7, 5)


def test_what_nothing_refers_to_is_edited_and_removed(town, deed):
    unused = add(town, "77")

    edited = classifying.edit_class(unused, ClassSaid("78", {"en": "Other"}, retention_years=3), **deed)
    classifying.remove_class(edited, at=NOON)

    assert not RecordClass.objects.filter(code__in=["77", "78"]).exists()


def test_taking_a_version_back_reopens_the_one_before(town, deed):
    first = add(town, "77")
    said = classifying.replace(classifying.said_of(first), retention_years=9)
    second = classifying.publish_version(first, said, valid_from=D("2027-01-01"), holds_for_closed=True, **deed)

    classifying.remove_class(second, at=NOON)

    assert RecordClass.objects.get(code="77").valid_to is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (ClassSaid("", {"en": "x"}, retention_years=1), "code"),
        (ClassSaid("x" * 21, {"en": "x"}, retention_years=1), "code"),
        (ClassSaid("7", {}, retention_years=1), "titles"),
        (ClassSaid("7", {"en": "x"}, parent="7", retention_years=1), "parent"),
        (ClassSaid("7", {"en": "x"}, parent="nowhere", retention_years=1), "parent"),
        (ClassSaid("7", {"en": "x"}), "retention_years"),
        (ClassSaid("7", {"en": "x"}, retention_years=501), "retention_years"),
    ],
)
def test_a_wrong_class_is_refused_where_it_is_wrong(town, deed, said, field):
    with pytest.raises(PlanRefused) as refused:
        classifying.add_class(town.institution, said, valid_from=TODAY, **deed)

    assert refused.value.field == field


def test_a_class_never_stands_below_itself(town, deed):
    top = add(town, "1")
    add(town, "10", parent="1")

    with pytest.raises(PlanRefused, match="below itself"):
        classifying.publish_version(
            top,
            classifying.replace(classifying.said_of(top), parent="10"),
            valid_from=D("2026-12-01"),
            holds_for_closed=True,
            **deed,
        )


@pytest.mark.parametrize(
    ("category", "means"),
    [
        ("A", ("TRANSFER", 25)),
        ("B5", ("DESTROY", 5)),
        ("BE10", ("REVIEW", 10)),
        ("Bc", ("DESTROY", 0)),
        ("P", ("TRANSFER", 30)),
        ("10 C.S.", ("REVIEW", 10)),
        ("5 ani", ("DESTROY", 5)),
        ("П", ("TRANSFER", 20)),
        ("5 г.", ("DESTROY", 5)),
        ("10 г. ЕК", ("REVIEW", 10)),
        ("whatever", None),
    ],
)
def test_the_short_words_of_three_countries_are_known(category, means):
    assert category_means(category) == means


# -- the class of a case


def test_a_case_moves_to_another_class_with_a_reason(town, deed):
    case = due_case(town)
    longer = RecordClassFactory(institution=town.institution, code="99", retention_years=20)

    classifying.classify(case, to=longer, reason="It is about a building", **deed)

    event = case.events.order_by("seq").last()
    assert (event.kind, event.payload["new"]) == ("RECLASSIFIED", "99")
    assert Retention.objects.get(case=case).due_date == D("2041-01-01")


def test_a_case_does_not_move_without_reason_nor_into_a_group(town, deed):
    case = due_case(town)
    group = RecordClassFactory(institution=town.institution, is_selectable=False)

    with pytest.raises(ClassifyRefused, match="class below it"):
        classifying.classify(case, to=group, reason="x", **deed)
    with pytest.raises(ClassifyRefused, match="Write the reason"):
        classifying.classify(case, to=RecordClassFactory(institution=town.institution), reason=" ", **deed)
    with pytest.raises(ClassifyRefused, match="another institution"):
        classifying.classify(case, to=RecordClassFactory(), reason="x", **deed)


# -- from a file


def looked(town, text: str) -> list[tuple]:
    rows = plan_import.look_at(text.encode(), institution=town.institution).rows
    return [(row.code, row.what, row.wrong) for row in rows]


def test_a_dry_run_says_of_each_row_what_it_would_do(town):
    RecordClassFactory(institution=town.institution, code="1", titles={"en": "Trees"}, category="B5")
    RecordClassFactory(institution=town.institution, code="2", titles={"en": "Roads"}, category="B5")

    rows = looked(
        town,
        "code;title;category;parent;selectable;years\n"
        "1;Trees;B5;;;\n2;Roads;B10;;;\n3;New;BE5;1;;\n4;Bad;Q7;9;maybe;x\n4;Twice;B5;;;\n5;A;B5;6;;\n6;B;B5;5;;\n7;;B5;;;\n",
    )

    assert [(code, what) for code, what, _wrong in rows] == [
        ("1", "SAME"),
        ("2", "CHANGED"),
        ("3", "NEW"),
        ("4", "WRONG"),
        ("4", "WRONG"),
        ("5", "WRONG"),
        ("6", "WRONG"),
        ("7", "WRONG"),
    ]
    assert [len(wrong) for _code, _what, wrong in rows] == [0, 0, 0, 4, 1, 1, 1, 1]
    assert RecordClass.objects.filter(institution=town.institution).count() == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"name,years\n1,2", "at least"),
        (b"code,title,colour\n1,x,red", "Unknown columns: colour"),
        (b"code,title,title\n1,x,y", "twice"),
        ("code,title\n1,Дърво".encode("cp1251"), "not UTF-8"),
        (b"code,title\n1,\x00", "no CSV"),
        (b"x" * (plan_import.MOST_BYTES + 1), "larger"),
    ],
)
def test_what_is_no_plan_is_refused_in_words(town, content, words):
    with pytest.raises(plan_import.NotAPlan, match=words):
        plan_import.look_at(content, institution=town.institution)


def test_a_plan_comes_in_whole_or_not_at_all(town, deed):
    with pytest.raises(PlanRefused):
        plan_import.bring_in(
            b"code,title,category\n1,Good,B5\n2,Bad,Q\n", institution=town.institution, valid_from=TODAY, **deed
        )
    assert not RecordClass.objects.filter(code="1").exists()


@pytest.mark.parametrize("plan", plan_import.SHIPPED, ids=lambda plan: plan.key)
def test_the_shipped_plans_come_in_and_change_nothing_the_second_time(town, deed, plan):
    rows = plan_import.look_at(plan.content, institution=town.institution)
    wrong = [(row.line, row.wrong) for row in rows.wrong]

    first = plan_import.bring_in(plan.content, institution=town.institution, valid_from=TODAY, **deed)
    second = plan_import.bring_in(plan.content, institution=town.institution, valid_from=TODAY, **deed)

    assert (wrong, first["NEW"] > 35, second["SAME"], second["NEW"]) == ([], True, first["NEW"], 0)
    groups = [node for node in classifying.plan_on(town.institution, TODAY) if node.children]
    assert len(groups) > 4


def test_a_changed_row_of_a_used_class_makes_a_version(town, deed):
    used = town.trees.rules.get().record_class
    town.file()

    plan_import.bring_in(
        f"code,title,category\n{used.code},Trees,B7\n".encode(),
        institution=town.institution,
        valid_from=D("2026-12-01"),
        **deed,
    )

    versions = RecordClass.objects.filter(code=used.code).order_by("valid_from")
    assert [(version.retention_years, version.valid_to) for version in versions] == [(5, D("2026-11-30")), (7, None)]
