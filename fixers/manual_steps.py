"""The manual step for a file that cannot be rewritten, one for each kind of file."""

from __future__ import annotations

import re

from fixers.model import RefusalReason
from fixers.rewriting import Refused
from scanner.model import Document, Kind
from scanner.readers.errors import Unreadable

# Facts: https://docs.github.com/actions/security-guides/using-secrets-in-github-actions,
# https://docs.gitlab.com/ci/variables/, https://external-secrets.io/latest/provider/aws-secrets-manager/,
# https://docs.docker.com/build/building/secrets/,
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/ephemeral-resources/secretsmanager_secret_version
_GITHUB = "keep it as a secret of the repository or environment and write ${{ secrets.NAME }}; or let the job assume a \
role by OIDC and read it with aws-actions/aws-secretsmanager-get-secrets"
_CI = "keep it as a masked, protected variable of the CI system and write $NAME; or let the job assume a role and read \
it with `aws secretsmanager get-secret-value`"
_KUBERNETES = "let External Secrets Operator (an ExternalSecret over a SecretStore) or the Secrets Store CSI driver \
make the Secret from AWS, and read it in the pod with env.valueFrom.secretKeyRef"
_SHELL = 'read it where it is used: NAME="$(aws secretsmanager get-secret-value --secret-id NAME --query SecretString \
--output text)", or NAME="$(aws ssm get-parameter --name /NAME --with-decryption --query Parameter.Value \
--output text)"; or start the script by `unhardcode run`, which gives it $NAME'
_DOCKERFILE = "a layer keeps it for ever: at build time use RUN --mount=type=secret,id=NAME, at run time give it to \
the container (ECS `secrets`, or `unhardcode run` before the command)"
_TERRAFORM = 'read it with `ephemeral "aws_secretsmanager_secret_version"` into a write-only argument (password_wo), \
or with `data "aws_secretsmanager_secret_version"`, whose value the state then holds; for RDS let \
manage_master_user_password do it'
_TERRAFORM_STATE = (
    "the state holds values in the clear: keep it out of git, in an encrypted backend, and rotate the value"
)
_HELM = "leave it empty here and let the chart take an existing Secret (existingSecret, secretKeyRef) that External \
Secrets Operator makes from AWS"
_ANSIBLE = "use the lookup amazon.aws.secretsmanager_secret (or amazon.aws.ssm_parameter), or encrypt it with \
ansible-vault"
NOTEBOOK = "read it in the cell with boto3, or with os.environ in a kernel that `unhardcode run -- jupyter lab` \
started, then clear outputs and history"
_TOOL = "the tool that reads this file knows variables of its own for it: set them by `unhardcode run`, and keep the \
file out of git"
_TEMPLATE = "it is a template of another program: let that program fill it in, from a variable that `unhardcode run` \
sets"
_CODE = "let the program read it from its environment and start it by `unhardcode run`; or read it with that \
language's AWS SDK"
_OTHER = "put a reference or a variable in its place by hand, before the value is rotated"

_BY_PATH = tuple(
    (re.compile(pattern, re.IGNORECASE), what, step)
    for pattern, what, step in (
        (r"(?:.*/)?\.github/(?:workflows|actions)/.*\.ya?ml", "a GitHub workflow", _GITHUB),
        (r"(?:.*/)?action\.ya?ml", "a GitHub action", _GITHUB),
        (
            r"(?:.*/)?(?:\.gitlab-ci.*\.ya?ml|\.gitlab/.*\.ya?ml|\.circleci/.*\.ya?ml|\.?azure-pipelines.*\.ya?ml"
            r"|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|\.woodpecker.*\.ya?ml|\.buildkite/.*\.ya?ml"
            r"|appveyor\.ya?ml|buildspec.*\.ya?ml|cloudbuild.*\.ya?ml|(?:.*[._-])?jenkinsfile.*)",
            "a CI pipeline",
            _CI,
        ),
        (r".*\.tfstate(?:\.backup)?", "a Terraform state", _TERRAFORM_STATE),
        (r".*\.(?:tf|tfvars|hcl|tofu)(?:\.json)?", "Terraform", _TERRAFORM),
        (r"(?:.*/)?(?:.*[._-])?(?:dockerfile|containerfile)(?:[._-].*)?", "a Dockerfile", _DOCKERFILE),
        (
            r".*\.(?:sh|bash|zsh|ksh|fish|ps1|bat|cmd)|(?:.*/)?\.(?:bashrc|profile|zshrc|bash_profile)",
            "a script",
            _SHELL,
        ),
        (r"(?:.*/)?(?:gnu)?makefile(?:\..*)?|.*\.mk|(?:.*/)?(?:justfile|procfile|vagrantfile)", "a script", _SHELL),
        (
            r"(?:.*/)?(?:group_vars|host_vars|playbooks?|roles)/.*\.ya?ml|(?:.*/)?(?:site|playbook)\.ya?ml",
            "Ansible",
            _ANSIBLE,
        ),
        (r"(?:.*/)?(?:charts?|helm)/.*\.ya?ml|(?:.*/)?values(?:[._-][^/]*)?\.ya?ml", "values of a Helm chart", _HELM),
        (
            r"(?:.*/)?(?:\.(?:npmrc|pypirc|netrc|s3cfg|boto|gitconfig|dockercfg|dockerconfigjson|pg_service\.conf"
            r"|my\.cnf|condarc|yarnrc\.yml)|pip\.conf|\.(?:aws|docker|kube)/(?:credentials|config(?:\.json)?))",
            "a file of a tool",
            _TOOL,
        ),
        (r".*\.(?:j2|jinja2?|tmpl|tpl|erb|template|mustache)", "a template", _TEMPLATE),
        (
            r".*\.(?:js|jsx|mjs|cjs|ts|tsx|vue|rb|go|php|java|kt|scala|rs|exs?|pl|cs|swift|lua|r|c|cc|cpp|h|sql)",
            "code that is not Python",
            _CODE,
        ),
    )
)


def by_path(path: str, kind: Kind) -> Refused:
    """The refusal for a file whose name shows its type, or for a kind without a rewriter."""
    known = _known(path)
    if known is not None:
        return known
    return _refused(f"a {kind} file", _OTHER)


def of(document: Document) -> Refused | None:
    """The refusal of a structured file that is not the user's program's settings; None if a rewriter may try."""
    known = _known(document.path)
    if known is not None:
        return known
    if document.kind in (Kind.YAML, Kind.JSON) and _is_kubernetes(document):
        return _refused("a Kubernetes manifest", _KUBERNETES)
    return None


def _known(path: str) -> Refused | None:
    found = next(((what, step) for pattern, what, step in _BY_PATH if pattern.fullmatch(path)), None)
    return None if found is None else _refused(*found)


def _is_kubernetes(document: Document) -> bool:
    """Whether a document in the file has apiVersion and kind, at the top or in a List."""
    if "apiVersion" not in document.text:
        return False
    from scanner.readers.nodes import trees

    try:
        return any(tree.get("apiVersion") is not None and tree.get("kind") is not None for tree in trees(document))
    except Unreadable:
        # Helm and Jinja templates are not valid YAML yet.
        return re.search(r"^apiVersion:", document.text, re.MULTILINE) is not None


def _refused(what: str, step: str) -> Refused:
    return RefusalReason.KIND_NOT_SUPPORTED, f"it is in {what}, which is not rewritten", step
