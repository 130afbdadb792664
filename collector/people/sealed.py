"""People between a file and the store: sealed under the campaign's keys, and opened again. Writes nothing."""

from __future__ import annotations

import datetime

from sqlalchemy import Connection

from collector.people.contact_keys import ContactKeys, get_contact_keys
from collector.store.recipients import SealedPerson, find_key_names
from forms.recipients import Recipient


def find_keys(conn: Connection, campaign_id: str) -> ContactKeys | None:
    """The keys in use; None where nobody is kept. WorkFailed where a key is lost."""
    names = find_key_names(conn)
    return get_contact_keys(campaign_id, *names) if names else None


def person_id(keys: ContactKeys, person: Recipient) -> int:
    """A person's id in the store: the same again for the same file code, else telephone, e-mail or name."""
    kind, value = next(iter(person.marks().items()))
    return keys.person_id(person.agency, person.group, kind, value)


def row_values(person: Recipient) -> dict[str, str]:
    """What is sealed of a person."""
    day = person.result_date.isoformat() if person.result_date else ""
    values = {"name": person.name, "email": person.email, "phone": person.phone}
    return values | {"procedure": person.procedure, "file_code": person.file_code, "result_date": day}


def row_digest(keys: ContactKeys, person: Recipient) -> str:
    """A keyed hash of all that a row of the file says."""
    return keys.mark("row", person.agency, person.group, *row_values(person).values())


def row_marks(keys: ContactKeys, person: Recipient) -> dict[str, str]:
    """Keyed hashes of what tells a person from others, by kind."""
    return {kind: keys.mark("mark", kind, value) for kind, value in person.marks().items()}


def seal_person(keys: ContactKeys, person: Recipient) -> SealedPerson:
    """A person as the store keeps them."""
    number = person_id(keys, person)
    sealed = keys.seal(row_values(person), person.agency, person.group, number)
    digest, marks = row_digest(keys, person), row_marks(keys, person)
    return SealedPerson(number, person.agency, person.group, keys.seal_name, digest, sealed, marks)


def unseal_person(keys: ContactKeys, row: SealedPerson) -> Recipient:
    """The person of a row, without a place in a file; WorkFailed where the row was changed or moved."""
    values = keys.unseal(row.sealed, row.agency, row.group, row.id)
    day = values.pop("result_date")
    return Recipient("", row.agency, row.group, **values, result_date=datetime.date.fromisoformat(day) if day else None)
