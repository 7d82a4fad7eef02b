"""Assessment: schemes, rounds, filings, review, runs; publications of rankings; objections."""

import sqlalchemy as sa
from alembic import op

from app.extensions.model import JsonText, Scaled, StringList, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "assessment_scheme",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["ab_user.id"], name=op.f("fk_assessment_scheme_created_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["ab_user.id"], name=op.f("fk_assessment_scheme_updated_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_scheme")),
        sa.UniqueConstraint("code", name=op.f("uq_assessment_scheme_code")),
    )
    op.create_table(
        "assessment_scheme_version",
        sa.Column("scheme_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("content", JsonText(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("based_on_id", KEY, nullable=True),
        sa.Column("frozen_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(state = 'frozen') = (frozen_at IS NOT NULL)",
            name=op.f("ck_assessment_scheme_version_day_if_frozen"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'frozen')", name=op.f("ck_assessment_scheme_version_state")
        ),
        sa.ForeignKeyConstraint(
            ["based_on_id"],
            ["assessment_scheme_version.id"],
            name="fk_assessment_scheme_version_based_on",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["ab_user.id"],
            name=op.f("fk_assessment_scheme_version_created_by_ab_user"),
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["assessment_scheme.id"],
            name=op.f("fk_assessment_scheme_version_scheme_id_assessment_scheme"),
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"],
            ["ab_user.id"],
            name=op.f("fk_assessment_scheme_version_updated_by_ab_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_scheme_version")),
        sa.UniqueConstraint(
            "scheme_id", "number", name=op.f("uq_assessment_scheme_version_scheme_id_number")
        ),
    )
    op.create_index(
        op.f("ix_assessment_scheme_version_scheme_id"),
        "assessment_scheme_version",
        ["scheme_id"],
        unique=False,
    )

    op.create_table(
        "assessment_round",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("scheme_version_id", KEY, nullable=False),
        sa.Column("previous_id", KEY, nullable=True),
        sa.Column("rehearsal_of_id", KEY, nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("cut_off_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("fill_until", sa.Date(), nullable=False),
        sa.Column("late_until", sa.Date(), nullable=False),
        sa.Column("review_until", sa.Date(), nullable=False),
        sa.Column("correction_days", sa.Integer(), nullable=False),
        sa.Column("corrections_max", sa.Integer(), nullable=False),
        sa.Column("publicity_days", sa.Integer(), nullable=False),
        sa.Column("objection_reply_days", sa.Integer(), nullable=False),
        sa.Column("sources", JsonText(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("snapshot_at", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("panel_closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'planned', 'open', 'closed', 'provisional', 'publicized', 'confirmed', 'archived', 'cancelled')",
            name=op.f("ck_assessment_round_state"),
        ),
        sa.CheckConstraint(
            "fill_until <= late_until", name=op.f("ck_assessment_round_late_window")
        ),
        sa.CheckConstraint(
            "late_until <= review_until", name=op.f("ck_assessment_round_review_window")
        ),
        sa.CheckConstraint("opens_on <= fill_until", name=op.f("ck_assessment_round_fill_window")),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_assessment_round_period")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["ab_user.id"], name=op.f("fk_assessment_round_created_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["ab_user.id"], name=op.f("fk_assessment_round_lead_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["assessment_round.id"],
            name=op.f("fk_assessment_round_previous_id_assessment_round"),
        ),
        sa.ForeignKeyConstraint(
            ["rehearsal_of_id"],
            ["assessment_round.id"],
            name=op.f("fk_assessment_round_rehearsal_of_id_assessment_round"),
        ),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["assessment_scheme_version.id"],
            name="fk_assessment_round_version",
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["ab_user.id"], name=op.f("fk_assessment_round_updated_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_round")),
    )
    op.create_index(
        op.f("ix_assessment_round_rehearsal_of_id"),
        "assessment_round",
        ["rehearsal_of_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assessment_round_scheme_version_id"),
        "assessment_round",
        ["scheme_version_id"],
        unique=False,
    )
    op.create_index(
        "ix_assessment_round_state", "assessment_round", ["state", "opens_on"], unique=False
    )

    op.create_table(
        "assessment_document",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("issued_by", sa.String(length=120), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("file_key", sa.String(length=32), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("details", JsonText(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["ab_user.id"], name=op.f("fk_assessment_document_created_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_assessment_document_round_id_assessment_round"),
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["ab_user.id"], name=op.f("fk_assessment_document_updated_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_document")),
    )
    op.create_index(
        op.f("ix_assessment_document_round_id"), "assessment_document", ["round_id"], unique=False
    )

    op.create_table(
        "assessment_filing",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("takes_part", sa.Boolean(), nullable=False),
        sa.Column("absence_reason", sa.String(length=500), nullable=False),
        sa.Column("previous_rank", sa.Integer(), nullable=True),
        sa.Column("extended_until", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.String(length=500), nullable=False),
        sa.Column("extended_by", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("first_submitted_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("times_returned", sa.Integer(), nullable=False),
        sa.Column("correct_until", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.String(length=500), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("commitment_key", sa.String(length=32), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(extended_until IS NULL) = (extension_reason = '')",
            name=op.f("ck_assessment_filing_reason_if_extended"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') OR (first_submitted_at IS NOT NULL)",
            name=op.f("ck_assessment_filing_filed"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'taken', 'returned', 'reviewed')",
            name=op.f("ck_assessment_filing_state"),
        ),
        sa.CheckConstraint(
            "takes_part OR (absence_reason <> '')",
            name=op.f("ck_assessment_filing_reason_if_absent"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["ab_user.id"], name=op.f("fk_assessment_filing_created_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["extended_by"], ["ab_user.id"], name=op.f("fk_assessment_filing_extended_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_assessment_filing_park_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["ab_user.id"], name=op.f("fk_assessment_filing_reviewed_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_assessment_filing_round_id_assessment_round"),
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["ab_user.id"], name=op.f("fk_assessment_filing_submitted_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["ab_user.id"], name=op.f("fk_assessment_filing_taken_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["ab_user.id"], name=op.f("fk_assessment_filing_updated_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_filing")),
        sa.UniqueConstraint("number", name=op.f("uq_assessment_filing_number")),
        sa.UniqueConstraint(
            "round_id", "park_id", name=op.f("uq_assessment_filing_round_id_park_id")
        ),
    )
    op.create_index(
        op.f("ix_assessment_filing_park_id"), "assessment_filing", ["park_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_filing_round_id"), "assessment_filing", ["round_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_filing_taken_by"), "assessment_filing", ["taken_by"], unique=False
    )

    op.create_table(
        "assessment_panelist",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["ab_user.id"], name=op.f("fk_assessment_panelist_expert_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_assessment_panelist_round_id_assessment_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_panelist")),
        sa.UniqueConstraint(
            "round_id", "expert_id", name=op.f("uq_assessment_panelist_round_id_expert_id")
        ),
    )
    op.create_index(
        op.f("ix_assessment_panelist_expert_id"), "assessment_panelist", ["expert_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_panelist_round_id"), "assessment_panelist", ["round_id"], unique=False
    )

    op.create_table(
        "assessment_run",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("scheme_digest", sa.String(length=64), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("results_digest", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=128), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.Column("parks", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (finished_at IS NOT NULL)", name=op.f("ck_assessment_run_done")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'failed')", name=op.f("ck_assessment_run_state")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["ab_user.id"], name=op.f("fk_assessment_run_actor_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_assessment_run_round_id_assessment_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_run")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_assessment_run_round_id_number")),
    )
    op.create_index(
        op.f("ix_assessment_run_round_id"), "assessment_run", ["round_id"], unique=False
    )

    op.create_table(
        "assessment_assignment",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("filing_id", KEY, nullable=True),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "filing_id IS NOT NULL OR section <> ''",
            name=op.f("ck_assessment_assignment_something"),
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["assessment_filing.id"],
            name=op.f("fk_assessment_assignment_filing_id_assessment_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["ab_user.id"],
            name=op.f("fk_assessment_assignment_reviewer_id_ab_user"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_assessment_assignment_round_id_assessment_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_assignment")),
        sa.UniqueConstraint(
            "round_id", "reviewer_id", "filing_id", "section", name="uq_assessment_assignment_task"
        ),
    )
    op.create_index(
        op.f("ix_assessment_assignment_reviewer_id"),
        "assessment_assignment",
        ["reviewer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assessment_assignment_round_id"),
        "assessment_assignment",
        ["round_id"],
        unique=False,
    )

    op.create_table(
        "assessment_evidence",
        sa.Column("filing_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("file_key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)",
            name=op.f("ck_assessment_evidence_removed"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["ab_user.id"], name=op.f("fk_assessment_evidence_by_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["assessment_filing.id"],
            name=op.f("fk_assessment_evidence_filing_id_assessment_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_assessment_evidence_park_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["ab_user.id"], name=op.f("fk_assessment_evidence_removed_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["assessment_evidence.id"],
            name=op.f("fk_assessment_evidence_replaces_id_assessment_evidence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_evidence")),
        sa.UniqueConstraint("file_key", name=op.f("uq_assessment_evidence_file_key")),
    )
    op.create_index(
        "ix_assessment_evidence_filing", "assessment_evidence", ["filing_id", "code"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_evidence_park_id"), "assessment_evidence", ["park_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_evidence_sha256"), "assessment_evidence", ["sha256"], unique=False
    )

    op.create_table(
        "assessment_mark",
        sa.Column("filing_id", KEY, nullable=False),
        sa.Column("indicator", sa.String(length=80), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("mark", Scaled(places=2), nullable=True),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("abstains", sa.Boolean(), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["ab_user.id"], name=op.f("fk_assessment_mark_expert_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["assessment_filing.id"],
            name=op.f("fk_assessment_mark_filing_id_assessment_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_assessment_mark_park_id_park")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_mark")),
        sa.UniqueConstraint(
            "filing_id",
            "indicator",
            "expert_id",
            name=op.f("uq_assessment_mark_filing_id_indicator_expert_id"),
        ),
    )
    op.create_index(
        op.f("ix_assessment_mark_expert_id"), "assessment_mark", ["expert_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_mark_park_id"), "assessment_mark", ["park_id"], unique=False
    )

    op.create_table(
        "assessment_override",
        sa.Column("filing_id", KEY, nullable=False),
        sa.Column("grade", sa.String(length=80), nullable=False),
        sa.Column("computed", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by IS NOT NULL)",
            name=op.f("ck_assessment_override_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_assessment_override_state"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by",
            name=op.f("ck_assessment_override_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["ab_user.id"], name=op.f("fk_assessment_override_decided_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["assessment_document.id"],
            name=op.f("fk_assessment_override_document_id_assessment_document"),
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["assessment_filing.id"],
            name=op.f("fk_assessment_override_filing_id_assessment_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_assessment_override_park_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["ab_user.id"], name=op.f("fk_assessment_override_proposed_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_override")),
    )
    op.create_index(
        op.f("ix_assessment_override_filing_id"), "assessment_override", ["filing_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_override_park_id"), "assessment_override", ["park_id"], unique=False
    )

    op.create_table(
        "assessment_result",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("filing_id", KEY, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("final", Scaled(places=6), nullable=True),
        sa.Column("grade", sa.String(length=80), nullable=False),
        sa.Column("veto", sa.String(length=80), nullable=True),
        sa.Column("subject", JsonText(), nullable=False),
        sa.Column("outcome", JsonText(), nullable=False),
        sa.Column("explanation", JsonText(), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["assessment_filing.id"],
            name=op.f("fk_assessment_result_filing_id_assessment_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_assessment_result_park_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["assessment_run.id"],
            name=op.f("fk_assessment_result_run_id_assessment_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_result")),
        sa.UniqueConstraint("run_id", "park_id", name=op.f("uq_assessment_result_run_id_park_id")),
    )
    op.create_index(
        op.f("ix_assessment_result_filing_id"), "assessment_result", ["filing_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_result_park_id"), "assessment_result", ["park_id"], unique=False
    )
    op.create_index(
        "ix_assessment_result_rank", "assessment_result", ["run_id", "rank"], unique=False
    )

    op.create_table(
        "assessment_value",
        sa.Column("filing_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("declared", JsonText(), nullable=True),
        sa.Column("declared_at", UtcDateTime(), nullable=True),
        sa.Column("declared_by", sa.Integer(), nullable=True),
        sa.Column("unread", JsonText(), nullable=True),
        sa.Column("taken", JsonText(), nullable=True),
        sa.Column("taken_from", sa.String(length=80), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("explanation", sa.String(length=1000), nullable=False),
        sa.Column("dispute", sa.String(length=1000), nullable=False),
        sa.Column("verified", JsonText(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("verdict_reason", sa.String(length=500), nullable=False),
        sa.Column("open_again", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "verdict <> 'returned' OR verdict_reason <> ''",
            name=op.f("ck_assessment_value_reason_if_returned"),
        ),
        sa.CheckConstraint(
            "verdict IN ('open', 'passed', 'corrected', 'returned')",
            name=op.f("ck_assessment_value_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["declared_by"], ["ab_user.id"], name=op.f("fk_assessment_value_declared_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["assessment_document.id"],
            name=op.f("fk_assessment_value_document_id_assessment_document"),
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["assessment_filing.id"],
            name=op.f("fk_assessment_value_filing_id_assessment_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_assessment_value_park_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["ab_user.id"], name=op.f("fk_assessment_value_verified_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_value")),
        sa.UniqueConstraint("filing_id", "code", name=op.f("uq_assessment_value_filing_id_code")),
    )
    op.create_index(
        op.f("ix_assessment_value_park_id"), "assessment_value", ["park_id"], unique=False
    )

    op.create_table(
        "assessment_veto",
        sa.Column("filing_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lift_reason = '')",
            name=op.f("ck_assessment_veto_reason_if_lifted"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["assessment_document.id"],
            name=op.f("fk_assessment_veto_document_id_assessment_document"),
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["assessment_filing.id"],
            name=op.f("fk_assessment_veto_filing_id_assessment_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["ab_user.id"], name=op.f("fk_assessment_veto_lifted_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_assessment_veto_park_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["ab_user.id"], name=op.f("fk_assessment_veto_set_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_veto")),
    )
    op.create_index(
        op.f("ix_assessment_veto_filing_id"), "assessment_veto", ["filing_id"], unique=False
    )
    op.create_index(
        op.f("ix_assessment_veto_park_id"), "assessment_veto", ["park_id"], unique=False
    )
    op.create_index(
        "uq_assessment_veto_filing_alive",
        "assessment_veto",
        ["filing_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )

    op.create_table(
        "ranking_snapshot",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("window_from", sa.Date(), nullable=False),
        sa.Column("window_until", sa.Date(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("publisher_name", sa.String(length=128), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("short_code", sa.String(length=10), nullable=False),
        sa.Column("head", JsonText(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("results_digest", sa.String(length=64), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(state = 'current') = (ended_at IS NULL)", name=op.f("ck_ranking_snapshot_ended")
        ),
        sa.CheckConstraint(
            "state IN ('current', 'superseded', 'withdrawn')",
            name=op.f("ck_ranking_snapshot_state"),
        ),
        sa.CheckConstraint("window_from <= window_until", name=op.f("ck_ranking_snapshot_window")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["ab_user.id"], name=op.f("fk_ranking_snapshot_published_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_ranking_snapshot_round_id_assessment_round"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["assessment_run.id"],
            name=op.f("fk_ranking_snapshot_run_id_assessment_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_snapshot")),
        sa.UniqueConstraint("digest", name=op.f("uq_ranking_snapshot_digest")),
        sa.UniqueConstraint("key", name=op.f("uq_ranking_snapshot_key")),
        sa.UniqueConstraint("previous_digest", name=op.f("uq_ranking_snapshot_previous_digest")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_ranking_snapshot_round_id_number")),
        sa.UniqueConstraint("short_code", name=op.f("uq_ranking_snapshot_short_code")),
    )
    op.create_index(
        op.f("ix_ranking_snapshot_round_id"), "ranking_snapshot", ["round_id"], unique=False
    )
    op.create_index(
        "uq_ranking_snapshot_round_current",
        "ranking_snapshot",
        ["round_id"],
        unique=True,
        sqlite_where=sa.text("state = 'current'"),
        postgresql_where=sa.text("state = 'current'"),
    )

    op.create_table(
        "assessment_value_change",
        sa.Column("value_id", KEY, nullable=False),
        sa.Column("filing_id", KEY, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("before", JsonText(), nullable=True),
        sa.Column("after", JsonText(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=128), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "act IN ('declared', 'restored', 'taken', 'disputed', 'explained', 'verified', 'passed', 'corrected', 'returned', 'opened')",
            name=op.f("ck_assessment_value_change_act"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["ab_user.id"], name=op.f("fk_assessment_value_change_actor_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["assessment_filing.id"],
            name=op.f("fk_assessment_value_change_filing_id_assessment_filing"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_assessment_value_change_park_id_park")
        ),
        sa.ForeignKeyConstraint(
            ["value_id"],
            ["assessment_value.id"],
            name=op.f("fk_assessment_value_change_value_id_assessment_value"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_value_change")),
    )
    op.create_index(
        op.f("ix_assessment_value_change_filing_id"),
        "assessment_value_change",
        ["filing_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assessment_value_change_park_id"),
        "assessment_value_change",
        ["park_id"],
        unique=False,
    )
    op.create_index(
        "ix_assessment_value_change_value",
        "assessment_value_change",
        ["value_id", "id"],
        unique=False,
    )

    op.create_table(
        "objection",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("snapshot_id", KEY, nullable=False),
        sa.Column("review_of_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("indicators", StringList(), nullable=True),
        sa.Column("other_park_id", KEY, nullable=True),
        sa.Column("matters", StringList(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "(state IN ('decided', 'answered')) = (outcome IS NOT NULL)",
            name=op.f("ck_objection_outcome_if_decided"),
        ),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'partly', 'dismissed')", name=op.f("ck_objection_outcome")
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'withdrawn', 'accepted', 'refused', 'verifying', 'decided', 'answered')",
            name=op.f("ck_objection_state"),
        ),
        sa.CheckConstraint(
            "target IN ('indicator', 'total', 'grade', 'other')", name=op.f("ck_objection_target")
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> decided_by",
            name=op.f("ck_objection_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["ab_user.id"], name=op.f("fk_objection_answered_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["ab_user.id"], name=op.f("fk_objection_created_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["ab_user.id"], name=op.f("fk_objection_decided_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by"], ["ab_user.id"], name=op.f("fk_objection_filed_by_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["ab_user.id"], name=op.f("fk_objection_handler_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["other_park_id"], ["park.id"], name=op.f("fk_objection_other_park_id_park")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_objection_park_id_park")),
        sa.ForeignKeyConstraint(
            ["review_of_id"], ["objection.id"], name=op.f("fk_objection_review_of_id_objection")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["assessment_round.id"],
            name=op.f("fk_objection_round_id_assessment_round"),
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["ranking_snapshot.id"],
            name=op.f("fk_objection_snapshot_id_ranking_snapshot"),
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["ab_user.id"], name=op.f("fk_objection_updated_by_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("number", name=op.f("uq_objection_number")),
        sa.UniqueConstraint("review_of_id", name=op.f("uq_objection_review_of_id")),
    )
    op.create_index(op.f("ix_objection_handler_id"), "objection", ["handler_id"], unique=False)
    op.create_index(op.f("ix_objection_park_id"), "objection", ["park_id"], unique=False)
    op.create_index(op.f("ix_objection_round_id"), "objection", ["round_id"], unique=False)
    op.create_index("ix_objection_state", "objection", ["state", "due_on"], unique=False)

    op.create_table(
        "ranking_row",
        sa.Column("snapshot_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("final", Scaled(places=6), nullable=True),
        sa.Column("grade", sa.String(length=80), nullable=False),
        sa.Column("told", JsonText(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_ranking_row_park_id_park")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["ranking_snapshot.id"],
            name=op.f("fk_ranking_row_snapshot_id_ranking_snapshot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_row")),
        sa.UniqueConstraint(
            "snapshot_id", "park_id", name=op.f("uq_ranking_row_snapshot_id_park_id")
        ),
        sa.UniqueConstraint(
            "snapshot_id", "position", name=op.f("uq_ranking_row_snapshot_id_position")
        ),
    )
    op.create_index(op.f("ix_ranking_row_park_id"), "ranking_row", ["park_id"], unique=False)

    op.create_table(
        "ranking_sight",
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("snapshot_id", KEY, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["ranking_snapshot.id"],
            name=op.f("fk_ranking_sight_snapshot_id_ranking_snapshot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_sight")),
    )
    op.create_index("ix_ranking_sight_address", "ranking_sight", ["address", "at"], unique=False)

    op.create_table(
        "objection_event",
        sa.Column("objection_id", KEY, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=128), nullable=False),
        sa.Column("from_zone", sa.Boolean(), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.CheckConstraint(
            "act IN ('file', 'again', 'withdraw', 'accept', 'refuse', 'verify', 'write', 'decide', 'recall', 'answer', 'nudge')",
            name=op.f("ck_objection_event_act"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["ab_user.id"], name=op.f("fk_objection_event_actor_id_ab_user")
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
            name=op.f("fk_objection_event_objection_id_objection"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_objection_event_park_id_park")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_event")),
    )
    op.create_index(
        op.f("ix_objection_event_objection_id"), "objection_event", ["objection_id"], unique=False
    )
    op.create_index(
        op.f("ix_objection_event_park_id"), "objection_event", ["park_id"], unique=False
    )

    op.create_table(
        "objection_file",
        sa.Column("objection_id", KEY, nullable=False),
        sa.Column("file_key", sa.String(length=32), nullable=False),
        sa.Column("from_zone", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("park_id", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"],
            ["objection.id"],
            name=op.f("fk_objection_file_objection_id_objection"),
        ),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name=op.f("fk_objection_file_park_id_park")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_file")),
        sa.UniqueConstraint("file_key", name=op.f("uq_objection_file_file_key")),
    )
    op.create_index(
        op.f("ix_objection_file_objection_id"), "objection_file", ["objection_id"], unique=False
    )
    op.create_index(op.f("ix_objection_file_park_id"), "objection_file", ["park_id"], unique=False)


def downgrade():

    op.drop_table("objection_file")

    op.drop_table("objection_event")

    op.drop_table("ranking_sight")

    op.drop_table("ranking_row")

    op.drop_table("objection")

    op.drop_table("assessment_value_change")

    op.drop_table("ranking_snapshot")

    op.drop_table("assessment_veto")

    op.drop_table("assessment_value")

    op.drop_table("assessment_result")

    op.drop_table("assessment_override")

    op.drop_table("assessment_mark")

    op.drop_table("assessment_evidence")

    op.drop_table("assessment_assignment")

    op.drop_table("assessment_run")

    op.drop_table("assessment_panelist")

    op.drop_table("assessment_filing")

    op.drop_table("assessment_document")

    op.drop_table("assessment_round")

    op.drop_table("assessment_scheme_version")
    op.drop_table("assessment_scheme")
