from __future__ import annotations

import pytest

from scanner.roles import PathRole, in_words, role_of


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        pytest.param("src/contest.py", "", id="a name that ends like a test's"),
        pytest.param("latest/app.py", "", id="a folder that ends like a test's"),
        pytest.param("docstrings/app.py", "", id="a folder that begins like docs"),
        pytest.param("examples/shop/settings.py", "examples/shop", id="examples above the named path say nothing"),
        pytest.param("examples/shop/settings.py", "examples", id="the named folder itself says nothing"),
        pytest.param("tests/app/settings.py", "tests/app/settings.py", id="a named file answers for itself"),
        pytest.param(".env.prod", "", id="an environment's own file"),
        pytest.param("sample-service/app.py", "", id="a project called sample"),
    ],
)
def test_code_that_runs(path: str, scope: str) -> None:
    assert role_of(path, scope) is PathRole.SOURCE


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("tests/app.py", PathRole.TEST),
        ("shop/test_orders.py", PathRole.TEST),
        ("shop/orders_test.py", PathRole.TEST),
        ("conftest.py", PathRole.TEST),
        ("netbox/configuration_testing.py", PathRole.TEST),
        ("tests/fixtures/data.py", PathRole.TEST),
        ("shop/fixtures/users.json", PathRole.FIXTURE),
        ("examples/basic.py", PathRole.EXAMPLE),
        (".env.example", PathRole.EXAMPLE),
        ("config.sample.yml", PathRole.EXAMPLE),
        (".env.template", PathRole.EXAMPLE),
        ("docs/setup.txt", PathRole.DOCS),
        ("README.md", PathRole.DOCS),
        ("vendor/lib/x.py", PathRole.VENDORED),
        ("shop/_vendor/lib.py", PathRole.VENDORED),
    ],
)
def test_what_is_not_uploaded(path: str, role: PathRole) -> None:
    assert role_of(path) is role
    assert in_words(role)


def test_a_test_below_the_named_path_is_still_a_test() -> None:
    assert role_of("examples/shop/tests/app.py", "examples/shop") is PathRole.TEST
    assert role_of("tests/app/test_x.py", "tests/app/test_x.py") is PathRole.TEST
