"""What a transfer package holds: for each case its description, its events and its files; a list of all of them.

``data/list.csv`` and ``list.xml`` name the cases (columns after the Polish *spis zdawczo-odbiorczy*); each case has a
folder with ``case.json`` (Dublin Core and terms of our own, explained in docs/archive.md), ``events.json`` (the chain
with all that its hashes cover) and ``files/``.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.etree import ElementTree

from cases import history, retaining
from cases.bags import Bag
from cases.canonical import moment
from cases.clock import local_date, zone_of
from cases.file_names import cleaned
from cases.models import Case, ComponentFile, Document, Event, FileRole, TransferItem, TransferList
from cases.originals import store
from cases.receipts import seal_of
from cases.spreadsheets import harmless
from cases.texts import in_language

DC = "http://purl.org/dc/elements/1.1/"
OWN = "https://registra.example/terms/transfer/1"
NOT_HANDED_OVER = (FileRole.PAGE_IMAGES, FileRole.FOR_SIGNATURE)
COLUMNS = (
    "position",
    "number",
    "class",
    "class_title",
    "category",
    "title",
    "opened",
    "closed",
    "documents",
    "files",
    "folder",
    "joined_into",
)

OWN_TERMS = ("class", "category", "documents", "files", "folder", "joined_into")


def pack(
    transfer_list: TransferList, target: IO[bytes], *, at: dt.datetime, progress: Callable[[int], None]
) -> dict[int, str]:
    """Write the package into an open file. Returns for each line of the list the end of its case's chain.

    Raises FileNotFoundError or bags.PayloadChanged when an original is not what it was.
    """
    ends: dict[int, str] = {}
    rows: list[dict[str, Any]] = []
    name = f"transfer-{transfer_list.institution.slug}-{transfer_list.pk}"
    with Bag(target, name=name, at=at, info=_info(transfer_list, at)) as bag:
        for item in _items(transfer_list):
            folder = f"{item.position:04d}"
            rows.append(_add_case(bag, item, folder))
            ends[item.pk] = item.case.last_event_hash
            progress(len(rows))
        bag.add("list.csv", _as_csv(rows))
        bag.add("list.xml", _as_xml(transfer_list, rows))
        bag.add("list.json", _as_json({"terms": OWN, "list": transfer_list.pk, "cases": rows}))
    return ends


def _info(transfer_list: TransferList, at: dt.datetime) -> list[tuple[str, str]]:
    institution = transfer_list.institution
    day = at.astimezone(zone_of(institution.time_zone)).date()
    return [
        ("Source-Organization", seal_of(institution).name),
        ("Organization-Address", in_language(institution.address, main=institution.main_language).words),
        ("Contact-Phone", institution.phone),
        ("Contact-Email", institution.email),
        ("External-Description", f"Records of {transfer_list.unit.code}, to {transfer_list.archive}"),
        ("External-Identifier", f"{institution.slug}/transfer/{transfer_list.pk}"),
        ("Bagging-Date", day.isoformat()),
        ("Bag-Software-Agent", "Registra"),
    ]


def _items(transfer_list: TransferList) -> Iterator[TransferItem]:
    items = transfer_list.items.select_related(
        "case__institution", "case__record_class", "case__service", "case__unit", "case__place", "goes_with__case"
    )
    return items.order_by("position").iterator(chunk_size=50)


def _add_case(bag: Bag, item: TransferItem, folder: str) -> dict[str, Any]:
    case = item.case
    documents = [_add_document(bag, document, folder) for document in case.documents.order_by("pk")]
    row = _row(case, item, folder, documents)
    bag.add(f"{folder}/case.json", _as_json(_described(case, row, documents)))
    bag.add(f"{folder}/events.json", _as_json(list(_events(case))))
    return row


def _row(case: Case, item: TransferItem, folder: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    rule = retaining.rule_of(case) or case.record_class
    main = case.institution.main_language
    lead = item.goes_with.case if item.goes_with else case
    return {
        "position": item.position,
        "number": case.number or case.public_id,
        "class": rule.code if rule else "",
        "class_title": in_language(rule.titles, main, main=main).words if rule else "",
        "category": rule.category if rule else "",
        "title": case.subject,
        "opened": local_date(case, case.opened_at).isoformat(),
        "closed": local_date(case, lead.closed_at).isoformat() if lead.closed_at else "",
        "documents": len(documents),
        "files": sum(len(document["files"]) for document in documents),
        "folder": folder,
        "joined_into": "" if lead is case else str(lead),
    }


def _described(case: Case, row: dict[str, Any], documents: list[dict[str, Any]]) -> dict[str, Any]:
    parties = case.parties.order_by("pk")
    return {
        "terms": {"dc": DC, "registra": OWN},
        "dc:identifier": row["number"],
        "dc:title": case.subject,
        "dc:creator": seal_of(case.institution).name,
        "dc:date": f"{row['opened']}/{row['closed']}",
        "dc:language": case.language,
        "dc:type": "Collection",
        "dc:subject": " ".join(filter(None, [row["class"], row["class_title"]])),
        "dc:coverage": case.place.words if case.place else "",
        "dc:rights": str(case.access_level),
        "registra:publicId": case.public_id,
        "registra:unit": case.unit.code,
        "registra:service": case.service.code if case.service else "",
        "registra:category": row["category"],
        "registra:outcome": case.outcome,
        "registra:joinedInto": row["joined_into"],
        "registra:versions": case.versions,
        "registra:entries": [
            {
                "number": entry.number,
                "register": entry.register.code,
                "received": moment(entry.received_at),
                "registered": moment(entry.registered_at),
                "senderReference": entry.sender_reference,
                "written": entry.written_as,
            }
            for entry in case.entries.select_related("register").order_by("pk")
        ],
        "registra:parties": [{"role": party.role, "kind": party.kind, "name": party.name} for party in parties],
        "registra:documents": documents,
        "registra:chainEnd": case.last_event_hash,
    }


def _add_document(bag: Bag, document: Document, folder: str) -> dict[str, Any]:
    files = (
        ComponentFile.objects.filter(component__document=document, destruction__isnull=True)
        .exclude(role__in=NOT_HANDED_OVER)
        .select_related("component", "stored_file")
    )
    return {
        "dc:identifier": document.public_id,
        "dc:title": document.title,
        "dc:type": document.kind,
        "dc:language": document.language,
        "dc:date": moment(document.captured_at),
        "dc:rights": str(document.access_level),
        "registra:direction": str(document.direction),
        "registra:number": document.entry.number if document.entry else "",
        "registra:missingReason": document.missing_reason,
        "files": [_add_file(bag, file, folder) for file in files.order_by("component__position", "pk")],
    }


def _add_file(bag: Bag, file: ComponentFile, folder: str) -> dict[str, Any]:
    # RFC 8493 writes % as %25 in manifests, and bagit 1.9 does not read that back: our own path has none.
    path = f"{folder}/files/{file.pk:08d}-{cleaned(file.name).replace('%', '_')}"
    with store().open(file.stored_file_id) as source:
        bag.copy(path, source, sha256=file.stored_file_id)
    return {
        "path": f"data/{path}",
        "name": file.name,
        "dc:format": file.stored_file.media_type,
        "size": file.stored_file.size,
        "sha256": file.stored_file_id,
        "role": str(file.role),
        "part": str(file.component.role),
        "supersededBy": file.superseded_by_id,
        "added": moment(file.added_at),
    }


def _events(case: Case) -> Iterator[dict[str, Any]]:
    """The chain: what each hash covers, the hash, and the values whose salted hashes stand in it."""
    for event in Event.objects.filter(case=case).order_by("seq").prefetch_related("values"):
        values = {value.name: {"salt": value.salt, "value": value.value} for value in event.values.all()}
        yield {"covered": history.chained(event, case.public_id), "hash": event.hash, "values": values}


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _as_csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([[harmless(str(row[name])) for name in COLUMNS] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _as_xml(transfer_list: TransferList, rows: list[dict[str, Any]]) -> bytes:
    ElementTree.register_namespace("dc", DC)
    ElementTree.register_namespace("registra", OWN)
    root = ElementTree.Element(f"{{{OWN}}}transferList", {"list": str(transfer_list.pk)})
    for row in rows:
        one = ElementTree.SubElement(root, f"{{{OWN}}}case", {"position": str(row["position"])})
        said = {
            f"{{{DC}}}identifier": row["number"],
            f"{{{DC}}}title": row["title"],
            f"{{{DC}}}subject": f"{row['class']} {row['class_title']}".strip(),
            f"{{{DC}}}date": f"{row['opened']}/{row['closed']}",
            **{f"{{{OWN}}}{name}": str(row[name]) for name in OWN_TERMS},
        }
        for name, words in said.items():
            ElementTree.SubElement(one, name).text = _for_xml(words)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _for_xml(words: str) -> str:
    """Without the control characters that XML 1.0 has no way to write."""
    return "".join(character for character in words if character in "\t\n\r" or character >= " ")
