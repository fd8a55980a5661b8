"""What a plan makes must get where the program goes, and where a recipe leaves it out that is said."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fixers.plan import PlanOptions
from fixers.planning import planned

SECRET = "aZ4" + "q8Rt1Lw0Yb6Kd3Hm"


def notes(root: Path, files: dict[str, str], *, ignored: str = "") -> list[str]:
    """The notes of a plan for these files and `app.py`, but for those about dependencies."""
    for path, text in {"requirements.txt": "boto3\n", "app.py": f'STRIPE_KEY = "{SECRET}"\n', **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    if ignored:
        (root / ".gitignore").write_text(ignored, encoding="utf-8")
        subprocess.run(["git", "init", "--quiet"], cwd=root, check=True, capture_output=True)
    made = planned(root, PlanOptions(app="shop"))
    assert [new.path for new in made.plan.new_files] == ["app_secrets.py"]
    return list(made.plan.notes)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FROM python\nCOPY . .\nRUN python app.py collect\n", 3),
        ("FROM python\nRUN pip install . && \\\n    python3 -m app check\n", 3),
        ("RUN flask db upgrade\n", 1),
        ("RUN pip install -r requirements.txt && python -m venv x\n", None),
        ("RUN STRIPE_KEY=unused python app.py collect\n", None),
        ("CMD python app.py\n", None),
    ],
)
def test_an_image_whose_build_runs_the_program_is_told(text: str, line: int | None, tmp_path: Path) -> None:
    found = [note for note in notes(tmp_path, {"Dockerfile": text}) if "while the image is built" in note]
    assert [note.split(" ")[0] for note in found] == ([] if line is None else [f"Dockerfile:{line}:"])


@pytest.mark.parametrize("pattern", ["*secret*", "*_secrets.py", "app_*"])
def test_a_module_that_git_ignores_is_told(pattern: str, tmp_path: Path) -> None:
    (note,) = notes(tmp_path, {}, ignored=f"{pattern}\n!app.py\n")
    assert note.startswith("app_secrets.py: git ignores it")


def test_a_module_that_git_ignores_is_found_by_the_next_plan(tmp_path: Path) -> None:
    from fixers.runtime.source import module_source

    notes(tmp_path, {}, ignored="*secret*\n")
    (tmp_path / "app_secrets.py").write_text(module_source(), encoding="utf-8")
    assert planned(tmp_path, PlanOptions(app="shop")).plan.new_files == ()


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("Dockerfile", "FROM python\nCOPY requirements.txt app.py /srv/\n", 2),
        ("Dockerfile", "FROM python\nCOPY . /srv\nCOPY app.py /home/shop/app.py\n", 3),
        ("web.Dockerfile", 'ADD --chown=app ["./app.py", "/srv/app.py"]\n', 1),
        ("main.tf", 'data "archive_file" "f" {\n  source_file = "${path.module}/app.py"\n}\n', 2),
        ("pyproject.toml", "[tool.setuptools]\npy-modules = ['app']\n", 2),
        ("pyproject.toml", '[tool.poetry]\npackages = [{ include = "app.py" }]\n', 2),
        ("setup.py", "from setuptools import setup\nsetup(name='a',\n      py_modules=['cli',\n  'app'])\n", 3),
        ("setup.cfg", "[options]\npy_modules =\n    app\n    cli\n", 2),
        ("deploy.sh", "set -e\nzip -q function.zip app.py\n", 2),
        ("docker/Dockerfile", "FROM python\nRUN set -e; \\\n    cp app.py /srv/shop/run.py\n", 3),
        ("Makefile", "install:\n\tinstall -m 755 ./app.py $(BIN)/app\n", 2),
        (".github/workflows/ship.yml", "jobs:\n  - run: aws s3 cp app.py s3://shop/jobs/\n", 2),
        ("serverless.yml", "package:\n  patterns:\n    - '!**'\n    - app.py\n", 4),
        ("kustomization.yaml", "configMapGenerator:\n  - files:\n    - app.py\n", 3),
        ("docker-compose.yml", "services:\n  s:\n    volumes: ['./app.py:/srv/app.py:ro']\n", 3),
        ("main.tf", 'resource "a" "b" {\n  code = file("${path.module}/app.py")\n}\n', 2),
        ("train.py", "estimator = Estimator(\n    entry_point='app.py', role='shop'\n)\n", 1),
        ("stack.py", "code = Code.from_inline(open('app.py').read())\n", 1),
    ],
)
def test_a_recipe_that_takes_the_program_alone_is_told(path: str, text: str, line: int, tmp_path: Path) -> None:
    assert [note for note in notes(tmp_path, {path: text}) if "app_secrets" in note] == [
        f"{path}:{line}: takes app.py by name: app_secrets.py must go with it"
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", "COPY . /srv/\n"),
        ("Dockerfile", "COPY app.py /srv/\nCOPY *.py /srv/\n"),
        ("Dockerfile", "COPY app.py app_secrets.py /srv/\n"),
        ("Dockerfile", "COPY other.py /srv/app.py\n"),
        ("main.tf", 'data "archive_file" "f" {\n  source_dir = "${path.module}"\n}\n'),
        ("setup.cfg", "[options]\npy_modules =\n    app\n    app_secrets\n"),
        ("deploy.sh", "zip -r function.zip app.py app_secrets.py\ncp -r . /srv/shop\n"),
        ("deploy.sh", "cp other.py /srv/app.py\n"),
        ("docker-compose.yml", "services:\n  s:\n    volumes: ['.:/srv']\n    command: [python, app.py]\n"),
        ("train.py", "estimator = Estimator(entry_point='app.py', source_dir='.')\n"),
        ("pyproject.toml", "[tool.setuptools]\npackages = ['app']\n"),
    ],
)
def test_a_recipe_that_takes_both_or_none_is_not(path: str, text: str, tmp_path: Path) -> None:
    assert [note for note in notes(tmp_path, {path: text}) if "app_secrets" in note] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("COPY app.py /srv/\n", True),
        ("COPY app.py /srv/\nCOPY shop /srv/shop\n", False),
        ("COPY . /srv/\n", False),
    ],
)
def test_a_program_that_goes_without_the_package_beside_it_is_told(text: str, told: bool, tmp_path: Path) -> None:
    files = {"app.py": f'STRIPE_KEY = "{SECRET}"\n', "shop/__init__.py": "", "Dockerfile": text}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    plan = planned(tmp_path, PlanOptions(app="shop")).plan
    assert [new.path for new in plan.new_files] == ["shop/app_secrets.py"]
    assert any("takes app.py by name: shop/app_secrets.py must go with it" in note for note in plan.notes) is told


STEPS = "jobs:\n  test:\n    steps:\n      - run: pip install pytest\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{STEPS}      - run: pytest -q\n", 5),
        (f"{STEPS}      - run: |\n          python -m pytest\n", 6),
        (f"{STEPS}      - run: python manage.py test\n", 5),
        (f"{STEPS}      # - run: pytest\n", None),
        (f"{STEPS}      - run: pytest\n        env: {{STRIPE_KEY: unused}}\n", None),
        (f"{STEPS}      - uses: aws-actions/configure-aws-credentials@v4\n      - run: pytest\n", None),
    ],
)
def test_a_pipeline_without_aws_is_told(text: str, line: int | None, tmp_path: Path) -> None:
    found = [note for note in notes(tmp_path, {".github/workflows/ci.yml": text}) if "at import needs" in note]
    assert [note.split(" ")[0] for note in found] == ([] if line is None else [f".github/workflows/ci.yml:{line}:"])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{STEPS}      - run: python app.py --all\n", 5),
        (f"{STEPS}      - run: |\n          cd jobs\n          python3 -u ./app.py\n", 7),
        (f"{STEPS}      - run: python other.py app.py\n", None),
        (f"{STEPS}      # - run: python app.py\n", None),
        (f"{STEPS}      - run: python app.py\n        env: {{STRIPE_KEY: '${{{{ secrets.STRIPE_KEY }}}}'}}\n", None),
        (f"{STEPS}      - uses: aws-actions/configure-aws-credentials@v4\n      - run: python app.py\n", None),
    ],
)
def test_a_pipeline_that_runs_the_program_without_aws_is_told(text: str, line: int | None, tmp_path: Path) -> None:
    found = [note for note in notes(tmp_path, {".github/workflows/run.yml": text}) if "assume a role" in note]
    assert [note.split(" ")[0] for note in found] == ([] if line is None else [f".github/workflows/run.yml:{line}:"])
