"""Permit to fell or prune trees (domain.md, service S9)."""

from cases.conditions import answer_is, answer_one_of
from portal_pages.forms.applicant import applicant_page, contact_page, declarations_page
from portal_pages.forms.definition import Form, Page, Question
from portal_pages.forms.kinds import Choice, Files, Group, LongText, Option, PlaceOnMap, ShortText, WholeNumber, YesNo
from portal_pages.forms.kinds.files import PICTURES
from portal_pages.forms.wording import texts

WHERE = Page(
    key="place",
    titles=texts(
        en="Where are the trees?", bg="Къде са дърветата?", pl="Gdzie rosną drzewa?", ro="Unde se află arborii?"
    ),
    questions=(
        Question(
            "place",
            PlaceOnMap(),
            texts(en="Place", bg="Място", pl="Miejsce", ro="Locul"),
            texts(
                en="Street and number, or what is beside it. A point from your telephone helps, but words are enough.",
                bg="Улица и номер или какво има наблизо. Точка от телефона помага, но думите стигат.",
                pl="Ulica i numer albo co jest w pobliżu. Punkt z telefonu pomaga, ale wystarczą słowa.",
                ro="Strada și numărul sau ce se află în apropiere. Un punct din telefon ajută, dar cuvintele ajung.",
            ),
            required=True,
        ),
        Question(
            "parcel",
            ShortText(most=60, width="is-w20"),
            texts(
                en="Parcel number",
                bg="Идентификатор на имота",
                pl="Numer działki",
                ro="Numărul cadastral al parcelei",
            ),
            texts(
                en="If you know it: from the deed or the cadastre.",
                bg="Ако го знаете: от нотариалния акт или кадастъра.",
                pl="Jeśli jest znany: z aktu własności lub ewidencji gruntów.",
                ro="Dacă îl cunoașteți: din actul de proprietate sau cartea funciară.",
            ),
        ),
        Question(
            "ownership",
            Choice(
                options=(
                    Option(
                        "OWN",
                        texts(en="My own", bg="Мой собствен", pl="Mój własny", ro="Proprietatea mea"),
                    ),
                    Option(
                        "CO_OWNED",
                        texts(
                            en="Mine together with others",
                            bg="Мой, заедно с други собственици",
                            pl="Mój, wspólnie z innymi",
                            ro="Al meu împreună cu alții",
                        ),
                    ),
                    Option(
                        "BLOCK_ASSOCIATION",
                        texts(
                            en="The land of a block of flats",
                            bg="На етажната собственост",
                            pl="Wspólnoty lub spółdzielni mieszkaniowej",
                            ro="Al asociației de proprietari",
                        ),
                    ),
                    Option(
                        "PUBLIC",
                        texts(
                            en="Public: a street, a park, a school yard",
                            bg="Общински: улица, парк, училищен двор",
                            pl="Publiczny: ulica, park, teren szkoły",
                            ro="Public: stradă, parc, curtea unei școli",
                        ),
                    ),
                )
            ),
            texts(
                en="Whose is the land?",
                bg="Чий е имотът?",
                pl="Do kogo należy teren?",
                ro="Cui aparține terenul?",
            ),
            required=True,
        ),
        Question(
            "consent_of_owners",
            Files(most=10),
            texts(
                en="Consent of the other owners or of the association",
                bg="Съгласие на другите собственици или на етажната собственост",
                pl="Zgoda pozostałych właścicieli lub wspólnoty",
                ro="Acordul celorlalți proprietari sau al asociației",
            ),
            texts(
                en="You can add it later too; until then the clock stands still.",
                bg="Можете да го добавите и по-късно; дотогава срокът е спрян.",
                pl="Można ją dołączyć później; do tego czasu termin nie biegnie.",
                ro="Îl puteți adăuga și mai târziu; până atunci termenul este suspendat.",
            ),
            show_when=answer_one_of("ownership", "CO_OWNED", "BLOCK_ASSOCIATION"),
        ),
    ),
)

