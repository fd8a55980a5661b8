"""What AWS accepts: one over each limit is refused, the limit itself is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixers.stores.kinds import KINDS
from fixers.stores.limits import tag_value

# 1,011 with `arn:aws:ssm:us-east-2:111122223333:parameter` in front of it, which has 44 characters.
LONGEST = 1011 - 44
VALUE = "generated-value"


def secret_problems(name: str, value: str | bytes) -> tuple[str, ...]:
    return KINDS["secretsmanager"].problems(name, value, tier=None, region=None)


def parameter_problems(name: str, value: str | bytes, *, tier: str | None, region: str) -> tuple[str, ...]:
    return KINDS["parameterstore"].problems(name, value, tier=tier, region=region)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("", VALUE, "1 to 512", id="no name"),
        pytest.param("a" * 513, VALUE, "this one 513", id="a name that is too long"),
        pytest.param("prod/shop db", VALUE, "ASCII letters", id="a space in the name"),
        pytest.param("prod/é", VALUE, "ASCII letters", id="another letter in the name"),
        pytest.param("prod/db\n", VALUE, "ASCII letters", id="a newline after the name"),
        pytest.param("/prod/shop/db", VALUE, "slash", id="a leading slash"),
        pytest.param("prod/shop/my-secret", VALUE, "hyphen and six", id="a name that ends like an ARN"),
        pytest.param("prod/shop/db", "", "empty", id="no text"),
        pytest.param("prod/shop/db", b"", "empty", id="no bytes"),
        pytest.param("prod/shop/db", "x" * 65_537, "65,536 bytes", id="a text that is too large"),
        pytest.param("prod/shop/db", "é" * 32_769, "65,536 bytes", id="a text that is too large in UTF-8 only"),
        pytest.param("prod/shop/db", b"\xff" * 65_537, "65,536 bytes", id="bytes that are too many"),
        pytest.param("prod/shop/db", "\ud800", "surrogate", id="a lone surrogate"),
    ],
)
def test_secret_is_refused(name: str, value: str | bytes, said: str) -> None:
    problems = secret_problems(name, value)
    assert len(problems) == 1
    assert said in problems[0]
    assert VALUE not in problems[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a" * 512, VALUE),
        ("prod/shop/db_+=.@-x", VALUE),
        ("prod/shop/my-secrets", VALUE),
        ("prod/shop/db", "x" * 65_536),
        ("prod/shop/db", "é" * 32_768),
        ("prod/shop/db", b"\xff" * 65_536),
        ("prod/shop/db", "{{resolve:ssm:x}}"),
        ("prod/shop/db", "\n"),
    ],
)
def test_secret_at_a_limit_is_taken(name: str, value: str | bytes) -> None:
    assert secret_problems(name, value) == ()


@pytest.mark.parametrize(
    ("name", "value", "tier", "said"),
    [
        pytest.param("prod/shop/k", VALUE, None, "start with a slash", id="no leading slash"),
        pytest.param("/" + "a" * LONGEST, VALUE, None, f"this one {LONGEST + 1}", id="a name that is too long"),
        pytest.param("/prod/é", VALUE, None, "ASCII letters", id="another letter in the name"),
        pytest.param("/prod/a@b", VALUE, None, "ASCII letters", id="a sign that only secrets may have"),
        pytest.param("/prod//k", VALUE, None, "empty part", id="two slashes"),
        pytest.param("/prod/k/", VALUE, None, "empty part", id="a trailing slash"),
        pytest.param("/a" * 16, VALUE, None, "15 levels", id="sixteen levels"),
        pytest.param("/aws/k", VALUE, None, "aws or ssm", id="a name of AWS"),
        pytest.param("/SSMthing/k", VALUE, None, "aws or ssm", id="a name of Systems Manager"),
        pytest.param("/prod/k", "", None, "empty", id="no text"),
        pytest.param("/prod/k", "x" * 4_097, "Standard", "4,096 bytes", id="too large for Standard"),
        pytest.param("/prod/k", "é" * 2_049, None, "4,096 bytes", id="too large for Standard in UTF-8 only"),
        pytest.param("/prod/k", "x" * 8_193, "Advanced", "8,192 bytes", id="too large for Advanced"),
        pytest.param("/prod/k", VALUE, "Cheap", "Standard or Advanced", id="a tier that there is not"),
        pytest.param("/prod/k", "a{{b", None, "reference", id="what looks like a reference"),
        pytest.param("/prod/k", b"\xff", None, "text only", id="bytes"),
        pytest.param("/prod/k", "\udcff", None, "surrogate", id="a lone surrogate"),
    ],
)
def test_parameter_is_refused(name: str, value: str | bytes, tier: str | None, said: str) -> None:
    problems = parameter_problems(name, value, tier=tier, region="us-east-2")
    assert len(problems) == 1
    assert said in problems[0]
    assert VALUE not in problems[0]


@pytest.mark.parametrize(
    ("name", "value", "tier"),
    [
        ("/" + "a" * (LONGEST - 1), VALUE, None),
        ("/a" * 15, VALUE, None),
        ("/prod/aws/ssm", VALUE, None),
        ("/prod/k", "x" * 4_096, "Standard"),
        ("/prod/k", "x" * 8_192, "Advanced"),
        ("/prod/k", "{ {", None),
    ],
)
def test_parameter_at_a_limit_is_taken(name: str, value: str, tier: str | None) -> None:
    assert parameter_problems(name, value, tier=tier, region="us-east-2") == ()


def test_longer_arn_leaves_less_room_for_the_name() -> None:
    name = "/" + "a" * (LONGEST - 1)
    assert parameter_problems(name, VALUE, tier=None, region="us-gov-west-1") != ()
    assert parameter_problems(name, VALUE, tier=None, region="cn-north-1") != ()


@given(text=st.text())
def test_any_text_makes_a_tag_value(text: str) -> None:
    made = tag_value(text)
    assert len(made) <= 256
    assert tag_value(made) == made
    assert all(sign.isalnum() or sign in " _.:/=+@-" for sign in made)
