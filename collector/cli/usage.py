"""What is wrong with a command line that click refused, in the person's own language; click itself speaks English."""

from __future__ import annotations

import click

from forms.words import text


def explain_usage(error: click.UsageError) -> str:
    """What is wrong and what to do, with the --help that tells more."""
    what, fix = _explain(error)
    command = error.ctx.command_path if error.ctx is not None else "phieu"
    return "\n".join((f"{what} → {fix}" if fix else what, text("cli.usage_help", command=command)))


def _explain(error: click.UsageError) -> tuple[str, str]:
    if isinstance(error, click.MissingParameter):
        return text("cli.usage_missing", name=_name(error)), _wanted(error.param)
    if isinstance(error, click.NoSuchOption):
        known = ", ".join(error.possibilities or ())
        fix = text("cli.usage_meant", known=known) if known else text("cli.usage_option_fix")
        return text("cli.usage_option", name=error.option_name), fix
    if isinstance(error, click.BadParameter):
        return text("cli.usage_value", name=_name(error)), _wanted(error.param)
    if isinstance(error, click.BadOptionUsage):
        return text("cli.usage_no_value", name=error.option_name), ""
    if error.ctx is not None and isinstance(error.ctx.command, click.Group):
        return text("cli.usage_command"), text("cli.usage_meant", known=", ".join(error.ctx.command.commands))
    return text("cli.usage_wrong"), text("cli.usage_wrong_fix")


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return ""
    if error.param.param_type_name == "option":
        return error.param.opts[-1]
    return error.param.make_metavar(error.ctx or click.get_current_context())


def _wanted(param: click.Parameter | None) -> str:
    """What a parameter takes; "" where its help says more than we could."""
    kind = param.type if param is not None else None
    if isinstance(kind, click.Choice):
        return text("cli.usage_choose", known=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange) and kind.max is not None:
        return text("cli.usage_between", first=kind.min, last=kind.max)
    if isinstance(kind, click.IntRange):
        return text("cli.usage_least", first=kind.min)
    if isinstance(kind, click.Path) and kind.file_okay != kind.dir_okay:
        return text("cli.usage_file" if kind.file_okay else "cli.usage_folder")
    return ""