SPECIES = Question(
    "species",
    ShortText(most=80, width="is-w20"),
    texts(en="Kind of tree", bg="Вид на дървото", pl="Gatunek drzewa", ro="Specia arborelui"),
    texts(
        en="If you don't know, write “I don't know”.",
        bg="Ако не знаете, напишете „не знам“.",
        pl="Jeśli nie wiadomo, proszę wpisać „nie wiem”.",
        ro="Dacă nu știți, scrieți „nu știu”.",
    ),
    required=True,
)
GIRTH = Question(
    "girth",
    WholeNumber(least=1, most=1000, example=120, units=texts(en="cm", bg="см", pl="cm", ro="cm")),
    texts(en="Girth of the trunk", bg="Обиколка на ствола", pl="Obwód pnia", ro="Circumferința trunchiului"),
    texts(
        en="Measured around the trunk, 1.30 m above the ground.",
        bg="Мери се около ствола, на 1,30 м от земята.",
        pl="Mierzony wokół pnia na wysokości 1,30 m.",
        ro="Măsurată în jurul trunchiului, la 1,30 m de sol.",
    ),
    required=True,
)
COUNT = Question(
    "count",
    WholeNumber(least=1, most=500),
    texts(en="How many like this", bg="Колко са такива", pl="Ile takich drzew", ro="Câți arbori de acest fel"),
    required=True,
)
ACTION = Question(
    "action",
    Choice(
        options=(
            Option("FELL", texts(en="Fell", bg="Отсичане", pl="Wycinka", ro="Tăiere")),
            Option("PRUNE", texts(en="Prune", bg="Кастрене", pl="Przycięcie", ro="Toaletare")),
        )
    ),
    texts(
        en="What do you want to do?",
        bg="Какво искате да направите?",
        pl="Co ma być zrobione?",
        ro="Ce doriți să faceți?",
    ),
    required=True,
)

WHICH = Page(
    key="trees",
    titles=texts(en="Which trees?", bg="Кои дървета?", pl="Które drzewa?", ro="Care arbori?"),
    questions=(
        Question(
            "trees",
            Group(
                questions=(SPECIES, GIRTH, COUNT, ACTION),
                row_labels=texts(en="Tree", bg="Дърво", pl="Drzewo", ro="Arbore"),
                add_labels=texts(
                    en="Add another kind of tree",
                    bg="Добавете друго дърво",
                    pl="Dodaj kolejne drzewo",
                    ro="Adăugați alt arbore",
                ),
                most=20,
            ),
            texts(en="Trees", bg="Дървета", pl="Drzewa", ro="Arbori"),
            required=True,
        ),
        Question(
            "photos",
            Files(media_types=PICTURES, most=5),
            texts(en="Photos", bg="Снимки", pl="Zdjęcia", ro="Fotografii"),
            texts(
                en="The whole tree, the trunk, and what it threatens. You can take them now.",
                bg="Цялото дърво, стволът и какво застрашава. Можете да снимате сега.",
                pl="Całe drzewo, pień i to, czemu zagraża. Zdjęcia można zrobić teraz.",
                ro="Arborele întreg, trunchiul și ce amenință. Le puteți face acum.",
            ),
        ),
    ),
)

