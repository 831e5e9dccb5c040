"""A few cases of the demo town, filed through the one door so that nobody's list is empty at first."""

import datetime as dt
import io
from typing import NamedTuple

from django.utils import timezone
from PIL import Image, ImageDraw

from cases.acting import Actor
from cases.capturing import FileToKeep
from cases.models import Channel, DeliveryChannel, Institution, Service, User
from cases.registration import PartyAsFiled, PlaceAsFiled, Submission, register


class Filing(NamedTuple):
    """What one resident of Bela Reka filed, so many days ago."""

    days_ago: int
    service: str
    channel: str
    language: str
    name: str
    words: str
    place: str
    email: str = ""
    result: str = DeliveryChannel.PORTAL


FILINGS = [
    Filing(
        16,
        "tree-felling",
        Channel.WEB,
        "bg",
        "Мария Петрова",
        "Опасен орех до училището",
        "ул. „Липа“ № 4",
        "maria@example.org",
    ),
    Filing(
        9,
        "complaint",
        Channel.WEB,
        "bg",
        "Георги Димитров",
        "Не свети улична лампа",
        "ул. „Морава“ № 12",
        "georgi@example.org",
    ),
    Filing(
        6,
        "public-information",
        Channel.WEB,
        "en",
        "Anna Novak",
        "The contract on waste collection",
        "",
        "anna@example.org",
        DeliveryChannel.EMAIL,
    ),
    Filing(
        4,
        "complaint",
        Channel.TELEPHONE,
        "bg",
        "Иван Тодоров",
        "Дупка на пътя пред аптеката",
        "ул. „Кметска“ № 9",
        "",
        DeliveryChannel.POST,
    ),
    Filing(
        2,
        "tree-felling",
        Channel.COUNTER,
        "bg",
        "Станка Илиева",
        "Болна липа в двора",
        "ул. „Роза“ № 7",
        "",
        DeliveryChannel.COUNTER,
    ),
    Filing(
        1,
        "complaint",
        Channel.WEB,
        "ro",
        "Elena Ionescu",
        "Gunoi lângă râu",
        "la podul de peste Bela",
        "elena@example.org",
    ),
    Filing(
        0, "public-information", Channel.WEB, "pl", "Piotr Zieliński", "Protokoły z sesji rady", "", "piotr@example.org"
    ),
]


def file_demo_cases(institution: Institution) -> None:
    """File them in order of time; each gets its number, its receipt and its procedure."""
    registrar = User.objects.get(username="registrar")
    now = timezone.now()
    for number, filing in enumerate(FILINGS):
        at = now - dt.timedelta(days=filing.days_ago, minutes=len(FILINGS) - number)
        is_on_web = filing.channel == Channel.WEB
        actor = Actor.applicant() if is_on_web else Actor.at_counter(registrar)
        register(_submission(institution, filing, number, at=at), actor=actor, at=at)


def _submission(institution: Institution, filing: Filing, number: int, *, at: dt.datetime) -> Submission:
    service = Service.objects.select_related("institution", "unit").get(institution=institution, code=filing.service)
    question = {"key": "subject", "kind": "long_text", "label": "", "answer": filing.words, "in_words": filing.words}
    return Submission(
        institution=institution,
        service=service,
        channel=filing.channel,
        submission_key=f"demo-{number}",
        subject=": ".join(part for part in (filing.words, filing.place) if part),
        language=filing.language,
        received_at=at,
        parties=[
            PartyAsFiled(
                name=filing.name,
                email=filing.email,
                language=filing.language,
                result_channel=filing.result,
                address=f"{filing.place}, 2770 Бела река" if filing.place else "",
            )
        ],
        files=[FileToKeep("photo.jpg", question_key="photos", stream=_photo(filing.words))] if filing.place else [],
        answers={"subject": filing.words},
        asked={
            "form": filing.service,
            "version": "demo",
            "language": filing.language,
            "pages": [{"title": str(service.name), "questions": [question]}],
        },
        place=PlaceAsFiled(words=filing.place) if filing.place else None,
        versions={"form": f"{filing.service}-demo"},
    )


def _photo(words: str) -> io.BytesIO:
    """A picture of a tree; each filing has its own, so that the originals differ."""
    picture = Image.new("RGB", (900, 600), (214, 232, 245))
    pencil = ImageDraw.Draw(picture)
    pencil.rectangle((0, 430, 900, 600), fill=(150, 178, 110))
    pencil.rectangle((425, 300, 475, 470), fill=(104, 74, 48))
    for x, y in ((360, 220), (450, 170), (540, 225), (410, 265), (500, 262)):
        pencil.ellipse((x - 85, y - 75, x + 85, y + 75), fill=(64, 120 + len(words) % 40, 62))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    out.seek(0)
    return out
