"""Addresses that get printed: short, without language; they lead to today's page."""


def test_without_a_page_the_printed_address_leads_to_the_form(client, town):
    assert client.get("/s/complaint").headers["Location"] == "/en/apply/complaint/"


def test_an_unknown_document_is_said_to_be_unknown(client, town):
    response = client.get("/d/0123456789abcdef")

    assert response.status_code == 410
    assert "We know no document" in response.content.decode()
