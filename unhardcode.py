"""The front door: a click group whose commands load when they are called."""

# Until the path is ours, only what Python holds itself is imported: `python -m unhardcode` would take a `typing.py`, or
# a `__future__.py`, from the working directory.
import gc
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _own_path(path: list[str], environment: dict[str, str], here: str) -> list[str]:
    """The module search path without what a user's environment or working directory put on it, our folder first.

    `scanner`, `rules` and `fixers` are common names: a user's own packages must never be imported instead.
    """
    foreign = {os.path.abspath(entry) for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry}
    if os.path.isdir(".") and path and os.path.abspath(path[0]) == os.getcwd():
        foreign.add(os.getcwd())
    kept = [entry for entry in path if entry and os.path.abspath(entry) not in foreign]
    return [here, *(entry for entry in kept if os.path.abspath(entry) != here)]


try:
    sys.path[:] = _own_path(sys.path, dict(os.environ), _HERE)
    # Imported here, because only now is the search path safe.
    from functools import partial
    from typing import TYPE_CHECKING

    from scanner.errors import Exit, UnhardcodeError, UsageError
except FileNotFoundError:
    sys.stderr.write("unhardcode: the working directory is gone\n  change to one that is there\n")
    sys.exit(3)
except KeyboardInterrupt:
    sys.stderr.write("unhardcode: interrupted\n")
    sys.exit(130)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    import click

VERSION = "0.1.0"

# Command to module and attribute: nothing of a command is imported before it is called.
_COMMANDS = {
    "scan": "scanner.commands:scan",
    "explain": "scanner.explain_commands:explain",
    "rules": "scanner.rules_commands:rules",
    "baseline": "scanner.baseline_commands:baseline",
    "config": "scanner.config_commands:config",
    "hook": "scanner.hooks_commands:hook",
    "plan": "fixers.commands:plan",
    "fix": "fixers.commands:fix",
    "migrate": "fixers.commands:migrate",
    "run": "fixers.run:run",
    "value": "fixers.value:value",
    "status": "fixers.status:status",
    "rotation": "fixers.rotation:rotation",
    "purge": "fixers.purge:purge",
}


def cli() -> "click.Group":
    """The click group of all commands. Importing click takes longer than scanning a clean commit: see scanner.hook."""
    import click

    class LazyGroup(click.Group):
        """A group that imports a command's module when the command is asked for."""

        def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
            return list(_COMMANDS)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
            target = _COMMANDS.get(cmd_name)
            if target is None:
                return None
            import importlib

            module, _, attribute = target.partition(":")
            command = getattr(importlib.import_module(module), attribute)
            assert isinstance(command, click.Command)
            return command

        def resolve_command(
            self, ctx: click.Context, args: list[str]
        ) -> tuple[str | None, click.Command | None, list[str]]:
            """The command that the first word names. Raises UsageError, which suggests a similar one, for any other."""
            if args[0] not in _COMMANDS and not args[0].startswith("-"):
                import difflib

                near = difflib.get_close_matches(args[0], _COMMANDS, 1)
                hint = f"did you mean {near[0]}?" if near else "unhardcode --help lists them all"
                raise UsageError("there is no such command", hint=hint)  # the word is not repeated: it may be a value
            return super().resolve_command(ctx, args)

    @click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(VERSION, prog_name="unhardcode")
    def unhardcode() -> None:
        """Find hardcoded credentials, move them into AWS, and rewrite the code to read them there.

        Start with `unhardcode scan`, look at `unhardcode plan`, and try `unhardcode migrate --rehearse`: it changes
        nothing and needs no account.
        """

    return unhardcode


def main(arguments: list[str] | None = None) -> None:
    """Run a command and leave with its exit status (`scanner.errors.Exit`)."""
    # Syntax trees are many small objects without cycles: searching for cycles every 700 objects takes a tenth of a
    # scan, every 50,000 a hundredth.
    gc.set_threshold(500_000, 20, 20)
    # The process that started this one may have closed a standard stream: that must not change the exit status.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    try:
        status = run(arguments)
    except KeyboardInterrupt:
        # Before click was loaded, which reports it otherwise.
        sys.stderr.write("unhardcode: interrupted\n")
        status = int(Exit.INTERRUPTED)
    if arguments is None and sys.argv[1:2] == ["scan"]:
        _leave(status)
    sys.exit(status)


