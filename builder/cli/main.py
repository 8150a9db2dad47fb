"""The group of all commands, and how every failure ends: in one line and an exit status.

The status is 0 when it is done; 1 when a check found something, or some documents failed while the rest went in; 2 when
it could not run at all; 130 after Ctrl-C, 141 when whoever read our output stopped reading, as usual in a shell.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

import diplograph
from diplograph.cli.ask import queries, query
from diplograph.cli.build import build
from diplograph.cli.check import check
from diplograph.cli.explain import explain
from diplograph.cli.export import export
from diplograph.cli.keep import forget, history
from diplograph.cli.look import parse, stats
from diplograph.cli.plot import plot, report
from diplograph.cli.pull import pull
from diplograph.cli.push import push
from diplograph.cli.serve import serve
from diplograph.cli.setup import doctor, models
from diplograph.model import DiplographError

COULD_NOT_RUN = 2
INTERRUPTED = 130
BROKEN_PIPE = 141

SECTIONS: dict[str, tuple[click.Command, ...]] = {
    "Building": (build, parse, forget, history),
    "Asking": (query, queries, explain, stats),
    "Looking": (plot, report),
    "Checking": (check,),
    "Handing on": (export, push, pull, serve),
    "Setting up": (doctor, models),
}


class _Ended(Exception):
    """A command was ended from outside; click must not see that, it would print or choose a status of its own."""

    def __init__(self, status: int) -> None:
        self.status = status


class SectionedGroup(click.Group):
    """A group whose help lists the commands in sections."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command that was named."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except KeyboardInterrupt as error:
            raise _Ended(INTERRUPTED) from error
        except BrokenPipeError as error:
            raise _Ended(BROKEN_PIPE) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes each section with its commands and the first line of their help."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(str(command.name), command.get_short_help_str(90)) for command in commands]
                )


@click.group(
    cls=SectionedGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: diplograph build seeds/articles && diplograph query events",
)
@click.version_option(diplograph.__version__, prog_name="diplograph")
def commands() -> None:
    """Build a knowledge graph of diplomacy from Arabic news, and ask it questions."""


for _section in SECTIONS.values():
    for _command in _section:
        commands.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line (by default this process's) and returns the exit status; no traceback reaches a user.

    With ``DIPLOGRAPH_DEBUG`` in the environment, a fault of ours keeps its traceback.
    """
    try:
        # With standalone_mode=False, click hands back the status of ctx.exit().
        status = commands.main(args=arguments, prog_name="diplograph", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        return _fail(error.format_message(), hint=isinstance(error, click.UsageError), error=error)
    except _Ended as error:
        if error.status == BROKEN_PIPE:
            _silence_output()
        else:
            click.echo(
                "diplograph: stopped; what is done is kept, the same command goes on from there", err=True
            )
        return error.status
    except DiplographError as error:
        return _fail(str(error))
    except OSError as error:
        _silence_output()
        where = error.filename or "standard output"
        return _fail(f"{where}: {error.strerror or error}; make room or mend that, and run it again")
    except MemoryError:
        return _fail("it takes more memory than there is; end other programs, or use a larger machine")
    except Exception as error:
        if os.environ.get("DIPLOGRAPH_DEBUG"):
            raise
        return _fail(
            f"a fault of diplograph: {type(error).__name__}: {error}; DIPLOGRAPH_DEBUG=1 shows where, please report it"
        )


def _silence_output() -> None:
    """Keeps Python from complaining once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, *, hint: bool = False, error: click.ClickException | None = None) -> int:
    context = getattr(error, "ctx", None)
    if hint and context is not None:
        message = f"{message.rstrip('.')}; see: {context.command_path} --help"
    click.echo(f"diplograph: {' '.join(message.split())}", err=True)
    return COULD_NOT_RUN
