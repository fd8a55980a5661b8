"""Files that stay: each kind with its own right step."""

from __future__ import annotations

import pytest

from fixers import manual_steps
from fixers.model import RefusalReason
from scanner.model import Kind, Source
from scanner.readers.kinds import kind_of
from scanner.text import decode

STEPS = {
    ".github/workflows/deploy.yml": "${{ secrets.NAME }}",
    "sub/.github/workflows/ci.yaml": "${{ secrets.NAME }}",
    ".gitlab-ci.yml": "masked",
    ".circleci/config.yml": "masked",
    "Jenkinsfile": "masked",
    "infra/main.tf": 'ephemeral "aws_secretsmanager_secret_version"',
    "prod.tfvars": 'ephemeral "aws_secretsmanager_secret_version"',
    "terraform.tfstate": "the state holds values in the clear",
    "docker/Dockerfile.prod": "--mount=type=secret",
    "deploy.sh": "aws secretsmanager get-secret-value",
    "Makefile": "aws secretsmanager get-secret-value",
    "group_vars/all.yml": "amazon.aws.secretsmanager_secret",
    "charts/shop/values.yaml": "existingSecret",
    "values-prod.yaml": "existingSecret",
    ".npmrc": "the tool that reads this file",
    ".pypirc": "the tool that reads this file",
    "nginx.conf.j2": "a template of another program",
    "web/index.ts": "AWS SDK",
    "notes.txt": "by hand",
}


@pytest.mark.parametrize(("path", "words"), STEPS.items(), ids=STEPS.keys())
def test_a_file_that_stays_says_what_to_do(path: str, words: str) -> None:
    reason, detail, step = manual_steps.by_path(path, kind_of(path, b""))
    assert reason is RefusalReason.KIND_NOT_SUPPORTED
    assert words in step
    assert detail


def of(path: str, text: str) -> str | None:
    found = manual_steps.of(decode(Source(path=path, raw=text.encode()), kind_of(path, b"")))
    return None if found is None else found[2]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("deploy/secret.yaml", "apiVersion: v1\nkind: Secret\nstringData: {a: b}\n"),
        ("deploy/all.yaml", "a: b\n---\napiVersion: apps/v1\nkind: Deployment\n"),
        ("deploy/list.json", '{"apiVersion": "v1", "kind": "List", "items": []}'),
        ("deploy/template.yaml", "{{ if .Values.x }}\napiVersion: v1\nkind: Secret\n{{ end }}\n"),
    ],
)
def test_a_manifest_is_told_by_what_it_says(path: str, text: str) -> None:
    assert "secretKeyRef" in (of(path, text) or "")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("config.yaml", "a: b\n"),
        ("config.yaml", "apiVersion: 1\n"),
        ("x.toml", 'a = "b"\n'),
        ("docker-compose.yml", "a: b\n"),
    ],
)
def test_settings_are_left_to_their_rewriter(path: str, text: str) -> None:
    assert of(path, text) is None


def test_a_kind_without_a_name_of_its_own_is_told() -> None:
    assert manual_steps.by_path("x.bin", Kind.TEXT)[1] == "it is in a text file, which is not rewritten"
