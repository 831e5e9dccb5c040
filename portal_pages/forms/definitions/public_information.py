"""Request for public information (domain.md, service S7). Why somebody asks may not be asked."""

from cases.conditions import answer_one_of
from portal_pages.forms.applicant import applicant_page, contact_page, declarations_page
from portal_pages.forms.definition import Form, Page, Question
from portal_pages.forms.kinds import Choice, Files, LongText, Option
from portal_pages.forms.wording import texts

WHAT = Page(
    key="information",
    titles=texts(
        en="What do you want to know?",
        bg="Какво искате да узнаете?",
        pl="O jaką informację chodzi?",
        ro="Ce doriți să aflați?",
    ),
    questions=(
        Question(
            "information",
            LongText(least=10, most=5000, rows=8),
            texts(
                en="Describe the information",
                bg="Опишете исканата информация",
                pl="Opis informacji",
                ro="Descrieți informațiile solicitate",
            ),
            texts(
                en="What, from which time, if you know from which document. You need not say why.",
                bg="Каква, за кой период и, ако знаете, от кой документ. Не е нужно да казвате защо.",
                pl="Jaka, z jakiego okresu i, jeśli wiadomo, z jakiego dokumentu. Nie trzeba podawać powodu.",
                ro="Ce, din ce perioadă și, dacă știți, din ce document. Nu trebuie să spuneți de ce.",
            ),
            required=True,
        ),
        Question(
            "access_form",
            Choice(
                options=(
                    Option(
                        "E_COPY",
                        texts(
                            en="An electronic copy",
                            bg="Електронно копие",
                            pl="Kopia elektroniczna",
                            ro="Copie electronică",
                        ),
                    ),
                    Option(
                        "PAPER_COPY",
                        texts(en="A copy on paper", bg="Копие на хартия", pl="Kopia papierowa", ro="Copie pe hârtie"),
                    ),
                    Option(
                        "INSPECTION",
                        texts(
                            en="I want to look at it at the town hall",
                            bg="Преглед на място в общината",
                            pl="Wgląd na miejscu w urzędzie",
                            ro="Consultare la sediul primăriei",
                        ),
                    ),
                    Option(
                        "ORAL",
                        texts(
                            en="An answer by word of mouth",
                            bg="Устна справка",
                            pl="Odpowiedź ustna",
                            ro="Răspuns verbal",
                        ),
                    ),
                )
            ),
            texts(
                en="In which form?",
                bg="В каква форма?",
                pl="W jakiej formie?",
                ro="Sub ce formă?",
            ),
            required=True,
        ),
        Question(
            "medium",
            Choice(
                options=(
                    Option(
                        "PORTAL",
                        texts(
                            en="On the page of my case",
                            bg="На страницата на преписката",
                            pl="Na stronie sprawy",
                            ro="Pe pagina dosarului",
                        ),
                    ),
                    Option("EMAIL", texts(en="By e-mail", bg="По имейл", pl="E-mailem", ro="Prin e-mail")),
                    Option(
                        "CD",
                        texts(
                            en="On a disc (fee for the disc)",
                            bg="На диск (заплаща се дискът)",
                            pl="Na płycie (opłata za nośnik)",
                            ro="Pe CD (se plătește suportul)",
                        ),
                    ),
                    Option(
                        "PAPER",
                        texts(
                            en="On paper (fee for the copies)",
                            bg="На хартия (заплащат се копията)",
                            pl="Na papierze (opłata za kopie)",
                            ro="Pe hârtie (se plătesc copiile)",
                        ),
                    ),
                )
            ),
            texts(en="On what?", bg="На какъв носител?", pl="Na jakim nośniku?", ro="Pe ce suport?"),
            required=True,
            show_when=answer_one_of("access_form", "E_COPY", "PAPER_COPY"),
        ),
        Question(
            "attachments",
            Files(most=5),
            texts(
                en="A document that helps us find it",
                bg="Документ, който ще ни помогне да я намерим",
                pl="Dokument, który pomoże ją znaleźć",
                ro="Un document care ne ajută să le găsim",
            ),
        ),
    ),
)

FORM = Form(
    key="public-information",
    version=1,
    pages=(
        WHAT,
        applicant_page(identifier_required=False),
        contact_page(address_required=False),
        declarations_page(may_fetch_documents=False),
    ),
)
