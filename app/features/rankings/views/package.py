"""公示包: everything that is needed to compute a publication again, and to see that it is whole."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.core import scope
from app.features.assessments.queries import rounds
from app.features.rankings import queries
from app.features.rankings.models import RankingSnapshot
from app.features.rankings.rules.rows import Published

HERE = Path(__file__).parents[1] / "recompute"


def zipped(
    snapshot: RankingSnapshot,
    rows: Sequence[Published],
    files: Mapping[str, bytes],
    *,
    whole: bool,
) -> bytes:
    """The package as a zip. ``whole``: the zone's, with inputs and explanations of every park."""
    told = {
        "head": snapshot.head,
        "rows": [one.told() for one in rows],
        "previous": snapshot.previous_digest,
        "digest": snapshot.digest,
    }
    parts = {
        "ranking.json": _json(told),
        "recompute.py": (HERE / "recompute.py").read_bytes(),
        "README.txt": (HERE / "README.txt").read_bytes(),
        **files,
    }
    if whole:
        parts |= _inputs(snapshot)
    parts["SHA256SUMS"] = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(parts.items())
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(parts.items()):
            archive.writestr(name, data)
    return out.getvalue()


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _inputs(snapshot: RankingSnapshot) -> dict[str, bytes]:
    """Scheme and cohort as ``flask assessments score`` reads them, and every explanation."""
    with scope.unscoped():
        found = queries.results(snapshot.run_id)
    scheme = rounds.version_of(rounds.get(snapshot.round_id)).content
    return {
        "scheme.yaml": _json(scheme),
        "cohort.yaml": _json({"subjects": [one.subject for one, _filing, _park in found]}),
        "explanations.json": _json({park.code: one.explanation for one, _filing, park in found}),
    }
