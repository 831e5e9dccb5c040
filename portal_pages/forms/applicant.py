"""The common block: who asks, how we reach them, how they want the result, what they agree to.

The keys are read by `portal_pages.filing` to make the parties of the case; they never change their meaning.
No form asks for an e-mail address as a must: only who wants the result by e-mail has to give one.
"""

from cases.conditions import answer_is, answer_one_of
from cases.models import DeliveryChannel
from portal_pages.forms.definition import Page, Question
from portal_pages.forms.kinds import (
    Address,
    Choice,
    Declaration,
    DeliveryChoice,
    Email,
    Files,
    Information,
    Option,
    OrganisationId,
    PersonId,
    Phone,
    ShortText,
    YesNo,
)
from portal_pages.forms.wording import texts

PERSON, COMPANY, REPRESENTATIVE = "PERSON", "COMPANY", "REPRESENTATIVE"
IS_COMPANY = answer_is("applicant_kind", COMPANY)
IS_REPRESENTATIVE = answer_is("applicant_kind", REPRESENTATIVE)
IS_PERSON = answer_one_of("applicant_kind", PERSON, REPRESENTATIVE)


def applicant_page(*, identifier_required: bool) -> Page:
    """Who asks. ``identifier_required``: only where the law asks for it (not for a request for information)."""
    return Page(
        key="applicant",
        titles=texts(
            en="Who is asking?",
            bg="Кой подава заявлението?",
            pl="Kto składa wniosek?",
            ro="Cine depune cererea?",
        ),
        questions=(
            _applicant_kind(),
            Question(
                "organisation_name",
                ShortText(autocomplete="organization"),
                texts(
                    en="Name of the company or organisation",
                    bg="Име на фирмата или организацията",
                    pl="Nazwa firmy lub organizacji",
                    ro="Denumirea firmei sau a organizației",
                ),
                required=True,
                show_when=IS_COMPANY,
            ),
            Question(
                "organisation_id",
                OrganisationId(),
                texts(
                    en="Registration number of the organisation",
                    bg="ЕИК / БУЛСТАТ",
                    pl="NIP lub REGON",
                    ro="CUI",
                ),
                texts(
                    en="The number from the commercial register. From another EU country: your VAT number.",
                    bg="Номерът от Търговския регистър. Организации от други държави от ЕС посочват ДДС номера си.",
                    pl="Numer z rejestru. Organizacje z innych państw UE podają numer VAT UE.",
                    ro="Numărul din registrul comerțului. Organizațiile din alte state UE indică codul de TVA.",
                ),
                required=True,
                show_when=IS_COMPANY,
            ),
            Question(
                "representative_name",
                ShortText(autocomplete="name"),
                texts(
                    en="Your own full name",
                    bg="Вашите собствени имена",
                    pl="Imię i nazwisko osoby składającej wniosek",
                    ro="Numele dumneavoastră complet",
                ),
                texts(
                    en="You file for somebody else. Their name comes next.",
                    bg="Вие подавате вместо друг човек. Неговите имена са следващият въпрос.",
                    pl="Wniosek jest składany w imieniu innej osoby. Jej dane są w następnym pytaniu.",
                    ro="Depuneți cererea pentru altcineva. Numele acelei persoane urmează.",
                ),
                required=True,
                show_when=IS_REPRESENTATIVE,
            ),
            Question(
                "applicant_name",
                ShortText(least=2),
                texts(
                    en="First name and surname",
                    bg="Име, презиме и фамилия",
                    pl="Imię i nazwisko",
                    ro="Numele și prenumele",
                ),
                texts(
                    en="Of the person the request is for, as in the identity document.",
                    bg="На човека, за когото е заявлението, както са в личната карта.",
                    pl="Osoby, której dotyczy wniosek, tak jak w dokumencie tożsamości.",
                    ro="Ale persoanei pentru care se face cererea, ca în actul de identitate.",
                ),
                required=True,
                show_when=IS_PERSON,
            ),
            Question(
                "applicant_id",
                PersonId(),
                texts(
                    en="Personal number or identity document",
                    bg="ЕГН, ЛНЧ или документ за самоличност",
                    pl="Numer PESEL lub dokument tożsamości",
                    ro="CNP sau act de identitate",
                ),
                texts(
                    en="Only the official in charge sees it in full.",
                    bg="Целия номер вижда само служителят, който работи по преписката.",
                    pl="Pełny numer widzi tylko osoba prowadząca sprawę.",
                    ro="Numărul întreg este văzut doar de funcționarul care lucrează la dosar.",
                ),
                required=identifier_required,
                show_when=IS_PERSON,
            ),
            Question(
                "contact_person",
                ShortText(autocomplete="name"),
                texts(
                    en="Person we can talk to",
                    bg="Лице за контакт",
                    pl="Osoba do kontaktu",
                    ro="Persoana de contact",
                ),
                show_when=IS_COMPANY,
            ),
            Question(
                "power_of_attorney",
                Files(most=3),
                texts(
                    en="Power of attorney",
                    bg="Пълномощно",
                    pl="Pełnomocnictwo",
                    ro="Procură / împuternicire",
                ),
                texts(
                    en="A scan or a clear photo of every page.",
                    bg="Сканирано копие или ясна снимка на всяка страница.",
                    pl="Skan lub wyraźne zdjęcie każdej strony.",
                    ro="Copie scanată sau fotografie clară a fiecărei pagini.",
                ),
                required=True,
                show_when=IS_REPRESENTATIVE,
            ),
        ),
    )


