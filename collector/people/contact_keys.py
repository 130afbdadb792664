"""The two keys that a campaign's list of people rests on: one seals, one makes marks. Knows no table and no file.

Sealed is AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D), bound to the campaign, the cell and the person's id:
a row moved elsewhere opens no more. Marks and ids are HMAC-SHA256 under the second key, which outlives a change of the
first: without it nobody can try out telephone numbers until one fits.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from collector.settings import KEY_BYTES, add_key, get_key, remove_key
from forms.errors import WorkFailed
from forms.words import text

_NONCE_BYTES = 12
_PAD_BYTES = 64  # the length of what is sealed tells little about a name
_ID_BITS = 63


@dataclass(frozen=True)
class ContactKeys:
    """A campaign's keys, by their names; their bytes are never shown."""

    campaign: str
    seal_name: str
    mark_name: str
    _seal: bytes = field(repr=False)
    _mark: bytes = field(repr=False)

    def seal(self, values: Mapping[str, str], agency: str, group: str, person: int) -> bytes:
        """What a person's row holds, readable only with this key and only in its place."""
        plain = json.dumps(dict(values), ensure_ascii=False).encode()
        plain += b" " * (-len(plain) % _PAD_BYTES)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._seal).encrypt(nonce, plain, self._place(agency, group, person))

    def unseal(self, sealed: bytes, agency: str, group: str, person: int) -> dict[str, str]:
        """The values of a row; WorkFailed where it was changed or stands in another place."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            plain = AESGCM(self._seal).decrypt(nonce, rest, self._place(agency, group, person))
        except (InvalidTag, ValueError) as error:
            raise WorkFailed(text("recipients.sealed_broken", agency=agency, group=group)) from error
        values: dict[str, str] = json.loads(plain)
        return values

    def mark(self, purpose: str, *parts: str) -> str:
        """32 hex digits that are the same for the same parts, and tell nothing about them without the key."""
        return self._hash(purpose, *parts).hex()[:32]

    def person_id(self, agency: str, group: str, kind: str, value: str) -> int:
        """A person's id in a cell, 63 bits: the same again when the same list is imported again."""
        return int.from_bytes(self._hash("person", agency, group, kind, value)[:8]) >> (64 - _ID_BITS)

    def _place(self, agency: str, group: str, person: int) -> bytes:
        return json.dumps(["phieu recipient 1", self.campaign, agency, group, person]).encode()

    def _hash(self, *parts: str) -> bytes:
        return hmac.digest(self._mark, json.dumps([self.campaign, *parts]).encode(), hashlib.sha256)


def make_contact_keys(campaign_id: str) -> ContactKeys:
    """Two new keys, kept with the campaign's other keys outside its folder."""
    seal, mark = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)
    return ContactKeys(campaign_id, add_key(campaign_id, seal), add_key(campaign_id, mark), seal, mark)


def get_contact_keys(campaign_id: str, seal_name: str, mark_name: str) -> ContactKeys:
    """The keys of these names; WorkFailed where one is lost."""
    return ContactKeys(
        campaign_id, seal_name, mark_name, get_key(campaign_id, seal_name), get_key(campaign_id, mark_name)
    )


def change_seal(keys: ContactKeys) -> ContactKeys:
    """A new key to seal with beside the same marks; the old one stays until remove_contact_keys."""
    seal = secrets.token_bytes(KEY_BYTES)
    return ContactKeys(keys.campaign, add_key(keys.campaign, seal), keys.mark_name, seal, keys._mark)


def remove_contact_keys(campaign_id: str, *names: str) -> None:
    """Destroy keys that nothing is sealed with any more."""
    for name in names:
        remove_key(campaign_id, name)
