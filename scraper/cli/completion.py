"""`scraper completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(no_args_is_help=True, short_help="Print what a shell needs to complete commands.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what SHELL needs to complete commands, options and files.

    \b
    eval "$(scraper completion bash)"           in ~/.bashrc
    eval "$(scraper completion zsh)"            in ~/.zshrc
    scraper completion fish | source            in ~/.config/fish/config.fish
    """
    from scraper.cli import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"{shell} cannot be completed here")
    click.echo(kind(cli, {}, "scraper", "_SCRAPER_COMPLETE").source())
