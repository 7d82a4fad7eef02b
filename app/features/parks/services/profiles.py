"""信息维护: what a park proposes about itself, and what a decision puts in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import IO, Any

from msgspec import Struct

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import NotFound, Refusal, refuse_if
from app.engines import files, review, richtext, trail
from app.extensions import db
from app.extensions.locks import lock
from app.features.parks import policy, queries
from app.features.parks.models import Organisation, Park, ParkProfile
from app.features.parks.queries import divisions, profiles
from app.features.parks.rules import profile as rules

KIND = "park_profile"
PICTURE, EVIDENCE = "park_picture", "park_evidence"
EVIDENCE_TYPES = frozenset({"pdf", "png", "jpeg"})
FILE_MOST = 10 * 1024 * 1024
#: An upload whose form was never saved goes after this.
UNSAVED = timedelta(days=7)
LOCKS = 7_291


class Upload(Struct, frozen=True):
    """A file as it was sent."""

    stream: IO[bytes]
    name: str


def cleaned(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed as a draft keeps it, the introduction by the one list of what may stay."""
    content = rules.clean(raw)
    text = raw.get("introduction")
    content["introduction"] = richtext.clean(text if isinstance(text, str) else "").html
    return content


def upload(actor: Actor, file: Upload, *, picture: bool, park_id: int | None) -> files.StoredFile:
    """Keep a picture (drawn anew, in its widths) or a file of evidence until its form is saved."""
    until = clock.now() + UNSAVED
    if picture:
        return files.store_picture(
            *(actor, file.stream, file.name),
            max_bytes=FILE_MOST,
            kind=PICTURE,
            park_id=park_id,
            expires_at=until,
        )
    return files.store(
        *(actor, file.stream, file.name),
        kind=EVIDENCE,
        allowed=EVIDENCE_TYPES,
        max_bytes=FILE_MOST,
        park_id=park_id,
        expires_at=until,
    )


def propose(
    actor: Actor, park_id: int, raw: Mapping[str, Any], *, seen: int, send: bool
) -> review.Revision:
    """保存草稿, or 确定 with ``send``: what is in force stays until the decision."""
    park = queries.locked(park_id)
    refuse_if(policy.changing(park))
    before = queries.content_of(park)
    values = cleaned(raw)
    keep_files(actor, values, known=(before, _pending_content(KIND, park.id)), park_id=park.id)
    thing = review.Subject(KIND, park.id, park.id, values["name"] or park.name, cleaned(before))
    return review.propose(actor, thing, values, seen=seen, send=send)


def _pending_content(kind: str, subject: int) -> Mapping[str, Any]:
    found = review.pending(kind, subject)
    return {} if found is None else found.content


def keep_files(
    actor: Actor,
    values: Mapping[str, Any],
    *,
    known: Collection[Mapping[str, Any]],
    park_id: int | None,
) -> None:
    """Files named in a form are the person's, the park's, or were there before; they stay now."""
    old = {key for content in known for key in keys_of(content)}
    pictures = set(rules.picture_keys(values))
    for key in rules.keys_of(values):
        if key in old:
            continue
        try:
            file = files.by_key(key)
        except NotFound as error:
            raise Refusal("file_gone", fields={_field(key, pictures): "file_gone"}) from error
        kind = PICTURE if key in pictures else EVIDENCE
        mine = file.created_by == actor.user_id or (park_id is not None and file.park_id == park_id)
        if file.kind != kind or not mine:
            raise Refusal("file_gone", fields={_field(key, pictures): "file_gone"})
        file.expires_at = None
    written = richtext.pictures(values.get("introduction", ""))
    if not all(key in old or files.may_use(actor, key) for key in written):
        raise Refusal("file_gone", fields={"introduction": "file_gone"})
    db.session.flush()
    files.keep((*pictures, *written))


def keys_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of every file in it, those in the introduction too."""
    return (*rules.keys_of(content), *richtext.pictures(content.get("introduction", "")))


def shown_keys(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of the pictures that the public page shows."""
    return (*rules.picture_keys(content), *richtext.pictures(content.get("introduction", "")))


def show_pictures(park: Park, before: Mapping[str, Any] | None = None) -> None:
    """Pictures of the profile in force are everybody's while its park is in operation.

    ``before``: what was in force until now; what it alone showed is nobody's business any more.
    """
    found = profiles.profile_of(park.id)
    content = found.content if found is not None else {}
    open_now = found is not None and found.published and park.status == "active"
    now = set(shown_keys(content)) if open_now else set()
    gone = {*shown_keys(before or {}), *shown_keys(content)} - now
    files.publish(now)
    files.withdraw(gone)


