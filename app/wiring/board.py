"""What each feature has for the 工作台, in the order in which a person sees it."""

from __future__ import annotations

from app.web import board


def join() -> None:
    """Fill the lists that the page gathers from."""
    _figures()
    _work()
    _charts()


def _figures() -> None:
    from app.features.accounts.views import locked_card, ungranted_card, users_card
    from app.features.desk.views import reviews_card, today_card
    from app.features.enterprises.views import (
        codes_card,
        duplicates_card,
        enterprises_card,
        import_door,
    )
    from app.features.parks.views import claims_card, parks_card
    from app.features.settlements.views import (
        late_settlements_card,
        own_applications_card,
        settlements_card,
    )

    board.DOORS[:] = [import_door]
    board.CARDS[:] = [
        *(reviews_card, settlements_card, late_settlements_card),
        *(
            enterprises_card,
            parks_card,
            codes_card,
            duplicates_card,
            claims_card,
            own_applications_card,
        ),
        *(users_card, locked_card, ungranted_card, today_card),
    ]


def _work() -> None:
    from app.features.assessments.views import (
        filing_todos,
        grade_todos,
        panel_todos,
        review_todos,
    )
    from app.features.desk.views import bin_todos, reviews_todos
    from app.features.enterprises.views import move_todos
    from app.features.news.views import news_todos
    from app.features.objections.views import objection_todos
    from app.features.parks.views import claim_todos, info_states, info_todos, provider_steps
    from app.features.rankings.views import consequence_todos
    from app.features.settlements.views import settlement_todos

    board.TODOS[:] = [
        *(filing_todos, reviews_todos, review_todos, grade_todos, panel_todos, objection_todos),
        consequence_todos,
        bin_todos,
        *(claim_todos, settlement_todos, move_todos, news_todos, info_todos),
    ]
    board.STATES[:] = [info_states]
    board.STEPS[:] = [provider_steps]


def _charts() -> None:
    from app.features.accounts.views import roles_held_chart, users_chart
    from app.features.desk.views import reviews_chart, trail_chart
    from app.features.enterprises.views import modes_chart, park_firms_chart, roles_chart
    from app.features.news.views import news_chart
    from app.features.parks.views import parks_chart
    from app.features.settlements.views import settlements_chart

    board.CHARTS[:] = [
        *(reviews_chart, settlements_chart, news_chart, parks_chart, park_firms_chart),
        *(roles_chart, modes_chart, users_chart, roles_held_chart, trail_chart),
    ]
