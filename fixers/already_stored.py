"""Decide what `fix --write` may rewrite: values that are in the store already, or committed in HEAD."""

from __future__ import annotations

from fixers.arn_placeholders import waiting
from fixers.inverse import known_blobs
from fixers.model import RefusalReason
from fixers.plan import touched_paths
from fixers.planning import Planned, without_secrets
from fixers.stores.registry import UsersAws
from fixers.storing import holds


def not_stored(planned: Planned, target: UsersAws, *, offline: bool) -> tuple[Planned, dict[str, str], tuple[str, ...]]:
    """The plan without secrets that are not stored; versions by name; the places accepted because HEAD has them.

    `offline` asks no store: a value in a blob of HEAD cannot be lost.
    """
    if offline:
        head = known_blobs(planned.scanned.root.repository, planned.workspace, touched_paths(planned.plan)).head
        fixes = planned.plan.fixes
        kept = [fix for fix in fixes if all(found.path in head for found in fix.findings)]
        kept = [fix for fix in kept if fix.secret not in waiting(planned.plan)]  # only the store knows an ARN
        gone = {fix.secret for fix in fixes} - {fix.secret for fix in kept}
        named = tuple(sorted({f"{found.path} ({head[found.path][:12]})" for fix in kept for found in fix.findings}))
        return without_secrets(planned, gone, _NOT_IN_HEAD), {}, named
    versions: dict[str, str] = {}
    wanted = planned.plan.moving
    for word in dict.fromkeys(secret.store for secret in wanted):
        by_name = {secret.name: secret for secret in wanted if secret.store == word}
        for name, seen in target.stores(word).look(list(by_name)):
            if seen is not None and seen.existing.deletion is None and holds(by_name[name], seen.value):
                versions[name] = seen.existing.version
    gone = {secret.name for secret in planned.plan.moving} - set(versions)
    return without_secrets(planned, gone, _NOT_STORED), versions, ()


_NOT_STORED = (
    RefusalReason.NOT_STORED,
    "the store does not hold this value under the planned name",
    "`unhardcode migrate` stores and rewrites",
)
_NOT_IN_HEAD = (
    RefusalReason.NOT_STORED,
    "the store was not asked, and the value is not in a commit: it could be lost",
    "`unhardcode migrate` stores and rewrites; or commit the file",
)
