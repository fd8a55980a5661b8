"""Recognise functions whose own text is all that another environment gets: none of the file's imports and names.

https://airflow.apache.org/docs/apache-airflow/stable/howto/operator/python.html#pythonvirtualenvoperator,
https://www.kubeflow.org/docs/components/pipelines/user-guides/components/lightweight-python-components/
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from fixers.python_environment import dotted, qualified_names, resolve
from fixers.python_syntax import Syntax

_SENDERS = {"airflow": "Airflow", "kfp": "Kubeflow"}
# Decorators, and calls that take the function.
_LAST = frozenset(
    """virtualenv branch_virtualenv external_python branch_external_python docker kubernetes kubernetes_cmd component
    PythonVirtualenvOperator BranchPythonVirtualenvOperator ExternalPythonOperator BranchExternalPythonOperator
    create_component_from_func create_component_from_func_v2 func_to_container_op""".split()
)


def sent_alone(syntax: Syntax) -> list[tuple[range, str]]:
    """The lines of each function that runs elsewhere from its text alone, and the tool that sends it."""
    if not any(top in syntax.text for top in _SENDERS):
        return []
    names = qualified_names(syntax.tree)
    sent = dict(_names_sent(syntax.tree, names))
    found = []
    for node in ast.walk(syntax.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            senders = [*(_sender(each, names) for each in node.decorator_list), sent.get(node.name)]
            # With its signature and the defaults in it, and without its decorators, which stay behind.
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            found += [(lines, sender) for sender in senders if sender is not None]
    return found


def _names_sent(tree: ast.Module, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The names of functions that a call sends, and the tool that does."""
    for node in ast.walk(tree):
        sender = _sender(node, names) if isinstance(node, ast.Call) else None
        if sender is not None and isinstance(node, ast.Call):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield from ((value.id, sender) for value in values if isinstance(value, ast.Name))


def _sender(node: ast.expr, names: Mapping[str, str]) -> str | None:
    called = resolve(dotted(node.func if isinstance(node, ast.Call) else node), names)
    top, _, rest = called.partition(".")
    return _SENDERS.get(top) if rest.rpartition(".")[2] in _LAST else None
