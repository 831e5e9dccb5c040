"""Complaint about something at a place: a pothole, a dark street lamp, rubbish (domain.md, service S5)."""

from cases.conditions import answer_is
from portal_pages.forms.applicant import applicant_page, contact_page, declarations_page
from portal_pages.forms.definition import Form, Page, Question
from portal_pages.forms.kinds import Choice, Date, Files, LongText, Option, PlaceOnMap, ShortText
from portal_pages.forms.kinds.files import PICTURES
from portal_pages.forms.wording import texts

CATEGORIES = (
    Option(
        "POTHOLE",
        texts(
            en="Pothole, broken pavement",
            bg="Дупка, счупен тротоар",
            pl="Dziura, uszkodzony chodnik",
            ro="Groapă, trotuar spart",
        ),
    ),
    Option(
        "LIGHTING", texts(en="Street lighting", bg="Улично осветление", pl="Oświetlenie ulicy", ro="Iluminat stradal")
    ),
    Option("WASTE", texts(en="Rubbish", bg="Отпадъци", pl="Śmieci", ro="Gunoi")),
    Option("NOISE", texts(en="Noise", bg="Шум", pl="Hałas", ro="Zgomot")),
    Option("ANIMALS", texts(en="Animals", bg="Животни", pl="Zwierzęta", ro="Animale")),
    Option(
        "ILLEGAL_BUILDING",
        texts(
            en="Building without a permit",
            bg="Незаконен строеж",
            pl="Samowola budowlana",
            ro="Construcție fără autorizație",
        ),
    ),
    Option(
        "WATER",
        texts(
            en="Water, sewer, flooding",
            bg="Вода, канал, наводнение",
            pl="Woda, kanalizacja, zalanie",
            ro="Apă, canalizare, inundație",
        ),
    ),
    Option("TREE", texts(en="Dangerous tree", bg="Опасно дърво", pl="Niebezpieczne drzewo", ro="Arbore periculos")),
    Option("OTHER", texts(en="Something else", bg="Друго", pl="Coś innego", ro="Altceva")),
)

WHAT = Page(
    key="matter",
    titles=texts(en="What is wrong?", bg="Какъв е проблемът?", pl="Co się stało?", ro="Ce problemă este?"),
    questions=(
        Question(
            "category",
            Choice(options=CATEGORIES),
            texts(
                en="What is it about?",
                bg="За какво става дума?",
                pl="Czego dotyczy zgłoszenie?",
                ro="Despre ce este vorba?",
            ),
            required=True,
        ),
        Question(
            "category_in_words",
            ShortText(most=120),
            texts(en="What is it?", bg="Какво е?", pl="Co to jest?", ro="Ce anume?"),
            required=True,
            show_when=answer_is("category", "OTHER"),
        ),
        Question(
            "description",
            LongText(least=10, most=4000),
            texts(en="Describe it", bg="Опишете го", pl="Opis", ro="Descrieți problema"),
            texts(
                en="What you saw, since when, who is in danger.",
                bg="Какво видяхте, откога е, кого застрашава.",
                pl="Co widać, od kiedy, komu zagraża.",
                ro="Ce ați văzut, de când, cine este în pericol.",
            ),
            required=True,
        ),
        Question(
            "occurred_date",
            Date(),
            texts(
                en="When did you notice it?",
                bg="Кога го забелязахте?",
                pl="Kiedy to zauważono?",
                ro="Când ați observat?",
            ),
            texts(
                en="For example 27 3 2026. Leave it empty if you don't remember.",
                bg="Например 27 3 2026. Оставете празно, ако не помните.",
                pl="Na przykład 27 3 2026. Można zostawić puste.",
                ro="De exemplu 27 3 2026. Lăsați gol dacă nu vă amintiți.",
            ),
        ),
    ),
)

WHERE = Page(
    key="place",
    titles=texts(en="Where is it?", bg="Къде е?", pl="Gdzie to jest?", ro="Unde este?"),
    questions=(
        Question(
            "place",
            PlaceOnMap(),
            texts(en="Place", bg="Място", pl="Miejsce", ro="Locul"),
            texts(
                en="Street and number, a bus stop, a shop beside it. Words are enough.",
                bg="Улица и номер, спирка, магазин наблизо. Думите стигат.",
                pl="Ulica i numer, przystanek, sklep obok. Wystarczą słowa.",
                ro="Strada și numărul, o stație, un magazin din apropiere. Cuvintele ajung.",
            ),
            required=True,
        ),
        Question(
            "photos",
            Files(media_types=PICTURES, most=5),
            texts(en="Photos", bg="Снимки", pl="Zdjęcia", ro="Fotografii"),
            texts(
                en="You can take them now. Try not to show people's faces or number plates.",
                bg="Можете да снимате сега. Избягвайте лица на хора и номера на коли.",
                pl="Zdjęcia można zrobić teraz. Lepiej bez twarzy i tablic rejestracyjnych.",
                ro="Le puteți face acum. Evitați fețele oamenilor și numerele de înmatriculare.",
            ),
        ),
    ),
)

FORM = Form(
    key="complaint",
    version=1,
    pages=(
        WHAT,
        WHERE,
        applicant_page(identifier_required=False),
        contact_page(address_required=False),
        declarations_page(may_fetch_documents=False),
    ),
)
