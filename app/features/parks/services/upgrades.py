"""升级为园区/基地 (manual 001 1.2): a certified company asks, the zone decides, a park begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core import clock, scope
from app.core.actor import Actor
from app.core.errors import Refusal, refuse_if
from app.engines import files, review, trail
from app.extensions import db
from app.features.accounts import queries as accounts
from app.features.parks import policy, queries
from app.features.parks.models import Organisation, Park
from app.features.parks.queries import profiles
from app.features.parks.rules import profile as rules
from app.features.parks.services import profiles as own
from app.features.parks.services import register
from app.features.parks.services.certification import own_organisation
from app.features.parks.services.resting import tell_state

KIND = "park_upgrade"


def begun_with(company: Organisation) -> dict[str, Any]:
    """What the form starts from: the certified company is the operator."""
    return own.cleaned(
        {
            "operator_name": company.name,
            "uscc": company.uscc,
            "legal_representative": company.legal_representative,
            "contact_name": company.contact_name,
            "contact_phone": company.contact_phone,
        }
    )


def apply(actor: Actor, raw: Mapping[str, Any], *, seen: int, send: bool) -> review.Revision:
    """保存: sent to review with ``send``, else kept as a draft. Refuses who has no company."""
    company = own_organisation(actor)
    refuse_if(policy.joining(actor.roles))
    if review.in_force(KIND, company.id) is not None:
        raise Refusal("upgrade_done")
    values = own.cleaned({**raw, "operator_name": company.name, "uscc": company.uscc})
    open_one = review.pending(KIND, company.id)
    if open_one is not None and open_one.created_by != actor.user_id:
        raise Refusal("upgrade_by_colleague")
    own.keep_files(actor, values, known=(open_one.content if open_one else {},), park_id=None)
    title = values["name"] or company.name
    thing = review.Subject(KIND, company.id, None, title, begun_with(company))
    return review.propose(actor, thing, values, seen=seen, send=send)


# -- the kind's hooks ----------------------------------------------------------------------------
def check(actor: Actor, revision: review.Revision) -> None:
    """At every submission."""
    refuse_if(policy.joining(actor.roles))
    company = queries.organisation(revision.subject_id)
    content = revision.content
    wrong = own.faults(content)
    if content["uscc"] != company.uscc or content["operator_name"] != company.name:
        wrong["operator_name"] = "operator_not_certified"
    if not content.get("evidence"):
        wrong.setdefault("evidence", "evidence_missing")
    with scope.unscoped():
        if queries.name_taken(content["name"]):
            wrong["name"] = "name_taken"
    if wrong:
        raise Refusal("profile_wrong", fields=wrong)


def prepared(_actor: Actor, revision: review.Revision) -> None:
    """Before the decision holds the trail: locks in their order, and what stands against it."""
    own.lock_names()
    applicant = accounts.locked(_applicant(revision))
    if not applicant.active:
        raise Refusal("review_applicant_inactive")
    link = queries.link_of(applicant.id)
    if link is None or link.organisation_id != revision.subject_id:
        raise Refusal("review_applicant_left")
    if policy.joining(accounts.roles_of_many([applicant.id]).get(applicant.id, ())) is not None:
        raise Refusal("review_applicant_zone")
    if queries.name_taken(revision.content["name"]):
        raise Refusal("review_name_taken")


def approved(actor: Actor, revision: review.Revision) -> None:
    """The park with the next free code, its profile, its owner and the owner's role."""
    content, applicant = revision.content, _applicant(revision)
    park = Park(
        code=rules.next_code(content["kind"], profiles.codes()),
        name=content["name"],
        kind=content["kind"],
        organisation_id=revision.subject_id,
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    db.session.add(park)
    changes = trail.changes_of(park, ("code", "name", "kind"))
    db.session.flush()
    trail.record(actor, "park.added", park, changes=changes)
    own.put_in_force(actor, park, content, first=True)
    for key in own.keys_of(content):
        if files.is_kept(key):
            files.by_key(key).park_id = park.id
    revision.park_id = park.id  # from now on it is that park's; a revocation finds it by this
    register.add_member(
        actor, username=accounts.account(applicant).username, park_id=park.id, role="owner"
    )


def revoked(actor: Actor, revision: review.Revision) -> None:
    """撤销 of an upgrade: the park is suspended; what it holds stays readable for its people."""
    assert revision.park_id is not None, "its approval made a park"
    locked = queries.locked(revision.park_id)
    if locked.status == "suspended":
        return
    locked.status = "suspended"
    locked.updated_by, locked.updated_at = actor.user_id, clock.now()
    changes = trail.changes_of(locked, ("status",))
    db.session.flush()
    own.show_pictures(locked)
    tell_state(actor, locked, revision.reason)
    trail.record(
        actor, "park.changed", locked, changes=changes, details={"reason": revision.reason}
    )


def _applicant(revision: review.Revision) -> int:
    applicant = revision.submitted_by or revision.created_by
    assert applicant is not None, "somebody submitted it"
    return applicant
