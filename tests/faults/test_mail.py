"""The mail server is down, busy, or hangs up: nobody who files notices, and every mail leaves in the end."""

import pytest

from cases.outbox import CLAIM, TRIES
from tests.faults.mail_server import BUSY, SILENT, UNKNOWN, WELL, MailServer
from tests.faults.office import Office
from tests.servers import free_port

HOUR = 60 * 60


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def mailing_office(open_offices, port: int) -> Office:
    return open_offices(
        REGISTRA_MAIL="smtp",
        REGISTRA_SMTP_HOST="127.0.0.1",
        REGISTRA_SMTP_PORT=str(port),
        REGISTRA_SMTP_SECURITY="none",
    )


def file(office: Office, key: str) -> int:
    """Somebody files and gives an address; the receipt is made, and its mail tried once."""
    case = office.do("file", key=key, email=f"{key}@example.org")["case"]
    for _job in ("make_receipt", "send_mail"):
        office.do("sweep")
    return case


def receipt(office: Office, case: int) -> list[list[str]]:
    return office.do("case_as_it_is", case=case)["sendings"]


def tries(office: Office, case: int) -> tuple[int, str]:
    row = office.do("mail_job", case=case)
    return row["tries"], row["state"]


def test_a_server_that_is_down_gets_the_mail_when_it_is_back(mailing_office: Office, port: int):
    case = file(mailing_office, "down")
    while_down = tries(mailing_office, case)

    with MailServer(port) as server:
        mailing_office.do("sweep", later=HOUR)

    assert while_down == (1, "ConnectionRefusedError: [Errno 111] Connection refused")
    assert [message["To"] for message in server.taken] == ["down@example.org"]
    assert receipt(mailing_office, case) == [["RECEIPT", "SENT"]]


def test_a_busy_server_is_asked_again(mailing_office: Office, port: int):
    with MailServer(port) as server:
        server.mood = BUSY
        case = file(mailing_office, "busy")
        while_busy = tries(mailing_office, case)
        server.mood = WELL
        mailing_office.do("sweep", later=HOUR)

    assert (while_busy[0], "451" in while_busy[1]) == (1, True)
    assert len(server.taken) == 1


def test_a_server_that_hangs_up_after_taking_the_mail_gets_the_same_message_again(mailing_office: Office, port: int):
    with MailServer(port) as server:
        server.mood = SILENT
        case = file(mailing_office, "silent")
        server.mood = WELL
        mailing_office.do("sweep", later=HOUR)

    assert len(server.taken) == 2
    assert len({message["Message-ID"] for message in server.taken}) == 1
    assert receipt(mailing_office, case) == [["RECEIPT", "SENT"]]


def test_an_address_that_nobody_has_gets_a_letter(mailing_office: Office, port: int):
    with MailServer(port) as server:
        server.mood = UNKNOWN
        case = file(mailing_office, "unknown")

        refused = tries(mailing_office, case)

    assert (server.taken, refused) == ([], (0, "done"))
    assert receipt(mailing_office, case) == [["RECEIPT", "REFUSED"], ["RECEIPT", "PREPARED"]]


def test_a_server_that_stays_down_is_given_up_and_the_administrator_sees_why(mailing_office: Office, port: int):
    case = file(mailing_office, "gone")
    for number in range(1, TRIES):
        mailing_office.do("sweep", later=number * 24 * HOUR)
    given_up = tries(mailing_office, case)

    with MailServer(port) as server:
        swept = mailing_office.do("sweep", later=TRIES * 24 * HOUR)
        mailing_office.do("try_again", case=case)
        mailing_office.do("sweep")

    assert (given_up, swept) == ((TRIES, "given up"), 0)
    assert len(server.taken) == 1
    assert receipt(mailing_office, case) == [["RECEIPT", "SENT"]]


def test_filing_never_waits_for_the_mail_server(mailing_office: Office):
    answer = mailing_office.do("file", key="impatient", email="impatient@example.org")

    assert answer["number"].startswith("2026-")
    assert mailing_office.do("sweep", later=CLAIM.total_seconds()) >= 0
