# ruff: noqa: E501 (paragraphs of running text)
"""The words of the demo town's pages, where no service tells its own: an example of plain language to start from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Fields = Mapping[str, Any]


@dataclass(frozen=True)
class DemoPage:
    """One page in the languages in which it is written; ``key`` names it among the others, ``parent`` names the page above."""

    key: str
    parent: str
    kind: str
    in_menu: bool
    texts: Mapping[str, Fields]
    shared: Fields = field(default_factory=dict)


def _text(html: str) -> dict[str, Any]:
    return {"type": "text", "value": html}


def _notice(html: str, kind: str = "GOOD_TO_KNOW") -> dict[str, Any]:
    return {"type": "notice", "value": {"kind": kind, "text": html}}


def _steps(*steps: str) -> dict[str, Any]:
    return {"type": "steps", "value": list(steps)}


def _questions(*pairs: tuple[str, str]) -> dict[str, Any]:
    items = [{"question": question, "answer": answer} for question, answer in pairs]
    return {"type": "questions", "value": items}


def _ways(**texts: str) -> list[dict[str, Any]]:
    return [{"type": "way", "value": {"channel": channel, "text": text}} for channel, text in texts.items()]


WAYS_EN = {
    "COUNTER": "<p>One-stop office, 1 Kmetska St., ground floor, Monday to Friday, 8:30–17:00. We fill in the form with "
    "you and print the receipt. No queue number is needed.</p>",
    "POST": "<p>Write a letter to: Municipality of Bela Reka, 1 Kmetska St., 2770 Bela Reka. Sign it and say how you want "
    "to get the answer.</p>",
    "TELEPHONE": "<p>Call 0700 10 000. We write down what you tell us and read it back to you.</p>",
}
WAYS_BG = {
    "COUNTER": "<p>Център за обслужване на гражданите, ул. „Кметска“ № 1, партер, понеделник–петък, 8:30–17:00. "
    "Попълваме формуляра заедно с Вас и отпечатваме потвърждението.</p>",
    "POST": "<p>Изпратете писмо до: Община Бела река, ул. „Кметска“ № 1, 2770 Бела река. Подпишете го и напишете как "
    "искате да получите отговора.</p>",
    "TELEPHONE": "<p>Обадете се на 0700 10 000. Записваме каквото ни кажете и Ви го прочитаме.</p>",
}
WAYS_PL = {
    "COUNTER": "<p>Biuro obsługi mieszkańców, ul. Kmetska 1, parter, poniedziałek–piątek, 8:30–17:00. Wypełniamy "
    "formularz razem z Państwem i drukujemy potwierdzenie.</p>",
    "POST": "<p>List prosimy wysłać na adres: Gmina Bela Reka, ul. Kmetska 1, 2770 Bela Reka. Proszę go podpisać i "
    "napisać, w jaki sposób dostarczyć odpowiedź.</p>",
    "TELEPHONE": "<p>Telefon 0700 10 000. Zapisujemy to, co usłyszymy, i odczytujemy na głos.</p>",
}
WAYS_RO = {
    "COUNTER": "<p>Ghișeul unic, str. Kmetska nr. 1, parter, luni–vineri, 8:30–17:00. Completăm formularul împreună cu "
    "dumneavoastră și tipărim dovada.</p>",
    "POST": "<p>Scrieți la: Primăria Bela Reka, str. Kmetska nr. 1, 2770 Bela Reka. Semnați scrisoarea și spuneți cum "
    "doriți să primiți răspunsul.</p>",
    "TELEPHONE": "<p>Sunați la 0700 10 000. Notăm ce ne spuneți și vă citim ce am scris.</p>",
}
WEB_EN = "<p>Press “Start now” above. It takes about ten minutes; you can stop and go on later.</p>"
WEB_BG = (
    "<p>Натиснете „Към формуляра“ по-горе. Отнема около десет минути; можете да спрете и да продължите по-късно.</p>"
)

WEB_PL = "<p>Przycisk powyżej otwiera formularz. Trwa to około dziesięciu minut; można przerwać i wrócić później.</p>"
WEB_RO = "<p>Butonul de mai sus deschide formularul. Durează cam zece minute; puteți să vă opriți și să reveniți.</p>"
# How to file: said alike on the pages of all services.
WAYS_TO_FILE = {
    "en": _ways(WEB=WEB_EN, **WAYS_EN),
    "bg": _ways(WEB=WEB_BG, **WAYS_BG),
    "pl": _ways(WEB=WEB_PL, **WAYS_PL),
    "ro": _ways(WEB=WEB_RO, **WAYS_RO),
}

PAGES: tuple[DemoPage, ...] = (
    DemoPage(
        "home",
        "",
        "HomePage",
        False,
        {
            "en": {
                "title": "What do you want to do?",
                "slug": "home",
                "introduction": "File a request or follow a case. From your telephone, by post or at the counter: "
                "whichever suits you.",
                "search_description": "Services of the Municipality of Bela Reka: file a request, follow your case.",
            },
            "bg": {
                "title": "Какво искате да направите?",
                "slug": "nachalo",
                "introduction": "Подайте документ или проследете преписка. От телефона, по пощата или на гише: както Ви е "
                "удобно.",
                "search_description": "Услуги на Община Бела река: подайте документ, проследете преписка.",
            },
            "pl": {
                "title": "Co chcą Państwo załatwić?",
                "slug": "start",
                "introduction": "Tu można złożyć pismo albo sprawdzić, co dzieje się ze sprawą: z telefonu, pocztą lub przy "
                "okienku, jak komu wygodniej.",
                "search_description": "Usługi gminy Bela Reka: złożenie pisma, sprawdzenie sprawy.",
            },
            "ro": {
                "title": "Ce doriți să faceți?",
                "slug": "acasa",
                "introduction": "Depuneți o cerere sau urmăriți un dosar: de pe telefon, prin poștă sau la ghișeu, cum vă "
                "este mai ușor.",
                "search_description": "Serviciile Primăriei Bela Reka: depuneți o cerere, urmăriți un dosar.",
            },
        },
    ),
    DemoPage(
        "services",
        "home",
        "ServiceIndexPage",
        True,
        {
            "en": {
                "title": "All services",
                "slug": "services",
                "introduction": "Search in your own words. Endings and small slips don't matter.",
            },
            "bg": {
                "title": "Всички услуги",
                "slug": "uslugi",
                "introduction": "Търсете със свои думи. Окончанията и дребните грешки не пречат.",
            },
            "pl": {
                "title": "Wszystkie usługi",
                "slug": "uslugi",
                "introduction": "Można szukać własnymi słowami. Końcówki i drobne błędy nie przeszkadzają.",
            },
            "ro": {
                "title": "Toate serviciile",
                "slug": "servicii",
                "introduction": "Căutați cu propriile cuvinte. Terminațiile și micile greșeli nu contează.",
            },
        },
    ),
    DemoPage(
        "tracking",
        "home",
        "TrackingPage",
        True,
        {
            "en": {
                "title": "Follow my case",
                "slug": "follow-my-case",
                "introduction": "Enter the number and the 12 digits from your receipt: you see where the case is, since when, "
                "and when to expect the answer.",
                "help_text": [
                    _questions(
                        (
                            "I have lost the digits",
                            "<p>Call us or come to the counter with an identity document. You get new digits; the old "
                            "ones stop working.</p>",
                        ),
                        (
                            "May I let somebody else look?",
                            "<p>Yes: whoever has the number and the digits can read the case and write to us in your "
                            "name. Give them only to people you trust.</p>",
                        ),
                    )
                ],
            },
            "bg": {
                "title": "Проследяване на преписка",
                "slug": "prosledi-prepiska",
                "introduction": "Въведете номера и 12-те цифри от потвърждението: виждате къде е преписката, откога и кога да "
                "очаквате отговор.",
                "help_text": [
                    _questions(
                        (
                            "Изгубих цифрите",
                            "<p>Обадете се или елате на гише с документ за самоличност. Получавате нови цифри; старите "
                            "спират да важат.</p>",
                        ),
                        (
                            "Може ли друг да погледне вместо мен?",
                            "<p>Да: който има номера и цифрите, може да чете преписката и да ни пише от Ваше име. Давайте "
                            "ги само на хора, на които вярвате.</p>",
                        ),
                    )
                ],
            },
        },
    ),
    DemoPage(
        "without-computer",
        "home",
        "ArticlePage",
        True,
        {
            "en": {
                "title": "Without a computer",
                "slug": "without-a-computer",
                "introduction": "Paper, telephone and the counter stay. Every service on this site can be had without the "
                "internet, at the same price and in the same time.",
                "body": [
                    _text(
                        "<h2>At the counter</h2><p>Come to the one-stop office. A registrar asks you the same questions as "
                        "this site, types your answers, scans your papers and gives them back. You get a printed receipt "
                        "with a number and 12 digits.</p><h2>By post</h2><p>A letter in your own words is enough. Write your "
                        "name and how we reach you, and sign it. We register it on the day it arrives.</p><h2>By "
                        "telephone</h2><p>Call 0700 10 000, Monday to Friday, 8:30–17:00. You can report a problem, and with "
                        "your number and digits hear where your case is.</p>"
                    ),
                    _notice(
                        "<p>At home and unable to come? Call us: a colleague visits you on Tuesdays and Thursdays.</p>"
                    ),
                ],
            },
            "bg": {
                "title": "Без компютър",
                "slug": "bez-kompyutar",
                "introduction": "Хартията, телефонът и гишето остават. Всяка услуга тук може да се получи без интернет, на "
                "същата цена и в същия срок.",
                "body": [
                    _text(
                        "<h2>На гише</h2><p>Елате в центъра за обслужване. Служител Ви задава същите въпроси като тази "
                        "страница, записва отговорите, сканира документите и Ви ги връща. Получавате отпечатано потвърждение с "
                        "номер и 12 цифри.</p><h2>По пощата</h2><p>Стига писмо с Ваши думи. Напишете името си и как да се "
                        "свържем с Вас, и го подпишете. Регистрираме го в деня, в който пристигне.</p><h2>По "
                        "телефона</h2><p>Обадете се на 0700 10 000, понеделник–петък, 8:30–17:00. Можете да подадете сигнал "
                        "и с номера и цифрите да чуете докъде е преписката.</p>"
                    ),
                    _notice(
                        "<p>Не можете да дойдете? Обадете се: наш колега посещава по домовете във вторник и четвъртък.</p>"
                    ),
                ],
            },
        },
    ),
    DemoPage(
        "how-a-case-moves",
        "home",
        "ArticlePage",
        False,
        {
            "en": {
                "title": "What happens to your letter",
                "slug": "what-happens-to-your-letter",
                "introduction": "From the moment you press “Send” to the answer: who does what, and what you can see.",
                "body": [
                    _steps(
                        "<p><b>It gets a number.</b> At once, at any hour. You get a receipt with the exact moment and a list "
                        "of your files.</p>",
                        "<p><b>We check that nothing is missing.</b> If something is, we tell you exactly what; until it "
                        "arrives, the deadline stands still.</p>",
                        "<p><b>A unit takes it on.</b> You see which one and since when.</p>",
                        "<p><b>Others are asked.</b> Where the law wants the opinion of another unit, they are asked at the "
                        "same time, not one after another.</p>",
                        "<p><b>The decision is written, approved and signed</b> electronically.</p>",
                        "<p><b>You get the answer</b> in the way that you chose.</p>",
                    ),
                    _notice(
                        "<p>You disagree with the answer? Every decision says where and until when you can appeal.</p>",
                        "ATTENTION",
                    ),
                ],
            },
            "bg": {
                "title": "Какво става с Вашето писмо",
                "slug": "kakvo-stava-s-pismoto",
                "introduction": "От натискането на „Изпращане“ до отговора: кой какво прави и какво виждате Вие.",
                "body": [
                    _steps(
                        "<p><b>Получава номер.</b> Веднага, по всяко време. Имате потвърждение с точния момент и списък на "
                        "файловете.</p>",
                        "<p><b>Проверяваме дали нещо липсва.</b> Ако липсва, казваме точно какво; дотогава срокът е "
                        "спрян.</p>",
                        "<p><b>Поема го отдел.</b> Виждате кой и откога.</p>",
                        "<p><b>Питаме и други.</b> Когато законът иска становище на друг отдел, питаме всички едновременно, а "
                        "не един след друг.</p>",
                        "<p><b>Решението се пише, съгласува и подписва</b> електронно.</p>",
                        "<p><b>Получавате отговора</b> така, както сте избрали.</p>",
                    ),
                    _notice(
                        "<p>Не сте съгласни с отговора? Във всяко решение пише къде и докога можете да го обжалвате.</p>",
                        "ATTENTION",
                    ),
                ],
            },
        },
    ),
    DemoPage(
        "contact",
        "home",
        "ContactPage",
        True,
        {
            "en": {
                "title": "Contact",
                "slug": "contact",
                "introduction": "Come, call or write. People answer.",
                "body": [
                    _text(
                        "<p>The one-stop office is on the ground floor, without steps from the yard. There is a hearing loop "
                        "at counter 2. Dogs that help people are welcome.</p>"
                    )
                ],
            },
            "bg": {
                "title": "Контакти",
                "slug": "kontakti",
                "introduction": "Елате, обадете се или пишете. Отговарят хора.",
                "body": [
                    _text(
                        "<p>Центърът за обслужване е на партера, без стъпала откъм двора. На гише 2 има индукционна примка за "
                        "слухови апарати. Кучета водачи са добре дошли.</p>"
                    )
                ],
            },
        },
    ),
    DemoPage(
        "privacy",
        "home",
        "ArticlePage",
        True,
        {
            "en": {
                "title": "Your personal data",
                "slug": "personal-data",
                "introduction": "What we keep about you, why, for how long, and what you can ask for.",
                "body": [
                    _text(
                        "<p>The Municipality of Bela Reka is responsible for your data. We ask only what is needed to handle "
                        "your request. What you file is kept unchanged for as long as the records schedule says, and then "
                        "destroyed or given to the state archive.</p><p>Your personal number is seen in full only by the "
                        "official in charge; each opening is written down. This site uses no analytics and loads nothing "
                        "from other sites. Its cookies remember your language, your text size, your unfinished form and the "
                        "case that you opened: nothing else.</p><p>You may ask what we hold about you, have it corrected, "
                        "and complain to the Commission for Personal Data Protection. Write to the data protection officer "
                        "at the address of the town hall.</p>"
                    )
                ],
            },
            "bg": {
                "title": "Вашите лични данни",
                "slug": "lichni-danni",
                "introduction": "Какво пазим за Вас, защо, докога и какво можете да поискате.",
                "body": [
                    _text(
                        "<p>Администратор на данните е Община Бела река. Питаме само това, което е нужно за Вашето искане. "
                        "Подаденото се пази непроменено за срока по номенклатурата на делата, а после се унищожава или предава "
                        "на държавния архив.</p><p>Целия Ви личен номер вижда само служителят, който работи по преписката; "
                        "всяко отваряне се записва. Страницата не следи посетителите и не зарежда нищо от други места. "
                        "Бисквитките помнят езика, размера на текста, незавършения формуляр и отворената преписка: нищо "
                        "друго.</p><p>Имате право да знаете какво пазим за Вас, да го поправите и да се оплачете на Комисията "
                        "за защита на личните данни. Пишете на длъжностното лице по защита на данните на адреса на "
                        "общината.</p>"
                    )
                ],
            },
        },
    ),
    DemoPage(
        "accessibility",
        "home",
        "AccessibilityStatementPage",
        True,
        {
            "en": {
                "title": "Accessibility statement",
                "slug": "accessibility",
                "introduction": "We want everybody to be able to use this site. Here is what works and what does not yet.",
                "method": "Self-assessment with a keyboard, a screen reader and an automatic checker, against WCAG 2.2, "
                "level AA.",
                "body": [
                    _text(
                        "<h2>What works</h2><ul><li>Everything can be done with a keyboard, and without JavaScript.</li>"
                        "<li>Text can be made larger in five steps on every page.</li><li>Forms say what is wrong, where, and "
                        "how to put it right.</li><li>Receipts and decisions are PDF files that screen readers can read."
                        "</li></ul><h2>What does not work yet</h2><ul><li>Papers that others sent to us as pictures may be "
                        "unreadable for screen readers. Ask us: we read them to you.</li><li>There is no sign-language "
                        "video yet.</li></ul><h2>Tell us</h2><p>Did something stop you? Call 0700 10 000 or write to "
                        "office@bela-reka.example. We answer within 15 days. If you are not content with the answer, "
                        "write to the Ministry of Electronic Governance.</p>"
                    )
                ],
            },
            "bg": {
                "title": "Декларация за достъпност",
                "slug": "dostapnost",
                "introduction": "Искаме всеки да може да ползва тази страница. Ето какво работи и какво още не.",
                "method": "Самооценка с клавиатура, екранен четец и автоматична проверка по WCAG 2.2, ниво AA.",
                "body": [
                    _text(
                        "<h2>Какво работи</h2><ul><li>Всичко може да се направи с клавиатура и без JavaScript.</li><li>Текстът "
                        "се увеличава на пет степени на всяка страница.</li><li>Формулярите казват какво не е наред, къде и "
                        "как да се поправи.</li><li>Потвържденията и решенията са PDF файлове, които екранните четци четат.</li>"
                        "</ul><h2>Какво още не работи</h2><ul><li>Документи, изпратени ни като снимки, може да не се четат от "
                        "екранен четец. Обадете се: ще Ви ги прочетем.</li><li>Още няма видео на жестов език.</li></ul>"
                        "<h2>Кажете ни</h2><p>Нещо Ви попречи? Обадете се на 0700 10 000 или пишете на "
                        "office@bela-reka.example. Отговаряме до 15 дни. Ако не сте доволни от отговора, пишете на "
                        "Министерството на електронното управление.</p>"
                    )
                ],
            },
        },
        {"checked_date": "2026-11-02"},
    ),
)

# Services whose pages stand on the home page, the most used first; their pages' own words say what they are.
CARDS_OF_SERVICES = (
    "complaint",
    "tree-felling",
    "public-information",
    "road-occupancy",
    "urban-certificate",
    "opening-hours",
)

CARDS: tuple[tuple[str, Mapping[str, tuple[str, str]]], ...] = (
    (
        "how-a-case-moves",
        {
            "en": ("What happens to your letter", "From “Send” to the answer, step by step."),
            "bg": ("Какво става с Вашето писмо", "От „Изпращане“ до отговора, стъпка по стъпка."),
            "pl": ("Co dzieje się z pismem", "Od „Wyślij” do odpowiedzi, krok po kroku."),
            "ro": ("Ce se întâmplă cu scrisoarea", "De la „Trimiteți” până la răspuns, pas cu pas."),
        },
    ),
    (
        "without-computer",
        {
            "en": ("Without a computer", "At the counter, by post, by telephone: at the same price."),
            "bg": ("Без компютър", "На гише, по пощата, по телефона: на същата цена."),
            "pl": ("Bez komputera", "Przy okienku, pocztą, telefonicznie: za tę samą cenę."),
            "ro": ("Fără calculator", "La ghișeu, prin poștă, prin telefon: la același preț."),
        },
    ),
    (
        "contact",
        {
            "en": ("Visit or call us", "Monday to Friday, 8:30–17:00."),
            "bg": ("Елате или се обадете", "Понеделник–петък, 8:30–17:00."),
            "pl": ("Wizyta lub telefon", "Poniedziałek–piątek, 8:30–17:00."),
            "ro": ("Veniți sau sunați", "Luni–vineri, 8:30–17:00."),
        },
    ),
)
