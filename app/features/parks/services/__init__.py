"""Every write on parks, organisations, memberships and certifications."""

from __future__ import annotations

from app.features.parks.services.certification import (
    LEVELS,
    certified,
    change_bank,
    change_company,
    left,
    reveal_bank,
)
from app.features.parks.services.invitations import (
    accept,
    decline,
    invite,
    resend,
    withdraw_invitation,
)
from app.features.parks.services.licences import (
    LICENCE_KIND,
    Licence,
    claim_by_licence,
    pass_claim,
    refuse_claim,
    withdraw_claim,
)
from app.features.parks.services.ownership import (
    decline_ownership,
    offer_ownership,
    take_ownership,
    withdraw_ownership,
)
from app.features.parks.services.people import change_own_member, leave, remove_own_member
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
    restore_organisation,
    restore_park,
)

__all__ = [
    "LEVELS",
    "LICENCE_KIND",
    "Licence",
    "accept",
    "add_member",
    "add_organisation",
    "add_park",
    "certified",
    "change_bank",
    "change_company",
    "change_member",
    "change_organisation",
    "change_own_member",
    "change_park",
    "claim_by_licence",
    "decline",
    "decline_ownership",
    "delete_organisation",
    "delete_park",
    "guard_cancel",
    "guard_grant",
    "invite",
    "leave",
    "left",
    "offer_ownership",
    "pass_claim",
    "refuse_claim",
    "remove_member",
    "remove_own_member",
    "resend",
    "restore_organisation",
    "restore_park",
    "reveal_bank",
    "take_ownership",
    "withdraw_claim",
    "withdraw_invitation",
    "withdraw_ownership",
]