WHY = Page(
    key="reason",
    titles=texts(en="Why?", bg="Защо?", pl="Dlaczego?", ro="De ce?"),
    questions=(
        Question(
            "reason",
            Choice(
                options=(
                    Option("DRY", texts(en="They are dry", bg="Изсъхнали са", pl="Są uschnięte", ro="Sunt uscați")),
                    Option("ILL", texts(en="They are ill", bg="Болни са", pl="Są chore", ro="Sunt bolnavi")),
                    Option(
                        "DANGER",
                        texts(
                            en="They endanger people or buildings",
                            bg="Опасни са за хора или сгради",
                            pl="Zagrażają ludziom lub budynkom",
                            ro="Pun în pericol oameni sau clădiri",
                        ),
                    ),
                    Option(
                        "WORKS",
                        texts(
                            en="Building works",
                            bg="Строеж или ремонт",
                            pl="Budowa lub remont",
                            ro="Lucrări de construcții",
                        ),
                    ),
                    Option("OTHER", texts(en="Another reason", bg="Друго", pl="Inny powód", ro="Alt motiv")),
                )
            ),
            texts(
                en="Why do you want to fell or prune?",
                bg="Защо искате да отсечете или кастрите?",
                pl="Dlaczego drzewa mają być wycięte lub przycięte?",
                ro="De ce doriți tăierea sau toaletarea?",
            ),
            required=True,
        ),
        Question(
            "reason_in_words",
            LongText(most=2000, rows=4),
            texts(en="Tell us more", bg="Опишете накратко", pl="Krótki opis", ro="Descrieți pe scurt"),
            required=True,
            show_when=answer_one_of("reason", "WORKS", "OTHER"),
        ),
        Question(
            "emergency",
            YesNo(),
            texts(
                en="Could somebody be hurt in the next days?",
                bg="Може ли някой да пострада в следващите дни?",
                pl="Czy w najbliższych dniach komuś grozi niebezpieczeństwo?",
                ro="Poate fi rănit cineva în zilele următoare?",
            ),
            texts(
                en="Then we come first to look. If there is danger right now, call 112.",
                bg="Тогава идваме на оглед с предимство. При непосредствена опасност звънете на 112.",
                pl="Wtedy oględziny odbędą się w pierwszej kolejności. W nagłym zagrożeniu proszę dzwonić pod 112.",
                ro="Atunci venim cu prioritate la fața locului. În caz de pericol imediat, sunați la 112.",
            ),
            required=True,
            show_when=answer_one_of("reason", "DRY", "ILL", "DANGER"),
        ),
        Question(
            "emergency_photos",
            Files(media_types=PICTURES, most=3),
            texts(
                en="Photo of the danger",
                bg="Снимка на опасността",
                pl="Zdjęcie zagrożenia",
                ro="Fotografie a pericolului",
            ),
            required=True,
            show_when=answer_is("emergency", True),
        ),
        Question(
            "replacement_planting",
            WholeNumber(least=0, most=500),
            texts(
                en="How many new trees will you plant?",
                bg="Колко нови дървета ще засадите?",
                pl="Ile nowych drzew zostanie posadzonych?",
                ro="Câți arbori noi veți planta?",
            ),
            texts(
                en="Leave it empty if you don't know yet.",
                bg="Оставете празно, ако още не знаете.",
                pl="Można zostawić puste, jeśli jeszcze nie wiadomo.",
                ro="Lăsați gol dacă nu știți încă.",
            ),
        ),
        Question(
            "business_link",
            YesNo(),
            texts(
                en="Is it connected with a business?",
                bg="Свързано ли е със стопанска дейност?",
                pl="Czy ma to związek z działalnością gospodarczą?",
                ro="Are legătură cu o activitate economică?",
            ),
            texts(
                en="A fee for the trees may then apply.",
                bg="Тогава може да се дължи такса за дърветата.",
                pl="Wtedy może zostać naliczona opłata za drzewa.",
                ro="În acest caz se poate aplica o taxă pentru arbori.",
            ),
            required=True,
        ),
    ),
)

PAPERS = Page(
    key="papers",
    titles=texts(
        en="Papers you want to add", bg="Документи към заявлението", pl="Dokumenty do wniosku", ro="Acte anexate"
    ),
    questions=(
        Question(
            "sketch",
            Files(most=5),
            texts(
                en="Sketch or map with the trees marked",
                bg="Скица или карта с отбелязани дървета",
                pl="Szkic lub mapa z zaznaczonymi drzewami",
                ro="Schiță sau hartă cu arborii marcați",
            ),
            texts(
                en="A drawing by hand is enough.",
                bg="Стига и рисунка на ръка.",
                pl="Wystarczy odręczny rysunek.",
                ro="Ajunge și un desen de mână.",
            ),
        ),
        Question(
            "title_deed",
            Files(most=5),
            texts(
                en="Proof of ownership",
                bg="Документ за собственост",
                pl="Dokument potwierdzający własność",
                ro="Act de proprietate",
            ),
            texts(
                en="Only if the land is not entered under your name in the cadastre.",
                bg="Само ако имотът не е вписан на Ваше име в кадастъра.",
                pl="Tylko jeśli nieruchomość nie jest wpisana w ewidencji na osobę składającą wniosek.",
                ro="Doar dacă terenul nu este înscris pe numele dumneavoastră în cartea funciară.",
            ),
        ),
    ),
)

FORM = Form(
    key="tree-felling",
    version=1,
    pages=(
        WHERE,
        WHICH,
        WHY,
        applicant_page(identifier_required=True),
        contact_page(address_required=True),
        declarations_page(may_fetch_documents=True),
        # Last: by then we know what the town may get from other offices, and what is still to be brought.
        PAPERS,
    ),
)
