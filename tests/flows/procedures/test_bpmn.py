"""BPMN 2.0: valid against the schema of the Object Management Group (bpmn_schema/, as the OMG publishes it)."""

from pathlib import Path

import pytest
from lxml import etree

from flows.procedures.bpmn import bpmn_of_procedure
from flows.procedures.shipped import shipped
from flows.procedures.tree import Procedure, from_json
from tests.flows.procedures.big import big
from tests.flows.procedures.test_tree import EVERYTHING

SCHEMA = Path(__file__).parent / "bpmn_schema" / "BPMN20.xsd"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


@pytest.mark.parametrize("procedure", [from_json(shipped("general")), from_json(EVERYTHING), big()])
def test_every_export_is_valid(procedure: Procedure, schema: etree.XMLSchema):
    document = etree.fromstring(bpmn_of_procedure(procedure))

    schema.assertValid(document)


def test_the_words_are_in_the_language_asked_for():
    exported = bpmn_of_procedure(from_json(shipped("general")), language="bg").decode()

    assert 'name="Обща процедура"' in exported


def test_hostile_words_stay_words(schema: etree.XMLSchema):
    definition = shipped("general")
    definition["titles"] = {"en": "<!ENTITY x> \x0b ]]>"}

    document = etree.fromstring(bpmn_of_procedure(from_json(definition)))

    schema.assertValid(document)
    assert document[0].get("name") == "<!ENTITY x>  ]]>"
