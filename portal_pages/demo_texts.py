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
    "Попълваме формуляра заедно с Вас и отпечатваме потвърждението. Не е нужен номер за опашката.</p>",
    "POST": "<p>Изпратете писмо до: Община Бела река, ул. „Кметска“ № 1, 2770 Бела река. Подпишете го и напишете как "
    "искате да получите отговора.</p>",
    "TELEPHONE": "<p>Обадете се на 0700 10 000. Записваме каквото ни кажете и Ви го прочитаме.</p>",
}
WAYS_PL = {
    "COUNTER": "<p>Biuro obsługi mieszkańców, ul. Kmetska 1, parter, poniedziałek–piątek, 8:30–17:00. Wypełniamy "
    "formularz razem z Państwem i drukujemy potwierdzenie. Nie trzeba pobierać numerka.</p>",
    "POST": "<p>List prosimy wysłać na adres: Gmina Bela Reka, ul. Kmetska 1, 2770 Bela Reka. Proszę go podpisać i "
    "napisać, w jaki sposób dostarczyć odpowiedź.</p>",
    "TELEPHONE": "<p>Telefon 0700 10 000. Zapisujemy to, co usłyszymy, i odczytujemy na głos.</p>",
}
WAYS_RO = {
    "COUNTER": "<p>Ghișeul unic, str. Kmetska nr. 1, parter, luni–vineri, 8:30–17:00. Completăm formularul împreună cu "
    "dumneavoastră și tipărim dovada. Nu aveți nevoie de bon de ordine.</p>",
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
                "introduction": "Enter the number and the 12 digits from your receipt: you see where the case is, "
                "since when, and when to expect the answer.",
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
                "introduction": "Въведете номера и 12-те цифри от потвърждението: виждате къде е преписката, откога и "
                "кога да очаквате отговор.",
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
            "pl": {
                "title": "Śledzenie sprawy",
                "slug": "sledzenie-sprawy",
                "introduction": "Po wpisaniu numeru i 12 cyfr z potwierdzenia widać, gdzie jest sprawa, od kiedy i "
                "kiedy można spodziewać się odpowiedzi.",
                "help_text": [
                    _questions(
                        (
                            "Nie mam już cyfr",
                            "<p>Prosimy zadzwonić albo przyjść do okienka z dokumentem tożsamości. Wydamy nowe cyfry; stare "
                            "przestaną działać.</p>",
                        ),
                        (
                            "Czy ktoś inny może zajrzeć do sprawy?",
                            "<p>Tak: kto ma numer i cyfry, może przeglądać sprawę i pisać do nas w Państwa imieniu. Prosimy "
                            "podawać je tylko osobom, którym Państwo ufają.</p>",
                        ),
                    )
                ],
            },
            "ro": {
                "title": "Urmăriți dosarul",
                "slug": "urmariti-dosarul",
                "introduction": "Introduceți numărul și cele 12 cifre de pe dovada de primire: vedeți unde este dosarul, de "
                "când și când să vă așteptați la răspuns.",
                "help_text": [
                    _questions(
                        (
                            "Am pierdut cifrele",
                            "<p>Sunați-ne sau veniți la ghișeu cu un act de identitate. Primiți cifre noi; cele vechi nu mai "
                            "sunt valabile.</p>",
                        ),
                        (
                            "Poate vedea dosarul și altcineva?",
                            "<p>Da: cine are numărul și cifrele poate citi dosarul și ne poate scrie în numele "
                            "dumneavoastră. Dați-le numai persoanelor în care aveți încredere.</p>",
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
                "introduction": "Хартията, телефонът и гишето остават. Всяка услуга от този сайт може да се получи без "
                "интернет, на същата цена и в същия срок.",
                "body": [
                    _text(
                        "<h2>На гише</h2><p>Елате в центъра за обслужване. Служител Ви задава същите въпроси като този "
                        "сайт, записва отговорите, сканира документите и Ви ги връща. Получавате отпечатано потвърждение с "
                        "номер и 12 цифри.</p><h2>По пощата</h2><p>Стига писмо с Ваши думи. Напишете името си и как да се "
                        "свържем с Вас, и го подпишете. Регистрираме го в деня, в който пристигне.</p><h2>По "
                        "телефона</h2><p>Обадете се на 0700 10 000, понеделник–петък, 8:30–17:00. Можете да подадете сигнал "
                        "и с номера и цифрите да чуете докъде е преписката.</p>"
                    ),
                    _notice(
                        "<p>Не можете да дойдете? Обадете се: наш колега посещава хората у дома във вторник и четвъртък.</p>"
                    ),
                ],
            },
            "pl": {
                "title": "Bez komputera",
                "slug": "bez-komputera",
                "introduction": "Papier, telefon i okienko zostają. Z każdej usługi w tym serwisie można skorzystać bez "
                "internetu, za tę samą cenę i w tym samym terminie.",
                "body": [
                    _text(
                        "<h2>Przy okienku</h2><p>Zapraszamy do biura obsługi mieszkańców. Pracownik zadaje te same "
                        "pytania co ten serwis, zapisuje odpowiedzi, skanuje dokumenty i od razu je oddaje. Otrzymują "
                        "Państwo wydrukowane potwierdzenie z numerem i 12 cyframi.</p><h2>Pocztą</h2><p>Wystarczy list "
                        "napisany własnymi słowami. Prosimy podać imię, nazwisko i sposób kontaktu oraz list podpisać. "
                        "Rejestrujemy go w dniu, w którym nadejdzie.</p><h2>Telefonicznie</h2><p>Telefon 0700 10 000, "
                        "poniedziałek–piątek, 8:30–17:00. Można zgłosić nieprawidłowość, a po podaniu numeru i cyfr "
                        "dowiedzieć się, gdzie jest sprawa.</p>"
                    ),
                    _notice(
                        "<p>Nie mogą Państwo przyjść? Prosimy zadzwonić: nasz pracownik odwiedza mieszkańców w domu we "
                        "wtorki i czwartki.</p>"
                    ),
                ],
            },
            "ro": {
                "title": "Fără calculator",
                "slug": "fara-calculator",
                "introduction": "Hârtia, telefonul și ghișeul rămân. Orice serviciu de pe acest site se poate obține fără "
                "internet, la același preț și în același termen.",
                "body": [
                    _text(
                        "<h2>La ghișeu</h2><p>Veniți la ghișeul unic. Un registrator vă pune aceleași întrebări ca "
                        "acest site, vă notează răspunsurile, scanează actele și vi le dă înapoi. Primiți o dovadă "
                        "tipărită, cu un număr și 12 cifre.</p><h2>Prin poștă</h2><p>Este de ajuns o scrisoare cu "
                        "propriile cuvinte. Scrieți-vă numele și cum putem lua legătura cu dumneavoastră și semnați-o. "
                        "O înregistrăm în ziua în care sosește.</p><h2>Prin telefon</h2><p>Sunați la 0700 10 000, "
                        "luni–vineri, 8:30–17:00. Puteți sesiza o problemă, iar cu numărul și cifrele puteți afla unde "
                        "este dosarul.</p>"
                    ),
                    _notice("<p>Nu puteți veni? Sunați-ne: un coleg vă vizitează acasă marțea și joia.</p>"),
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
                        "<p><b>It gets a number.</b> At once, at any hour. You get a receipt with the exact moment and "
                        "a list of your files.</p>",
                        "<p><b>We check that nothing is missing.</b> If something is, we tell you exactly what; until it "
                        "arrives, the deadline stands still.</p>",
                        "<p><b>A unit takes it on.</b> You see which one and since when.</p>",
                        "<p><b>Others are asked.</b> Where the law wants the opinion of other units, all are asked at the "
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
                        "<p><b>Получава номер.</b> Веднага, по всяко време. Получавате потвърждение с точния момент и "
                        "списък на файловете.</p>",
                        "<p><b>Проверяваме дали нещо липсва.</b> Ако липсва, казваме точно какво; дотогава срокът е "
                        "спрян.</p>",
                        "<p><b>Поема го отдел.</b> Виждате кой и откога.</p>",
                        "<p><b>Питаме и други.</b> Когато законът иска становища на други отдели, питаме всички "
                        "едновременно, а не един след друг.</p>",
                        "<p><b>Решението се пише, одобрява и подписва</b> електронно.</p>",
                        "<p><b>Получавате отговора</b> така, както сте избрали.</p>",
                    ),
                    _notice(
                        "<p>Не сте съгласни с отговора? Във всяко решение пише къде и докога можете да го обжалвате.</p>",
                        "ATTENTION",
                    ),
                ],
            },
            "pl": {
                "title": "Co dzieje się z Państwa pismem",
                "slug": "co-dzieje-sie-z-pismem",
                "introduction": "Od naciśnięcia „Wyślij” do odpowiedzi: kto co robi i co Państwo widzą.",
                "body": [
                    _steps(
                        "<p><b>Pismo otrzymuje numer.</b> Od razu, o każdej porze. Dostają Państwo potwierdzenie z dokładną "
                        "datą i godziną oraz listą plików.</p>",
                        "<p><b>Sprawdzamy, czy niczego nie brakuje.</b> Jeśli brakuje, informujemy dokładnie, czego; "
                        "do czasu uzupełnienia termin nie biegnie.</p>",
                        "<p><b>Sprawę przejmuje komórka urzędu.</b> Widzą Państwo, która i od kiedy.</p>",
                        "<p><b>Pytamy też innych.</b> Gdy prawo wymaga opinii innych komórek, pytamy wszystkie "
                        "jednocześnie, a nie jedną po drugiej.</p>",
                        "<p><b>Decyzja zostaje napisana, zaakceptowana i podpisana</b> elektronicznie.</p>",
                        "<p><b>Otrzymują Państwo odpowiedź</b> w wybrany sposób.</p>",
                    ),
                    _notice(
                        "<p>Nie zgadzają się Państwo z odpowiedzią? W każdej decyzji jest napisane, gdzie i do kiedy "
                        "można się odwołać.</p>",
                        "ATTENTION",
                    ),
                ],
            },
            "ro": {
                "title": "Ce se întâmplă cu scrisoarea dumneavoastră",
                "slug": "ce-se-intampla-cu-scrisoarea",
                "introduction": "De la „Trimiteți” până la răspuns: cine ce face și ce puteți vedea.",
                "body": [
                    _steps(
                        "<p><b>Primește un număr.</b> Imediat, la orice oră. Vi se dă o dovadă de primire cu momentul "
                        "exact și lista fișierelor.</p>",
                        "<p><b>Verificăm dacă lipsește ceva.</b> Dacă lipsește, vă spunem exact ce; până la "
                        "completare, termenul este suspendat.</p>",
                        "<p><b>Un compartiment preia dosarul.</b> Vedeți care și de când.</p>",
                        "<p><b>Sunt întrebați și alții.</b> Când legea cere punctul de vedere al altor compartimente, le "
                        "întrebăm pe toate în același timp, nu pe rând.</p>",
                        "<p><b>Decizia se scrie, se aprobă și se semnează</b> electronic.</p>",
                        "<p><b>Primiți răspunsul</b> în modul pe care l-ați ales.</p>",
                    ),
                    _notice(
                        "<p>Nu sunteți de acord cu răspunsul? În fiecare decizie scrie unde și până când o puteți "
                        "contesta.</p>",
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
                        "for hearing aids at counter 2. Dogs that help people are welcome.</p>"
                    )
                ],
            },
            "bg": {
                "title": "Контакти",
                "slug": "kontakti",
                "introduction": "Елате, обадете се или пишете. Отговарят хора.",
                "body": [
                    _text(
                        "<p>Центърът за обслужване е на партера, без стъпала откъм двора. На гише 2 има индукционна "
                        "примка за слухови апарати. Кучетата, които помагат на хора, са добре дошли.</p>"
                    )
                ],
            },
            "pl": {
                "title": "Kontakt",
                "slug": "kontakt",
                "introduction": "Można przyjść, zadzwonić albo napisać. Odpowiadają ludzie.",
                "body": [
                    _text(
                        "<p>Biuro obsługi mieszkańców jest na parterze; od podwórza wchodzi się bez schodów. Przy "
                        "okienku nr 2 działa pętla indukcyjna dla osób z aparatem słuchowym. Psy asystujące są mile "
                        "widziane.</p>"
                    )
                ],
            },
            "ro": {
                "title": "Contact",
                "slug": "contact",
                "introduction": "Veniți, sunați sau scrieți. Vă răspund oameni.",
                "body": [
                    _text(
                        "<p>Ghișeul unic este la parter, cu intrare fără trepte dinspre curte. La ghișeul 2 există o "
                        "buclă de inducție pentru aparate auditive. Câinii de asistență sunt bineveniți.</p>"
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
                        "<p>The Municipality of Bela Reka is responsible for your data. We ask only what is needed to "
                        "handle your request. What you file is kept unchanged for as long as the records schedule "
                        "says, and then destroyed or given to the state archive.</p><p>Your personal number is seen in "
                        "full only by the official in charge; each opening is written down. This site does not follow "
                        "its visitors and loads nothing from elsewhere. Its cookies remember your language, your text "
                        "size, your unfinished form and the case that you opened: nothing else.</p><p>Under the "
                        "General Data Protection Regulation (GDPR) you may ask what we hold about you, have it "
                        "corrected, and complain to the Commission for Personal Data Protection. Write to the data "
                        "protection officer at the address of the town hall.</p>"
                    )
                ],
            },
            "bg": {
                "title": "Вашите лични данни",
                "slug": "lichni-danni",
                "introduction": "Какво пазим за Вас, защо, докога и какво можете да поискате.",
                "body": [
                    _text(
                        "<p>Администратор на данните е Община Бела река. Питаме само това, което е нужно за Вашето "
                        "искане. Подаденото се пази непроменено за срока по номенклатурата на делата, а после се "
                        "унищожава или предава на държавния архив.</p><p>Целия Ви личен номер вижда само служителят, "
                        "който работи по преписката; всяко отваряне се записва. Сайтът не следи посетителите и не "
                        "зарежда нищо от други места. Бисквитките помнят езика, размера на текста, незавършения "
                        "формуляр и отворената преписка: нищо друго.</p><p>По Общия регламент относно защитата на "
                        "данните (GDPR) имате право да знаете какво пазим за Вас, да поискате да бъде поправено и да "
                        "се оплачете на Комисията за защита на личните данни. Пишете на длъжностното лице по защита на "
                        "данните на адреса на общината.</p>"
                    )
                ],
            },
            "pl": {
                "title": "Państwa dane osobowe",
                "slug": "dane-osobowe",
                "introduction": "Co o Państwu przechowujemy, po co, jak długo i o co można nas prosić.",
                "body": [
                    _text(
                        "<p>Administratorem danych jest Gmina Bela Reka. Pytamy tylko o to, co jest potrzebne do "
                        "załatwienia sprawy. Złożone pisma przechowujemy bez zmian tak długo, jak wynika z wykazu akt, "
                        "a potem niszczymy albo przekazujemy do archiwum państwowego.</p><p>Państwa numer "
                        "identyfikacyjny w całości widzi tylko pracownik prowadzący sprawę; każde otwarcie jest "
                        "odnotowywane. Serwis nie śledzi odwiedzających i nie wczytuje niczego z innych stron. Jego "
                        "pliki cookie pamiętają język, wielkość tekstu, niedokończony formularz i otwartą sprawę: nic "
                        "więcej.</p><p>Zgodnie z ogólnym rozporządzeniem o ochronie danych (RODO) mogą Państwo "
                        "zapytać, jakie dane o Państwu mamy, żądać ich sprostowania i wnieść skargę do bułgarskiej "
                        "Komisji Ochrony Danych Osobowych (Комисия за защита на личните данни). Do inspektora ochrony "
                        "danych prosimy pisać na adres urzędu.</p>"
                    )
                ],
            },
            "ro": {
                "title": "Datele dumneavoastră personale",
                "slug": "date-personale",
                "introduction": "Ce păstrăm despre dumneavoastră, de ce, cât timp și ce puteți cere.",
                "body": [
                    _text(
                        "<p>Operatorul datelor este Primăria Bela Reka. Cerem numai ce este necesar pentru "
                        "soluționarea cererii. Ce depuneți se păstrează neschimbat cât prevede nomenclatorul "
                        "arhivistic, apoi se distruge sau se predă la arhivele statului.</p><p>Numărul dumneavoastră "
                        "personal îl vede întreg numai referentul care se ocupă de dosar; fiecare deschidere se "
                        "consemnează. Acest site nu urmărește vizitatorii și nu încarcă nimic din alte locuri. "
                        "Cookie-urile lui țin minte limba, mărimea textului, formularul neterminat și dosarul deschis: "
                        "nimic altceva.</p><p>Potrivit Regulamentului general privind protecția datelor (RGPD, în "
                        "engleză GDPR), puteți să aflați ce date avem despre dumneavoastră, să cereți rectificarea lor "
                        "și să depuneți o plângere la Comisia pentru Protecția Datelor cu Caracter Personal din "
                        "Bulgaria (Комисия за защита на личните данни). Scrieți responsabilului cu protecția datelor, "
                        "la adresa primăriei.</p>"
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
                        "<h2>What works</h2><ul><li>Everything can be done with a keyboard, and without "
                        "JavaScript.</li><li>Text can be made larger in five steps on every page.</li><li>Forms say "
                        "what is wrong, where, and how to put it right.</li><li>Receipts and decisions are PDF files "
                        "that screen readers can read.</li></ul><h2>What does not work yet</h2><ul><li>Papers that "
                        "others sent to us as pictures may be unreadable for screen readers. Ask us: we read them to "
                        "you.</li><li>There is no sign-language video yet.</li></ul><h2>Tell us</h2><p>Did something "
                        "stop you? Call 0700 10 000 or write to office@bela-reka.example. We answer within 15 days. If "
                        "you are not content with the answer, write to the Ministry of Electronic Governance.</p>"
                    )
                ],
            },
            "bg": {
                "title": "Декларация за достъпност",
                "slug": "dostapnost",
                "introduction": "Искаме всеки да може да ползва този сайт. Ето какво работи и какво още не.",
                "method": "Самооценка с клавиатура, екранен четец и автоматична проверка по WCAG 2.2, ниво AA.",
                "body": [
                    _text(
                        "<h2>Какво работи</h2><ul><li>Всичко може да се направи с клавиатура и без "
                        "JavaScript.</li><li>Текстът се увеличава на пет степени на всяка "
                        "страница.</li><li>Формулярите казват какво не е наред, къде и как да се "
                        "поправи.</li><li>Потвържденията и решенията са PDF файлове, които екранните четци "
                        "четат.</li></ul><h2>Какво още не работи</h2><ul><li>Документи, които други са ни изпратили "
                        "като снимки, може да не се четат от екранен четец. Помолете ни: ще Ви ги "
                        "прочетем.</li><li>Още няма видео на жестов език.</li></ul><h2>Кажете ни</h2><p>Нещо Ви "
                        "попречи? Обадете се на 0700 10 000 или пишете на office@bela-reka.example. Отговаряме до 15 "
                        "дни. Ако не сте доволни от отговора, пишете на Министерството на електронното управление.</p>"
                    )
                ],
            },
            "pl": {
                "title": "Deklaracja dostępności",
                "slug": "deklaracja-dostepnosci",
                "introduction": "Chcemy, aby z tego serwisu mógł korzystać każdy. Oto co już działa, a co jeszcze nie.",
                "method": "Samoocena z użyciem klawiatury, czytnika ekranu i automatycznego narzędzia, według WCAG 2.2, "
                "poziom AA.",
                "body": [
                    _text(
                        "<h2>Co działa</h2><ul><li>Wszystko można zrobić za pomocą klawiatury i bez "
                        "JavaScriptu.</li><li>Na każdej stronie tekst można powiększyć, w pięciu "
                        "stopniach.</li><li>Formularze mówią, co jest nie tak, gdzie i jak to "
                        "poprawić.</li><li>Potwierdzenia i decyzje to pliki PDF, które odczyta czytnik "
                        "ekranu.</li></ul><h2>Co jeszcze nie działa</h2><ul><li>Dokumenty, które inni przysłali nam "
                        "jako obrazy, mogą być nieczytelne dla czytnika ekranu. Na prośbę odczytamy je na "
                        "głos.</li><li>Nie ma jeszcze nagrań w języku migowym.</li></ul><h2>Prosimy o uwagi</h2><p>Coś "
                        "Państwu przeszkodziło? Prosimy zadzwonić pod numer 0700 10 000 lub napisać na adres "
                        "office@bela-reka.example. Odpowiadamy w ciągu 15 dni. Jeśli odpowiedź Państwa nie zadowoli, "
                        "można napisać do bułgarskiego Ministerstwa Zarządzania Elektronicznego (Министерство на "
                        "електронното управление).</p>"
                    )
                ],
            },
            "ro": {
                "title": "Declarație de accesibilitate",
                "slug": "accesibilitate",
                "introduction": "Dorim ca oricine să poată folosi acest site. Iată ce funcționează și ce nu "
                "funcționează încă.",
                "method": "Autoevaluare cu tastatura, cu un cititor de ecran și cu un program de verificare automată, după "
                "WCAG 2.2, nivelul AA.",
                "body": [
                    _text(
                        "<h2>Ce funcționează</h2><ul><li>Totul se poate face cu tastatura și fără "
                        "JavaScript.</li><li>Textul se poate mări pe orice pagină, în cinci "
                        "trepte.</li><li>Formularele spun ce nu este în regulă, unde și cum se "
                        "corectează.</li><li>Dovezile de primire și deciziile sunt fișiere PDF pe care cititoarele de "
                        "ecran le pot citi.</li></ul><h2>Ce nu funcționează încă</h2><ul><li>Actele pe care alții ni "
                        "le-au trimis ca imagini pot fi imposibil de citit pentru cititoarele de ecran. Cereți-ne: vi "
                        "le citim noi.</li><li>Nu există încă înregistrări în limba "
                        "semnelor.</li></ul><h2>Spuneți-ne</h2><p>V-a împiedicat ceva? Sunați la 0700 10 000 sau "
                        "scrieți la office@bela-reka.example. Răspundem în 15 zile. Dacă răspunsul nu vă mulțumește, "
                        "scrieți Ministerului Guvernării Electronice din Bulgaria (Министерство на електронното "
                        "управление).</p>"
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
            "pl": ("Co dzieje się z Państwa pismem", "Od „Wyślij” do odpowiedzi, krok po kroku."),
            "ro": ("Ce se întâmplă cu scrisoarea dumneavoastră", "De la „Trimiteți” până la răspuns, pas cu pas."),
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