def _applicant_kind() -> Question:
    return Question(
        "applicant_kind",
        Choice(
            options=(
                Option(
                    PERSON,
                    texts(en="For myself", bg="За себе си", pl="We własnym imieniu", ro="Pentru mine"),
                ),
                Option(
                    COMPANY,
                    texts(
                        en="For a company or another organisation",
                        bg="За фирма или друга организация",
                        pl="W imieniu firmy lub innej organizacji",
                        ro="Pentru o firmă sau altă organizație",
                    ),
                ),
                Option(
                    REPRESENTATIVE,
                    texts(
                        en="For another person, with a power of attorney",
                        bg="За друг човек, с пълномощно",
                        pl="W imieniu innej osoby, z pełnomocnictwem",
                        ro="Pentru altă persoană, cu procură",
                    ),
                ),
            )
        ),
        texts(
            en="For whom do you file?",
            bg="За кого подавате?",
            pl="W czyim imieniu składany jest wniosek?",
            ro="Pentru cine depuneți cererea?",
        ),
        required=True,
    )


def contact_page(*, address_required: bool) -> Page:
    """How we reach the applicant, and how they want the result: binding for what the office sends out."""
    return Page(
        key="contact",
        titles=texts(
            en="How do we reach you?",
            bg="Как да се свържем с Вас?",
            pl="Jak możemy się skontaktować?",
            ro="Cum vă contactăm?",
        ),
        questions=(
            Question(
                "delivery_preference",
                DeliveryChoice(options=_deliveries()),
                texts(
                    en="How do you want to get the answer?",
                    bg="Как искате да получите отговора?",
                    pl="W jaki sposób dostarczyć odpowiedź?",
                    ro="Cum doriți să primiți răspunsul?",
                ),
                texts(
                    en="We are bound by your choice.",
                    bg="Изборът Ви ни задължава.",
                    pl="Ten wybór wiąże urząd.",
                    ro="Alegerea dumneavoastră este obligatorie pentru noi.",
                ),
                required=True,
            ),
            Question(
                "applicant_address",
                Address(),
                texts(en="Postal address", bg="Адрес", pl="Adres", ro="Adresa"),
                required=address_required,
                required_when=answer_is("delivery_preference", DeliveryChannel.POST.value),
            ),
            Question(
                "email",
                Email(),
                texts(en="E-mail address", bg="Имейл адрес", pl="Adres e-mail", ro="Adresa de e-mail"),
                texts(
                    en="We send the receipt and news about your case here. You can file without one.",
                    bg="Тук изпращаме потвърждението и новини по преписката. Можете да подадете и без имейл.",
                    pl="Tu wyślemy potwierdzenie i wiadomości o sprawie. Wniosek można złożyć także bez adresu e-mail.",
                    ro="Aici trimitem dovada și vești despre dosar. Puteți depune cererea și fără e-mail.",
                ),
                required_when=answer_is("delivery_preference", DeliveryChannel.EMAIL.value),
            ),
            Question(
                "e_delivery_address",
                ShortText(most=80),
                texts(
                    en="Address for registered e-delivery",
                    bg="Профил в Системата за сигурно електронно връчване",
                    pl="Adres do e-Doręczeń",
                    ro="Adresa pentru comunicare electronică certificată",
                ),
                required=True,
                show_when=answer_is("delivery_preference", DeliveryChannel.E_DELIVERY.value),
            ),
            Question(
                "phone",
                Phone(),
                texts(en="Telephone", bg="Телефон", pl="Telefon", ro="Telefon"),
                texts(
                    en="Only for questions about this request.",
                    bg="Само за въпроси по това заявление.",
                    pl="Tylko w sprawie tego wniosku.",
                    ro="Doar pentru întrebări despre această cerere.",
                ),
            ),
            Question(
                "letters_language",
                Choice(
                    options=tuple(
                        Option(code, dict.fromkeys(("en", "bg", "pl", "ro"), name))
                        for code, name in (
                            ("bg", "Български"),
                            ("en", "English"),
                            ("pl", "Polski"),
                            ("ro", "Română"),
                        )
                    )
                ),
                texts(
                    en="In which language shall we write to you?",
                    bg="На какъв език да Ви пишем?",
                    pl="W jakim języku mamy pisać?",
                    ro="În ce limbă să vă scriem?",
                ),
                texts(
                    en="Decisions are issued in the official language; we add a translation of our messages.",
                    bg="Решенията се издават на официалния език; съобщенията ни са на избрания от Вас.",
                    pl="Decyzje są wydawane w języku urzędowym; nasze wiadomości będą w wybranym języku.",
                    ro="Deciziile se emit în limba oficială; mesajele noastre vor fi în limba aleasă.",
                ),
            ),
        ),
    )


