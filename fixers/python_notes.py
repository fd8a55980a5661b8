"""Notes for the reviewer of a rewritten place: when it is evaluated, and what the code around it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import libcst as cst

from fixers.python_defaults import in_function
from fixers.python_environment import qualified_names
from fixers.python_expression import Piece
from fixers.python_position import Place
from fixers.python_syntax import Syntax
from fixers.rewriting import Style
from fixers.styles import ASYNC
from scanner.model import Finding

# Libraries that make CloudFormation templates. https://docs.aws.amazon.com/cdk/v2/guide/get_secrets_manager_value.html
_TEMPLATES = frozenset({"aws_cdk", "troposphere"})
# Libraries whose jobs ship only their own file. https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html,
# https://spark.apache.org/docs/latest/submitting-applications.html, https://modal.com/docs/guide/images
_CLUSTERS = {
    "awsglue": "Glue has the job's file alone: give it the generated module too (--extra-py-files)",
    "pyspark": "a cluster has the job's file alone: give it the generated module too (spark-submit --py-files)",
    "modal": "its image has the file alone: add boto3 and the generated module (add_local_python_source)",
}


def notes_on(syntax: Syntax, finding: Finding, place: Place, piece: Piece, style: Style) -> Iterator[str]:
    """Sentences about one rewritten place for its reviewer."""
    chain = place.chain
    where = f"{finding.path}:{finding.start[0]}"
    if any(isinstance(node, cst.Param) for node in chain):
        yield f"{where}: a default argument is read once, when the module is imported"
    if _in_async_body(chain) and ASYNC not in piece.needs:
        yield f"{where}: in an async function; the call blocks until the store answers"
    if _is_parser_default(chain):
        yield f"{where}: " + (
            "an option that is given empty counts as not given"
            if in_function(syntax, place)
            else "read when the parser is made, also where the option is given"
        )
    if _is_model_default(syntax, chain):
        yield f"{where}: Django's makemigrations writes the value of a default into a file: make it a function first"
    if _is_compared(chain):
        yield f"{where}: compared with ==; hmac.compare_digest tells an attacker nothing by the time it takes"
    tops = _imported_of(syntax, {*_TEMPLATES, *_CLUSTERS})
    if tops & _TEMPLATES:
        yield f"{where}: a template that is made of it holds the value: a reference, {{{{resolve:...}}}}, keeps it out"
    if style.has_module:
        yield from (f"{finding.path}: {said}" for said in [said for top, said in _CLUSTERS.items() if top in tops][:1])
    inside = any(isinstance(node, (cst.FunctionDef, cst.Lambda)) for node in chain)
    if style.name == "extension" and not inside and not in_function(syntax, place):
        yield f"{where}: read at import; the Lambda extension may answer only in the handler: read it there"
    if piece.comments_lost:
        yield f"{where}: comments between the parts of the literal go with it"


def _imported_of(syntax: Syntax, wanted: Collection[str]) -> set[str]:
    """The libraries among `wanted` that a file imports."""
    if not any(name in syntax.text for name in wanted):
        return set()
    return {name.partition(".")[0] for name in qualified_names(syntax.tree).values()}.intersection(wanted)


def _in_async_body(chain: Sequence[cst.CSTNode]) -> bool:
    functions = [(node, inside) for node, inside in pairwise(chain) if isinstance(node, cst.FunctionDef)]
    return bool(functions) and functions[-1][0].asynchronous is not None and functions[-1][1] is functions[-1][0].body


def _is_parser_default(chain: Sequence[cst.CSTNode]) -> bool:
    call, argument = chain[-2:] if len(chain) > 1 else (None, None)
    method = call.func.attr.value if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) else ""
    named = isinstance(argument, cst.Arg) and argument.keyword is not None and argument.keyword.value == "default"
    return named and method in ("add_argument", "add_option")


def _is_model_default(syntax: Syntax, chain: Sequence[cst.CSTNode]) -> bool:
    """Whether it is the default of a Django model's field.

    https://docs.djangoproject.com/en/stable/topics/migrations/#serializing-values
    """
    call, argument = chain[-2:] if len(chain) > 1 else (None, None)
    if not isinstance(call, cst.Call) or not isinstance(argument, cst.Arg) or argument.keyword is None:
        return False
    field = argument.keyword.value == "default" and syntax.source(call.func).endswith("Field")
    names = qualified_names(syntax.tree).values() if field else ()
    return any(name.partition(".")[0] == "django" for name in names) and any(
        isinstance(node, cst.ClassDef) for node in chain
    )


def _is_compared(chain: Sequence[cst.CSTNode]) -> bool:
    """Whether the literal itself is compared for equality, as in a check of what a client sent."""
    return any(
        isinstance(node, cst.Comparison)
        and all(isinstance(each.operator, (cst.Equal, cst.NotEqual)) for each in node.comparisons)
        for node in chain[-2:]
    )