def _leave(status: int) -> None:
    """End the process without the interpreter's cleanup, which takes as long as all of git's work on a clean commit."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):
        return
    os._exit(status)


def run(arguments: list[str] | None = None) -> int:
    """Run a command inside the error boundary; returns its exit status.

    A bug is reported by its type and the places in our code only, because an exception's message can quote user text.
    """
    from scanner import hook

    if hook.is_clean(sys.argv[1:] if arguments is None else arguments):
        return int(Exit.OK)
    import click

    output = sys.stdout
    try:
        _refuse_files_as_options(sys.argv[1:] if arguments is None else arguments)
        status = cli().main(args=arguments, prog_name="unhardcode", standalone_mode=False)
        return int(status or 0)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        _tell(partial(error.show, sys.stderr))
        return int(Exit.USAGE)
    except UnhardcodeError as error:
        _complain(error.message, *error.lines, error.hint)
        return int(error.status)
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        _let_go_of_output()
        return int(Exit.OUTPUT_GONE)
    except SystemExit:
        # When the reader of a pipe has gone, click replaces sys.stdout and exits with 1, which would mean findings.
        if sys.stdout is output:
            raise
        sys.stdout = output
        _let_go_of_output()
        return int(Exit.OUTPUT_GONE)
    except OSError as error:
        return _refused_by_the_system(error)
    except MemoryError:
        return _give_up("out of memory")
    except Exception as error:  # noqa: BLE001 - the boundary
        _report_bug(error)
        return int(Exit.BUG)


def _refused_by_the_system(error: OSError) -> int:
    """Report an error of the operating system that is no bug of ours; returns the exit status."""
    import errno

    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN):
        return _give_up(error.strerror)
    # An error without a file's name is standard output's: a full disk behind `>`, a quota, `ulimit -f`.
    full = (errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))
    if error.errno not in full or error.filename is not None:
        _report_bug(error)
        return int(Exit.BUG)
    _let_go_of_output()
    _complain(f"standard output cannot be written ({error.strerror})")
    return int(Exit.USAGE)


def _give_up(why: str | None) -> int:
    """Report that memory or open files ran out, which is no bug; the exit status says that the scan is incomplete."""
    _complain(
        f"the system gives no more ({why})", "allow more memory and open files (ulimit -v, ulimit -n), or look at less"
    )
    return int(Exit.NOT_SEEN)


def _let_go_of_output() -> None:
    """Discard buffered output: otherwise Python would report the error again when it closes standard output."""
    _drop(sys.stdout)


def _drop(stream: "TextIO") -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _tell(say: "Callable[[], None]") -> None:
    """Write to standard error; if that fails (a full disk, no reader), only the exit status tells it."""
    try:
        say()
    except OSError:
        _drop(sys.stderr)


def _refuse_files_as_options(arguments: list[str]) -> None:
    """Raise UsageError for an option that is also the name of a file.

    Hooks and shells (`scan *`) pass names that strangers chose: a file called `--fail-on=never` must not act as one.
    """
    for argument in arguments[: arguments.index("--") if "--" in arguments else None]:
        if argument.startswith("-") and argument != "-" and os.path.lexists(argument):
            hint = "put -- before the paths, write ./ before this one, or rename the file"
            raise UsageError(f"{argument!r} is an option and the name of a file here", hint=hint)


def _complain(message: str, *more: str) -> None:
    """Print what is wrong and what to do, a line each, with control characters escaped: file names are untrusted."""
    import click

    from scanner.reports.masking import printable

    lines = [f"unhardcode: {printable(message)}", *(f"  {printable(line)}" for line in more if line)]
    _tell(lambda: click.echo("\n".join(lines), err=True))


def _report_bug(error: BaseException) -> None:
    """Print the type of an error and its places; its message and source lines could contain a credential."""
    import traceback

    import click

    places = [
        f"  {os.path.relpath(frame.filename, _HERE) if frame.filename.startswith(_HERE) else frame.filename}"
        f":{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__, limit=-12)
    ]
    _complain(f"a bug in unhardcode {VERSION}: {type(error).__name__}")
    _tell(lambda: click.echo("\n".join(places), err=True))


if __name__ == "__main__":
    main()
