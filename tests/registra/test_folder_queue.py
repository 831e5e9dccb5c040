"""The job queue in a folder, with the outages a folder can have."""

import shutil

import pytest
from celery import Celery
from kombu.transport import TRANSPORT_ALIASES


@pytest.fixture
def queue_folder(tmp_path):
    return tmp_path / "queue"


@pytest.fixture
def office(queue_folder, monkeypatch):
    """An application that publishes jobs as ours does."""
    monkeypatch.setitem(TRANSPORT_ALIASES, "filesystem", "registra.folder_queue:Transport")
    app = Celery("office", broker="filesystem://", set_as_current=False)
    app.conf.broker_transport_options = {
        "data_folder_in": str(queue_folder / "messages"),
        "data_folder_out": str(queue_folder / "messages"),
        "control_folder": str(queue_folder / "control"),
    }
    yield app
    app.close()


def jobs_taken(office):
    taken = []
    with office.connection_for_read() as connection, connection.channel() as channel:
        while message := channel.basic_get("celery", no_ack=True):
            taken.append(message.headers["task"])
    return taken


def test_jobs_come_out_in_the_order_they_went_in(office):
    for name in ("seal", "mail", "index"):
        office.send_task(name)

    assert jobs_taken(office) == ["seal", "mail", "index"]


def test_an_unfinished_message_is_left_alone(office, queue_folder):
    office.send_task("seal")
    (queue_folder / "messages" / "00000000000000000000_x.celery.msg.part").write_text("")

    assert jobs_taken(office) == ["seal"]


def test_a_wiped_queue_goes_on_empty(office, queue_folder):
    office.send_task("lost with the folder")
    shutil.rmtree(queue_folder)

    assert jobs_taken(office) == []

    office.send_task("after the wipe")

    assert jobs_taken(office) == ["after the wipe"]