def shown_of(keys: Collection[str]) -> set[str]:
    """Those of the pictures that the public page of a park in operation shows."""
    return {
        key
        for key in keys
        for content in profiles.published_with(key)
        if key in shown_keys(content)
    }


def _field(key: str, pictures: Collection[str]) -> str:
    return "photos" if key in pictures else "evidence"


# -- the kind's hooks ----------------------------------------------------------------------------
def check(_actor: Actor, revision: review.Revision) -> None:
    """At every submission: nothing missing, nothing wrong, evidence for key fields."""
    park = queries.by_id(revision.subject_id)
    refuse_if(policy.changing(park))
    wrong = faults(revision.content)
    if rules.evidence_missing(queries.content_of(park), revision.content):
        wrong.setdefault("evidence", "evidence_missing")
    with scope.unscoped():  # names of other parks are taken, too
        if queries.name_taken(revision.content.get("name", ""), but=park.id):
            wrong["name"] = "name_taken"
    if wrong:
        raise Refusal("profile_wrong", fields=wrong)


def faults(content: Mapping[str, Any]) -> dict[str, str]:
    """Field -> code, for whole contents."""
    wrong = rules.faults(content, today=clock.today(), divisions=divisions.tree())
    if not richtext.text(content.get("introduction", "")).strip():
        wrong["introduction"] = "required"
    return wrong


def lock_names() -> None:
    """Names and codes of parks are given one after another."""
    lock(LOCKS, "park names and codes")


def prepared(_actor: Actor, revision: review.Revision) -> None:
    """Before the decision holds the trail: whoever else gives names waits for this one."""
    lock_names()
    park = queries.locked(revision.subject_id)
    if queries.name_taken(revision.content["name"], but=park.id):
        raise Refusal("review_name_taken")


def approved(actor: Actor, revision: review.Revision) -> None:
    """The content is in force: profile row, and the park's name, type and operator with it."""
    park = queries.locked(revision.subject_id)
    put_in_force(actor, park, revision.content)


def revoked(actor: Actor, revision: review.Revision) -> None:
    """What was in force before is so again; a park that had nothing has nothing."""
    park = queries.locked(revision.subject_id)
    found = profiles.locked_profile(park.id)
    now = review.in_force(KIND, park.id)
    content = now.content if now is not None else (found.origin if found is not None else None)
    if content is not None:
        put_in_force(actor, park, content)
    elif found is not None:
        before = found.content
        db.session.delete(found)
        db.session.flush()
        show_pictures(park, before)


def put_in_force(
    actor: Actor, park: Park, content: Mapping[str, Any], *, first: bool = False
) -> ParkProfile:
    """Write the profile row from a content; ``first``: it is what the park begins with."""
    found = profiles.locked_profile(park.id)
    if found is None:
        found = ParkProfile(park_id=park.id, slug=_slug(park, content), created_by=actor.user_id)
        db.session.add(found)
    if first:
        found.origin = dict(content)
    before, found.content = found.content, dict(content)
    found.name, found.short_name = content["name"], content.get("short_name", "")
    found.name_key = _key(content)
    found.kind, found.level = content["kind"], content["level"]
    found.division = content["division"]
    found.customs_modes = tuple(content.get("customs_modes") or ())
    area = content.get("leasable_area")
    found.area_leasable = Decimal(area) if area else None
    found.opened_on = rules.day(content.get("opened_on", ""))
    found.pictures = rules.picture_keys(content)
    found.updated_by, found.updated_at = actor.user_id, clock.now()
    park.name, park.kind = content["name"], content["kind"]
    park.organisation_id = _operator(actor, content).id
    park.updated_by, park.updated_at = actor.user_id, clock.now()
    changes = trail.changes_of(park, ("name", "kind"))
    db.session.flush()
    show_pictures(park, before)
    if changes:
        trail.record(actor, "park.changed", park, changes=changes)
    return found


def _operator(actor: Actor, content: Mapping[str, Any]) -> Organisation:
    """The registered company with the profile's code; one nobody registered yet is now."""
    found = queries.organisation_with_code(content["uscc"])
    if found is None:
        found = Organisation(uscc=content["uscc"], name=content["operator_name"])
        found.created_by = found.updated_by = actor.user_id
        db.session.add(found)
        db.session.flush()
        trail.record(actor, "organisation.added", found)
    return found


def _slug(park: Park, content: Mapping[str, Any]) -> str:
    sound, _initials = rules.pinyin(content.get("short_name") or content["name"])
    return rules.slug(sound, park.code, profiles.slugs())


def _key(content: Mapping[str, Any]) -> str:
    """``pinyin|initials|name`` of both names, in lower case, without white space."""
    names = (content["name"], content.get("short_name", ""))
    parts = [part for name in names if name for part in (*rules.pinyin(name), name.lower())]
    return "".join("|".join(parts).split())[:800]
