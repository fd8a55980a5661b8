"""How a history is shared out: each blob once, what repeats itself together, the same on every machine."""

from __future__ import annotations

from scanner.history import workers
from scanner.sources.objects import Blob, Place


def _blobs(*paths: str) -> list[Blob]:
    return [Blob(id=f"{number:040x}", size=100, places=(Place(path, None),)) for number, path in enumerate(paths)]


def test_no_blobs_are_no_shares() -> None:
    assert workers.shared_out([]) == []


def test_each_blob_is_in_one_share_in_its_order() -> None:
    shares = workers.shared_out(_blobs(*(f"folder/{number}_x.py" for number in range(100))))
    assert sorted(number for share in shares for number in share) == list(range(100))
    assert all(share == sorted(share) for share in shares)
    assert len(shares) > 1


def test_versions_of_a_name_and_names_that_begin_alike_are_together() -> None:
    shares = workers.shared_out(_blobs("a/nxos_vlan.py", "b/other.py", "c/nxos_vlan.py", "nxos-acl.yml", "z.py"))
    assert [share for share in shares if 0 in share] == [[0, 2, 3]]
