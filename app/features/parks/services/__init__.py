"""Every write on parks, organisations, memberships and certifications."""

from __future__ import annotations

from app.features.parks.services.certification import (
    LEVELS,
    certified,
    change_bank,
    change_company,
    left,
    news_seen,
    reveal_bank,
)
from app.features.parks.services.licences import (
    LICENCE_KIND,
    Licence,
    claim_by_licence,
    pass_claim,
    refuse_claim,
    withdraw_claim,
)
from app.features.parks.services.register import (
    add_member,
    add_organisation,
    add_park,
    change_member,
    change_organisation,
    change_park,
    delete_organisation,
    delete_park,
    guard_cancel,
    guard_grant,
    remove_member,
)

__all__ = [
    "LEVELS",
    "LICENCE_KIND",
    "Licence",
    "add_member",
    "add_organisation",
    "add_park",
    "certified",
    "change_bank",
    "change_company",
    "change_member",
    "change_organisation",
    "change_park",
    "claim_by_licence",
    "delete_organisation",
    "delete_park",
    "guard_cancel",
    "guard_grant",
    "left",
    "news_seen",
    "pass_claim",
    "refuse_claim",
    "remove_member",
    "reveal_bank",
    "withdraw_claim",
]
