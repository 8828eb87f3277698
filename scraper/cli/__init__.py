"""The command `scraper`: what a person or a script types. Each command is a thin host over the same pipeline.

Exit codes: 0 done, 1 some work failed, 2 wrong usage or configuration, 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from keyword import iskeyword

import click

from scraper.errors import ConfigError, ScraperError, UsageError

# Where each command lives, and its place in the help. Only the module of the command that is called is imported.
COMMANDS = {
    "run": "run",
    "fetch": "fetch",
    "log": "history",
    "show": "history",
    "diff": "history",
    "why": "why",
    "search": "search",
    "changes": "state",
    "status": "state",
    "outlets": "outlets",
    "discover": "outlets",
    "extract": "extract",
    "verify": "verify",
    "reindex": "state",
    "reread": "reread",
    "import": "importing",
    "prune": "prune",
    "widgets": "widgets",
    "export": "export",
    "notify": "notify",
    "demo": "demo",
    "completion": "completion",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is needed: `scraper --help` stays quick."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order in which a newcomer meets them."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with. Raises UsageError, with the names that are near."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx) from error

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command called `name`, or None."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"scraper.cli.{COMMANDS[name]}")
        command = getattr(module, f"{name}_" if iskeyword(name) else name)
        assert isinstance(command, click.Command)  # noqa: S101  # said by the table above
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(package_name="scraper", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep every text that a news outlet showed its readers: clean, numbered, dated, provable.

    \b
    scraper run                     watch the outlets in config/ and archive them
    scraper fetch URL               archive one article now
    scraper log URL                 its versions
    scraper diff URL                what changed between them
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code; what went wrong is one plain sentence on stderr."""
    _mend_streams()
    try:
        code = cli.main(args=args, prog_name="scraper", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = 130
    except UsageError as error:
        _say(error)
        code = 2
    except ScraperError as error:
        _say(error)
        code = 1
    except BrokenPipeError:  # the reader of our output has left
        _mute()
        code = 1
    except OSError as error:
        _mute()
        where = f"{error.filename}: " if error.filename else ""
        _put(f"scraper: {where}{error.strerror or error}")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _mend_streams() -> None:
    """Make sure that there are three streams, and that each takes every text.

    A number that was closed would be given to the next file or socket that is opened, and what is meant for the
    terminal would be written into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            file = os.open(os.devnull, os.O_RDWR)
            if file != number:
                os.dup2(file, number)
                os.close(file)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115  # a number, and for as long as the program runs
        elif number and hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _mute() -> None:
    """Write no more: Python would complain once more when it flushes what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(error: ScraperError) -> None:
    # Mistakes begin with file and line, as editors and other tools look for them.
    prefix = "" if isinstance(error, ConfigError) else "scraper: "
    _put(f"{prefix}{error}")


def _put(line: str) -> None:
    from scraper.cli.common import put

    put(line, err=True)