def _deliveries() -> tuple[Option, ...]:
    """All ways that exist; which of them a service offers is a rule of the service."""
    return (
        Option(
            DeliveryChannel.PORTAL.value,
            texts(
                en="On the page of my case",
                bg="На страницата на преписката",
                pl="Na stronie sprawy",
                ro="Pe pagina dosarului",
            ),
            texts(
                en="You open it with the number and the 12 digits from the receipt.",
                bg="Отваря се с номера и 12-те цифри от потвърждението.",
                pl="Otwiera się ją numerem i 12 cyframi z potwierdzenia.",
                ro="Se deschide cu numărul și cele 12 cifre de pe dovadă.",
            ),
        ),
        Option(
            DeliveryChannel.E_DELIVERY.value,
            texts(
                en="By registered e-delivery",
                bg="Чрез сигурно електронно връчване",
                pl="Przez e-Doręczenia",
                ro="Prin comunicare electronică certificată",
            ),
        ),
        Option(
            DeliveryChannel.EMAIL.value,
            texts(en="By e-mail", bg="По имейл", pl="E-mailem", ro="Prin e-mail"),
        ),
        Option(
            DeliveryChannel.POST.value,
            texts(en="By post", bg="По пощата", pl="Pocztą", ro="Prin poștă"),
        ),
        Option(
            DeliveryChannel.COUNTER.value,
            texts(
                en="I collect it at the counter",
                bg="Ще го взема на гише",
                pl="Odbiór w urzędzie",
                ro="Îl ridic de la ghișeu",
            ),
        ),
    )


def declarations_page(*, may_fetch_documents: bool) -> Page:
    """What the applicant agrees to (Regulation (EU) 2016/679, article 13: the notice is shown before filing)."""
    questions = [
        Question(
            "privacy_information",
            Information(),
            texts(
                en="How we use your data",
                bg="Как използваме данните Ви",
                pl="Jak wykorzystujemy dane",
                ro="Cum folosim datele dumneavoastră",
            ),
            texts(
                en="The town hall uses these data only to handle this request and keeps them as long as the records "
                "schedule says. You may ask what we hold about you, have it corrected, and complain to the data "
                "protection authority.",
                bg="Общината използва тези данни само за да разгледа заявлението и ги пази за срока по номенклатурата "
                "на делата. Имате право да знаете какво пазим за Вас, да го поправите и да се оплачете на надзорния "
                "орган по защита на данните.",
                pl="Urząd wykorzystuje te dane wyłącznie do załatwienia wniosku i przechowuje je przez okres "
                "wynikający z wykazu akt. Każdy ma prawo dostępu do swoich danych, ich sprostowania oraz skargi "
                "do organu ochrony danych.",
                ro="Primăria folosește aceste date numai pentru soluționarea cererii și le păstrează pe durata "
                "prevăzută în nomenclatorul arhivistic. Aveți dreptul să aflați ce date păstrăm, să cereți corectarea "
                "lor și să vă plângeți autorității de protecție a datelor.",
            ),
        ),
        Question(
            "privacy_notice_read",
            Declaration(),
            texts(
                en="I have read how my data are used",
                bg="Запознат/а съм как се използват данните ми",
                pl="Znam zasady wykorzystania moich danych",
                ro="Am citit cum sunt folosite datele mele",
            ),
            required=True,
        ),
    ]
    if may_fetch_documents:
        questions.insert(
            0,
            Question(
                "consent_to_fetch",
                YesNo(),
                texts(
                    en="May we get documents from other public offices for you?",
                    bg="Съгласни ли сте да вземем документи от други служби вместо Вас?",
                    pl="Czy możemy pobrać dokumenty z innych urzędów?",
                    ro="Putem obține noi documente de la alte instituții publice?",
                ),
                texts(
                    en="Then you need not bring what the state already has. If you say no, nothing is lost: we will "
                    "tell you what to add.",
                    bg="Така няма да носите това, което държавата вече има. И да откажете, нищо не се губи: ще Ви "
                    "кажем какво да добавите.",
                    pl="Dzięki temu nie trzeba przynosić tego, co państwo już ma. Odmowa niczego nie przekreśla: "
                    "powiemy, co dołączyć.",
                    ro="Astfel nu aduceți ceea ce statul are deja. Dacă spuneți nu, nu pierdeți nimic: vă spunem ce "
                    "trebuie adăugat.",
                ),
                required=True,
            ),
        )
    return Page(
        key="declarations",
        titles=texts(
            en="What you agree to",
            bg="С какво се съгласявате",
            pl="Zgody i oświadczenia",
            ro="Cu ce sunteți de acord",
        ),
        questions=tuple(questions),
    )
